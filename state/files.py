"""Files that are whole or not there, on disk when we say so, and for their owner alone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

PRIVATE = 0o600


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
