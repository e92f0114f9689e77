"""Parsed files kept from run to run, by the digest of their text and of the parser itself.

A tree is plain tuples, which `marshal` reads ten times faster than they are parsed. What it reads may be trusted only
where nobody else can write: the folder and the file have to be this user's alone. Two runs may write at once, and a
damaged file is as good as none. See docs/decisions/0004-cache-of-parsed-files.md.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import stat
import tempfile
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

MIN_CHARACTERS = 32 * 1024
"""Smaller texts are parsed as fast as they are found."""
MAX_BYTES = 256 * 1024 * 1024
"""Of all that is kept; the oldest goes first."""
_CHECKSUM = 4


def cache_folder(environment: Mapping[str, str]) -> Path:
    """Where this user's caches are: FREEHOLD_CACHE_DIR, or freehold below XDG_CACHE_HOME or ~/.cache."""
    if environment.get("FREEHOLD_CACHE_DIR"):
        return Path(environment["FREEHOLD_CACHE_DIR"])
    home = environment.get("XDG_CACHE_HOME") or os.path.join(environment.get("HOME", "~"), ".cache")
    return Path(home).expanduser() / "freehold"


class ParseCache:
    """Trees by the texts that they were parsed from. Without a folder it holds nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    @staticmethod
    def of_user(environment: Mapping[str, str]) -> ParseCache:
        """This user's; FREEHOLD_CACHE_DIR set to nothing turns it off."""
        off = environment.get("FREEHOLD_CACHE_DIR") == ""
        return ParseCache(None if off else cache_folder(environment) / "parsed")

    def get(self, text: str) -> Any:
        """The tree of a text, or None."""
        if self._folder is None or len(text) < MIN_CHARACTERS:
            return None
        try:
            sealed = _read_own(self._folder / _key(text))
            data = _sealed(sealed or b"", text)
            if zlib.crc32(data[:-_CHECKSUM]).to_bytes(_CHECKSUM) != data[-_CHECKSUM:]:
                return None
            return marshal.loads(data)  # noqa: S302 - nobody else can have written it
        except (OSError, EOFError, ValueError, TypeError):
            return None

    def put(self, text: str, tree: Any) -> None:
        """Keep the tree of a text. What cannot be written, or is too deep for `marshal`, is not kept."""
        if self._folder is None or len(text) < MIN_CHARACTERS:
            return
        with contextlib.suppress(OSError, ValueError):
            data = marshal.dumps(tree)
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not _is_own(os.stat(self._folder)):
                return
            self._make_room(len(data))
            handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=".")
            with os.fdopen(handle, "wb") as file:
                file.write(_sealed(data + zlib.crc32(data).to_bytes(_CHECKSUM), text))
            os.replace(temporary, self._folder / _key(text))

    def _make_room(self, wanted: int) -> None:
        assert self._folder is not None
        entries = sorted(
            (entry.stat().st_mtime, entry.stat().st_size, entry.path) for entry in os.scandir(self._folder)
        )
        total = wanted + sum(size for _, size, _ in entries)
        for _, size, path in entries:
            if total <= MAX_BYTES:
                return
            os.unlink(path)
            total -= size


def _read_own(path: Path) -> bytes | None:
    """A file's content, where file and folder are this user's alone."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not (stat.S_ISREG(status.st_mode) and _is_own(status) and _is_own(os.stat(path.parent))):
            return None
        return file.read()


def _is_own(status: os.stat_result) -> bool:
    return status.st_uid == os.geteuid() and not status.st_mode & 0o077


def _sealed(data: bytes, text: str) -> bytes:
    """The data so that only who has the text can read it, or such data as it was: the text's literals may be secrets.

    The text is the key, to a stream that is used for it alone.
    """
    key = hashlib.sha256(b"seal" + _parser() + text.encode(errors="surrogatepass")).digest()
    stream = hashlib.shake_256(key).digest(len(data))
    return (int.from_bytes(data) ^ int.from_bytes(stream)).to_bytes(len(data))


def _key(text: str) -> str:
    return hashlib.sha256(_parser() + text.encode(errors="surrogatepass")).hexdigest()


@cache
def _parser() -> bytes:
    """The digest of the parser: another one may make other trees."""
    whole = hashlib.sha256(str(marshal.version).encode())
    for path in sorted((Path(__file__).parent / "syntax").glob("*.py")):
        whole.update(path.read_bytes())
    return whole.digest()
