"""`fmt`: finds the files, formats them, and lists, writes or shows what differs. Called by the command."""

from __future__ import annotations

import difflib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from language.diagnostics import Diagnostics, FreeholdError, Sources, error
from language.formatting import format_text
from language.parsing import decoded
from planner.configuration.load import MAX_FILE_BYTES

ENDINGS = (".hcl", ".hclvars", ".tf", ".tfvars", ".tftest.hcl")
_STDIN = "<stdin>"


@dataclass(frozen=True, slots=True)
class Wish:
    """What to do with files that differ: list their names, write them, show how they differ."""

    list: bool = True
    write: bool = True
    diff: bool = False


class Formatter:
    """Formats files one by one. `changed` are those that differ, `diagnostics` why some could not be formatted."""

    def __init__(self, wish: Wish, show: Callable[[str], None]) -> None:
        self._wish = wish
        self._show = show
        self.changed: list[str] = []
        self.diagnostics = Diagnostics()
        self.sources = Sources()

    def paths(self, paths: tuple[str, ...], *, recursive: bool) -> None:
        """Files, and the files of folders. Raises FreeholdError for what is not there or not to be formatted."""
        for path in paths:
            for found in _files(Path(path), recursive=recursive):
                self._file(found)

    def stdin(self, *, check: bool) -> None:
        """Standard input to standard output."""
        data = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
        made = self._formatted(data, _STDIN)
        if made is not None and not (check or self._wish.diff):
            self._show(made)

    def _file(self, path: Path) -> None:
        try:
            made = self._formatted(path.read_bytes(), str(path))
            if made is not None and str(path) in self.changed and self._wish.write:
                _replace(path, made)
        except OSError as failure:
            raise FreeholdError([error("Cannot format file", f"{path}: {failure.strerror}.")]) from failure

    def _formatted(self, data: bytes, name: str) -> str | None:
        """The text in standard format; None for what has errors."""
        if len(data) > MAX_FILE_BYTES:
            self.diagnostics.append(error("File too large", f"{name} is over {MAX_FILE_BYTES >> 20} MiB."))
            return None
        text, problems = decoded(data, name)
        if not problems.has_errors:
            self.sources.add(name, text)
            made, problems = format_text(text, name)
        if problems.has_errors:
            self.diagnostics.extend(problems)
            return None
        if made.encode() != data:
            self.changed.append(name)
            if self._wish.list and name != _STDIN:
                self._show(f"{name}\n")
            if self._wish.diff:
                self._show(_difference(text, made, name))
        return made


def _files(path: Path, *, recursive: bool) -> Iterator[Path]:
    if not path.exists():
        raise FreeholdError([error("No such file", f"There is no file or folder {path}.")])
    if not path.is_dir():
        if not _is_formatted(path):
            detail = f"{path} is none of the files that are formatted: {', '.join(ENDINGS)}; a lock file is not."
            raise FreeholdError([error("Not a configuration file", detail)])
        yield path
        return
    entries = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
    yield from (entry for entry in entries if entry.is_file() and not entry.is_symlink() and _is_formatted(entry))
    if recursive:
        for entry in entries:
            if entry.is_dir() and not entry.is_symlink():
                yield from _files(entry, recursive=True)


def _is_formatted(path: Path) -> bool:
    return path.name.endswith(ENDINGS) and not path.name.endswith(".lock.hcl")


def _difference(before: str, after: str, name: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"old/{name}", f"new/{name}"
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _replace(path: Path, text: str) -> None:
    """Write a file in one step, with the permissions it had; through a link, what it points to."""
    target = path.resolve()
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
        os.chmod(temporary, target.stat().st_mode & 0o7777)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
