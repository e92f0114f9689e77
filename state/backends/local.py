"""A state in files beside the stack: `freehold.state`, the one before it as `.backup`, its `.journal`, its `.lock`.

A snapshot is replaced by renaming a finished file over it. What must not interleave with another process happens under
a moment's flock on the journal, which for that reason is emptied and never removed. The lock is an flock on a file that
tells who holds it: it ends with the process, however that ends, so that nobody ever has to force it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from language.diagnostics import FreeholdError, error
from language.overriding import override
from language.schema import Schema, optional
from language.types import STRING
from state.backends.contract import (
    MAXIMUM_BYTES,
    Backend,
    Locked,
    LockInfo,
    LockLost,
    Remains,
    StaleWrite,
    Stored,
    copy_in,
)
from state.backends.frames import Damaged, Frame, decode_frames, encode_frame
from state.files import NotAFile, check_size, open_file, read_file, refuse_special, replace_file, write_all

SCHEMA = Schema(
    {
        "path": optional(
            STRING,
            default="freehold.state",
            description="The file of the state, relative to the stack; freehold.state if left out.",
        )
    }
)


def open_backend(config: Mapping[str, Any], directory: Path, environment: Mapping[str, str]) -> Backend:
    """The backend of a decoded configuration."""
    return LocalBackend((directory / config["path"]).absolute())


class LocalBackend(Backend):
    """The backend `local`. `path` is the snapshot's; the other files lie beside it."""

    def __init__(self, path: Path) -> None:
        self.identity = f"local:{path}"
        self._path = path
        self._backup = path.with_name(path.name + ".backup")
        self._journal = path.with_name(path.name + ".journal")
        self._lock = path.with_name(path.name + ".lock")
        self._held: tuple[LockInfo, int] | None = None
        self._last: tuple[int, str] = (0, "")  # the journal's size and last name, as this object left them

    @override
    def read(self) -> Stored:
        with _translated(self.identity):
            for path in (self._path, self._backup, self._journal, self._lock):
                refuse_special(path)  # before anything is done that could not be recorded then
            if not os.path.lexists(self._journal):  # never written to, or made by hand: reading creates nothing
                return Stored(_read(self._path), (), _token(self._path))
            with self._alone(writing=False) as journal:
                frames = self._frames(journal)
                return Stored(_read(self._path), tuple(frame.segment for frame in frames), _token(self._path))

    @override
    def remains(self) -> Remains:
        with _translated(self.identity):
            there = [path for path in (self._backup, self._journal) if path.exists()]
            if self._lock.exists() and not (there and self._held):
                there.append(self._lock)
            if self._is_first() and not (self._backup in there or _size(self._journal)):
                there = []  # of a run that was stopped before it wrote a snapshot
            kept = _read(self._backup)
            copies = () if kept is None else (copy_in(self._backup, kept),)
            removed = [self._path, *there] if self._path.exists() else there
            removal = f"`rm {shlex.join(str(path) for path in removed)}`" if removed else ""
            return Remains(copies, tuple(str(path) for path in there), removal)

    def _is_first(self) -> bool:
        return LockInfo.from_bytes(_read(self._lock) or b"").first

    @override
    def write(self, data: bytes, if_token: str | None, earlier: bytes | None = None) -> str:
        with _translated(self.identity), self._alone() as journal:
            if _token(self._path) != if_token:
                raise StaleWrite(self.identity)
            try:
                if earlier is not None:
                    replace_file(self._backup, earlier)
                replace_file(self._path, data, backup=self._backup if earlier is None else None)
            except (OSError, NotAFile):
                if if_token is None:
                    self._journal.unlink()  # it would show that there was a state
                raise
            os.ftruncate(journal, 0)
            self._last = (0, "")
            token = _token(self._path)
            assert token is not None
            if if_token is None and self._held is not None:
                self._hold(replace(self._held[0], first=False), self._held[1])
            return token

    @override
    def append(self, name: str, segment: bytes, if_token: str) -> None:
        with _translated(self.identity), self._alone() as journal:
            if _token(self._path) != if_token:
                raise StaleWrite(self.identity)
            if os.fstat(journal).st_size != self._last[0] or name <= self._last[1]:
                frames = self._frames(journal)
                if frames and (frames[-1].name, frames[-1].segment) == (name, segment):
                    return
                self._last = (frames[-1].end, frames[-1].name) if frames else (0, "")
                os.ftruncate(journal, self._last[0])
            if name <= self._last[1]:
                raise StaleWrite(self.identity)
            frame = encode_frame(name, segment)
            write_all(journal, frame)
            os.fdatasync(journal)
            self._last = (self._last[0] + len(frame), name)

    @override
    def lock(self, info: LockInfo, ttl: float) -> None:
        with _translated(self.identity):
            first = not os.path.lexists(self._path) and not self.remains().names
            held = _open_and_lock(self._lock)
            if held is None:
                raise Locked(self.identity, LockInfo.from_bytes(_read(self._lock) or b""))
            self._hold(replace(info, ttl=0, first=first), held)

    def _hold(self, info: LockInfo, held: int) -> None:
        os.ftruncate(held, 0)
        os.pwrite(held, info.to_bytes(), 0)
        self._held = (info, held)

    @override
    def renew(self, lock_id: str, ttl: float) -> None:
        if self._held is None or self._held[0].id != lock_id:
            raise LockLost(self.identity, "this process does not hold it")
        if not _is_still(self._held[1], self._lock):
            raise LockLost(self.identity, f"{self._lock} was removed or replaced")

    @override
    def unlock(self, lock_id: str) -> None:
        with _translated(self.identity):
            if self._held is None:
                self._unlock_abandoned(lock_id)
                return
            self.renew(lock_id, 0)
            (info, held), self._held = self._held, None
            if info.first or any(path.exists() for path in (self._path, self._backup, self._journal)):
                # else nothing else would show that there was a state
                self._lock.unlink(missing_ok=True)
            os.close(held)

    def _unlock_abandoned(self, lock_id: str) -> None:
        """Remove what a process that is gone left behind; a living one's lock stays."""
        content = _read(self._lock)
        holder = LockInfo.from_bytes(content or b"")
        if content is None or holder.id != lock_id:
            raise LockLost(self.identity, f"there is no lock of the id {lock_id}")
        held = _open_and_lock(self._lock)
        if held is None:
            raise FreeholdError(
                [
                    error(
                        "The lock is held by a running process",
                        f"{holder.who or 'Another process'} still holds the lock of {self.identity}.",
                        advice="End that process; its lock ends with it.",
                    )
                ]
            )
        self._lock.unlink(missing_ok=True)
        os.close(held)

    def _frames(self, journal: int) -> list[Frame]:
        size = os.fstat(journal).st_size
        check_size(self._journal, size, MAXIMUM_BYTES)
        try:
            return decode_frames(os.pread(journal, size, 0))
        except Damaged as cause:
            raise FreeholdError(
                [
                    error(
                        "The journal of the state is damaged",
                        f"{self._journal}: {cause}.",
                        advice="Restore the file from a backup, or move it away and run `freehold plan`: what it "
                        "knew of resources since the last snapshot has to be imported again.",
                    )
                ]
            ) from cause

    @contextlib.contextmanager
    def _alone(self, *, writing: bool = True) -> Iterator[int]:
        """The journal, open, while no other process writes."""
        mode, lock = os.O_RDONLY, fcntl.LOCK_SH
        if writing:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            mode, lock = os.O_RDWR | os.O_CREAT | os.O_APPEND, fcntl.LOCK_EX
        while True:
            journal = open_file(self._journal, mode)
            try:
                fcntl.flock(journal, lock)
                if _is_still(journal, self._journal):
                    yield journal
                    return
            finally:
                os.close(journal)


