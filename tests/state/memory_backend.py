"""A backend in memory: the contract with nothing around it, and with faults where a test wants them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from state.backends.contract import Backend, Locked, LockInfo, LockLost, Remains, StaleWrite, Stored


@dataclass
class Shelf:
    """What several backends have in common, as several processes have a bucket."""

    snapshot: bytes | None = None
    version: int = 0
    journal: dict[str, bytes] = field(default_factory=dict)
    lock: LockInfo | None = None
    until: float = 0.0
    guard: threading.RLock = field(default_factory=threading.RLock)

    @property
    def token(self) -> str | None:
        return None if self.snapshot is None else str(self.version)


class MemoryBackend(Backend):
    """`before` and `after` are called around each write and append with its name; what they raise the caller gets."""

    identity = "memory"

    def __init__(
        self,
        shelf: Shelf,
        *,
        before: Callable[[str], None] = lambda what: None,
        after: Callable[[str], None] = lambda what: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.shelf = shelf
        self.before, self.after = before, after
        self._monotonic = monotonic

    def read(self) -> Stored:
        with self.shelf.guard:
            return Stored(
                self.shelf.snapshot,
                tuple(self.shelf.journal[name] for name in sorted(self.shelf.journal)),
                self.shelf.token,
            )

    def remains(self) -> Remains:
        return Remains((), (), "remove it")

    def write(self, data: bytes, if_token: str | None, earlier: bytes | None = None) -> str:
        self.before("write")
        with self.shelf.guard:
            if self.shelf.token != if_token:
                raise StaleWrite(self.identity)
            self.shelf.snapshot, self.shelf.version = data, self.shelf.version + 1
            self.shelf.journal.clear()
            token = self.shelf.token
        self.after("write")
        assert token is not None
        return token

    def append(self, name: str, segment: bytes, if_token: str) -> None:
        self.before("append")
        with self.shelf.guard:
            if self.shelf.token != if_token or self.shelf.journal.get(name, segment) != segment:
                raise StaleWrite(self.identity)
            self.shelf.journal[name] = segment
        self.after("append")

    def lock(self, info: LockInfo, ttl: float) -> None:
        with self.shelf.guard:
            if self.shelf.lock is not None and self._monotonic() < self.shelf.until:
                raise Locked(self.identity, self.shelf.lock)
            self.shelf.lock, self.shelf.until = replace(info, ttl=ttl), self._monotonic() + ttl

    def renew(self, lock_id: str, ttl: float) -> None:
        with self.shelf.guard:
            if self.shelf.lock is None or self.shelf.lock.id != lock_id:
                raise LockLost(self.identity, "it is another's")
            self.shelf.until = self._monotonic() + ttl

    def unlock(self, lock_id: str) -> None:
        with self.shelf.guard:
            self.renew(lock_id, 0)
            self.shelf.lock = None
