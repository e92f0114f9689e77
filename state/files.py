"""Files that are whole or not there, on disk when we say so, and for their owner alone."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from pathlib import Path

PRIVATE = 0o600


class NotAFile(Exception):
    """What is there is no regular file, or too large; the message says which."""


def reason_of(failure: OSError | NotAFile) -> str:
    """Why a file could not be read or written, for people."""
    if isinstance(failure, OSError):
        return "it is a symbolic link" if failure.errno == errno.ELOOP else failure.strerror or str(failure)
    return str(failure)


def refuse_special(path: Path) -> None:
    """Raise NotAFile where there is something that is no regular file: a link, a device, a folder."""
    with contextlib.suppress(FileNotFoundError):
        mode = os.lstat(path).st_mode
        if not stat.S_ISREG(mode):
            raise NotAFile("it is a symbolic link" if stat.S_ISLNK(mode) else "it is no regular file")


def read_file(path: Path, limit: int) -> bytes:
    """The bytes of a regular file; a link is not followed, and nothing is waited for. Raises OSError, NotAFile."""
    file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(file, "rb") as opened:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            raise NotAFile("it is no regular file")
        if status.st_size > limit:
            raise NotAFile(f"it has {status.st_size} bytes, and at most {limit} are read")
        return opened.read(limit)


def replace_file(path: Path, data: bytes, *, backup: Path | None = None) -> None:
    """Put these bytes in the place of a file, at once and durably; what was there is kept as `backup`. Raises
    OSError."""
    finished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        _write_synced(finished, data)
        if backup is not None and path.exists():
            _keep_as(path, backup)
        os.replace(finished, path)
    except OSError:
        finished.unlink(missing_ok=True)
        raise
    _sync_directory(path.parent)


def write_all(file: int, data: bytes) -> None:
    """Write every byte to an open file."""
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _write_synced(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE)
    try:
        write_all(file, data)
        os.fsync(file)
    finally:
        os.close(file)


def _keep_as(path: Path, backup: Path) -> None:
    """Give the present file a second name, so that its path is never without one."""
    second = backup.with_name(f".{backup.name}.{os.getpid()}")
    second.unlink(missing_ok=True)
    try:
        os.link(path, second)
    except OSError:  # a file system without hard links
        second.touch(PRIVATE)
        shutil.copyfile(path, second)
    os.replace(second, backup)


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