def _open_and_lock(path: Path) -> int | None:
    """The file, open and locked; None when another holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        file = open_file(path, os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return None
        if _is_still(file, path):
            return file
        os.close(file)


def _is_still(file: int, path: Path) -> bool:
    """Whether the open file is what the path names now; who locked one that was unlinked holds nothing."""
    try:
        return os.path.samestat(os.fstat(file), os.lstat(path))
    except FileNotFoundError:
        return False


def _token(path: Path) -> str | None:
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return None
    return f"{status.st_ino}-{status.st_size}-{status.st_mtime_ns}"


def _size(path: Path) -> int:
    try:
        return os.lstat(path).st_size
    except FileNotFoundError:
        return 0


def _read(path: Path) -> bytes | None:
    try:
        return read_file(path, MAXIMUM_BYTES)
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def _translated(identity: str) -> Iterator[None]:
    """What the file system refuses, as a diagnostic."""
    try:
        yield
    except NotAFile as cause:
        advice = "Move it away, or put a file in its place that is yours: no link is followed, and no device is read."
        raise FreeholdError([error("Not a file of the state", f"{cause.path}: {cause}.", advice=advice)]) from cause
    except OSError as cause:
        name = f" ({cause.filename})" if cause.filename else ""
        raise FreeholdError(
            [
                error(
                    "The state cannot be kept on disk",
                    f"{identity}: {cause.strerror or cause}{name}.",
                    advice="Check the disk's free space and the permissions of the folder.",
                )
            ]
        ) from cause
