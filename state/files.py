"""Files that are whole or not there, on disk when we say so, and for their owner alone."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

PRIVATE = 0o600


class NotAFile(Exception):
    """What is at `path` is no regular file of this user's, or too large; the message says which."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(why)
        self.path = path


def reason_of(failure: OSError | NotAFile) -> str:
    """Why a file could not be read or written, for people."""
    return failure.strerror or str(failure) if isinstance(failure, OSError) else str(failure)


def refuse_special(path: Path) -> None:
    """Raise NotAFile where there is something that is no regular file: a link, a device, a folder."""
    with contextlib.suppress(FileNotFoundError):
        _refuse(path, os.lstat(path))


def open_file(path: Path, flags: int, mode: int = PRIVATE) -> int:
    """A descriptor of a regular file. A link is not followed, and nothing is waited for. Raises OSError, NotAFile.

    The file belongs to this user, or to whom its folder belongs to.
    """
    try:
        file = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK, mode)
    except OSError:
        refuse_special(path)
        raise
    try:
        _refuse(path, os.fstat(file))
    except BaseException:
        os.close(file)
        raise
    return file


def _refuse(path: Path, status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise NotAFile(path, "it is a symbolic link")
    if not stat.S_ISREG(status.st_mode):
        raise NotAFile(path, "it is no regular file")
    if status.st_uid not in (os.geteuid(), os.stat(path.parent).st_uid):
        raise NotAFile(path, "it belongs to another user")


def read_file(path: Path, limit: int) -> bytes:
    """The bytes of a file that `open_file` opens. Raises OSError, NotAFile."""
    with os.fdopen(open_file(path, os.O_RDONLY), "rb") as opened:
        check_size(path, os.fstat(opened.fileno()).st_size, limit)
        return opened.read(limit)


def check_size(path: Path, size: int, limit: int) -> None:
    """Raise NotAFile for what is too large to be read."""
    if size > limit:
        raise NotAFile(path, f"it has {size} bytes, and at most {limit} are read")


def replace_file(path: Path, data: bytes, *, mode: int = PRIVATE, backup: Path | None = None) -> None:
    """Put these bytes in the place of a file, at once and durably; what was there is kept as `backup`. Raises OSError,
    and NotAFile where either is there and is none."""
    refuse_special(path)
    finished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        _write_synced(finished, data, mode)
        if backup is not None and path.exists():
            _keep_as(path, backup)
        os.replace(finished, path)
    except (OSError, NotAFile):
        finished.unlink(missing_ok=True)
        raise
    _sync_directory(path.parent)


def write_all(file: int, data: bytes) -> None:
    """Write every byte to an open file."""
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _keep_as(path: Path, backup: Path) -> None:
    """Give the present file a second name, so that its path is never without one."""
    refuse_special(backup)
    second = backup.with_name(f".{backup.name}.{os.getpid()}")
    second.unlink(missing_ok=True)
    try:
        os.link(path, second)
    except OSError:  # a file system without hard links
        _write_synced(second, read_file(path, os.lstat(path).st_size), PRIVATE)
    os.replace(second, backup)


def _write_synced(path: Path, data: bytes, mode: int) -> None:
    path.unlink(missing_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE)
    try:
        os.fchmod(file, mode)
        write_all(file, data)
        os.fsync(file)
    finally:
        os.close(file)


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
