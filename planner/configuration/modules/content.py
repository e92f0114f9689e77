"""The digest of a package: of what is in its files, however it came."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from planner.configuration.modules.failures import failure
from planner.configuration.modules.unpack import MAX_BYTES, MAX_FILES


def digest_of(folder: Path, what: str) -> str:
    """ "sha256:..." over the sorted paths of a folder's files, their contents and whether they are executable.

    Raises FreeholdError for what a package may not hold: links out of it, devices, too much.
    """
    whole = hashlib.sha256()
    left = MAX_BYTES
    root = folder.resolve()
    paths = sorted(_files(folder), key=lambda path: path.relative_to(folder).as_posix())
    if len(paths) > MAX_FILES:
        raise failure("Module too large", f"{what} holds over {MAX_FILES} files.")
    for path in paths:
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            if not path.resolve().is_relative_to(root):
                raise failure("Module refused", f'The link "{name}" in {what} leads out of it.')
            line = f"link {os.readlink(path)}"
        elif path.is_file():
            left -= path.stat().st_size
            if left < 0:
                raise failure("Module too large", f"{what} is over {MAX_BYTES >> 20} MiB.")
            executable = "x" if path.stat().st_mode & 0o100 else "-"
            line = f"{executable} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        else:
            raise failure("Module refused", f'"{name}" in {what} is neither a file nor a folder.')
        whole.update(f"{name}\0{line}\n".encode(errors="surrogateescape"))
    return f"sha256:{whole.hexdigest()}"


def _files(folder: Path) -> list[Path]:
    found = []
    for directory, folders, files in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(directory, name))]
        found += [Path(directory, name) for name in (*files, *links)]
    return found
