"""Archives to folders: nothing outside of the folder, no device, no bomb."""

from __future__ import annotations

import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from planner.configuration.modules.failures import failure

MAX_FILES = 20_000
MAX_BYTES = 512 * 1024 * 1024
_CHUNK = 1 << 16


_DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,  # names that are no text
    struct.error,
)


def unpack(archive: Path, folder: Path, what: str) -> None:
    """Write the files of a zip or tar archive into a folder. Raises FreeholdError."""
    try:
        if zipfile.is_zipfile(archive):
            _write(_zip_members(archive, what), folder, what)
        elif tarfile.is_tarfile(archive):
            _write(_tar_members(archive, what), folder, what)
        else:
            raise failure("Not an archive", f"What was fetched for {what} is neither a zip nor a tar archive.")
    except _DAMAGE as problem:
        raise failure("Damaged archive", f"The archive of {what} cannot be read: {problem}.") from problem


Member = tuple[str, bool, IO[bytes]]
"""Its path, whether it is executable, and its content."""


def _zip_members(archive: Path, what: str) -> Iterator[Member]:
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.infolist():
            mode = entry.external_attr >> 16
            if not entry.filename:
                raise _hostile(what, "", "has no name")
            if entry.is_dir():
                continue
            if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                raise _hostile(what, entry.filename, "is neither a file nor a folder")
            with opened.open(entry) as content:
                yield entry.filename, bool(mode & 0o100), content


def _tar_members(archive: Path, what: str) -> Iterator[Member]:
    with tarfile.open(archive) as opened:
        for entry in opened:
            if entry.isdir():
                continue
            content = opened.extractfile(entry) if entry.isreg() else None
            if content is None:
                raise _hostile(what, entry.name, "is neither a file nor a folder")
            with content:
                yield entry.name, bool(entry.mode & 0o100), content


def _write(members: Iterator[Member], folder: Path, what: str) -> None:
    left = MAX_BYTES
    for count, (name, executable, content) in enumerate(members):
        if count >= MAX_FILES:
            raise failure("Module too large", f"The archive of {what} holds over {MAX_FILES} files.")
        parts = PurePosixPath(name).parts
        if not parts or name.startswith(("/", "\\")) or ".." in parts or "\\" in name or ":" in parts[0]:
            raise _hostile(what, name, "leads out of its folder")
        target = folder.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            while chunk := content.read(min(_CHUNK, left + 1)):
                left -= len(chunk)
                if left < 0:
                    raise failure("Module too large", f"The archive of {what} unpacks to over {MAX_BYTES >> 20} MiB.")
                file.write(chunk)
        target.chmod(0o755 if executable else 0o644)


def _hostile(what: str, name: str, detail: str) -> Exception:
    return failure("Archive refused", f'"{name}" in the archive of {what} {detail}.')
