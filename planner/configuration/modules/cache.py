"""The packages that were fetched before, by the digest of their content. Private to the user; runs may share it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from planner.configuration.modules.content import digest_of
from planner.configuration.modules.failures import failure


class Cache:
    """Folders of packages, each named by its digest. What is there is checked whenever it is used."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, digest: str, what: str) -> Path | None:
        """The package with this content, or None."""
        path = self._path(digest)
        return path if path.is_dir() and digest_of(path, what) == digest else None

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A folder to fetch into; what is left in it is removed."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            made = Path(tempfile.mkdtemp(dir=self._folder, prefix=".fetching-"))
        except OSError as problem:
            detail = f"Modules are kept in {self._folder}, which cannot be written: {problem.strerror}."
            raise failure("Cannot write cache", detail, "Set FREEHOLD_CACHE_DIR to another folder.") from problem
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def put(self, fetched: Path, digest: str, what: str) -> Path:
        """Keep a fetched folder, and give where it is now. A damaged one of the same name gives way."""
        path = self._path(digest)
        if path.is_dir() and self.get(digest, what) is None:
            path.rename(fetched.parent / "damaged")
        try:
            fetched.rename(path)
        except OSError:
            if not path.is_dir():  # else another run was faster
                raise
        return path

    def _path(self, digest: str) -> Path:
        return self._folder / digest.replace(":", "-")
