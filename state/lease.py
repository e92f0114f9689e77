"""A backend's lock that is waited for, kept alive by a heartbeat, and known to be lost as soon as it may be.

Whoever cannot renew in time has lost the lock, also when nobody told him: by then another may hold it.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable

from language.diagnostics import FreeholdError
from state.backends.contract import Backend, Locked, LockInfo, LockLost

TTL = 60.0
_LONGEST_PAUSE = 5.0

Notify = Callable[[LockInfo, float], None]


class Lease:
    """One taking of a lock. `lost` is set when it may be another's; `check` raises then."""

    def __init__(
        self,
        backend: Backend,
        info: LockInfo,
        *,
        lost: threading.Event,
        ttl: float = TTL,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.info = info
        self.lost = lost
        self._backend = backend
        self._ttl = ttl
        self._monotonic = monotonic
        self._ended = threading.Event()
        self._renewed = 0.0
        self._why = "it was not renewed in time"
        self._heart: threading.Thread | None = None

    def acquire(
        self, timeout: float, notify: Notify | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Take the lock; ask again for `timeout` seconds while another holds it, telling `notify` of the holder and the
        time left.

        Raises Locked.
        """
        until, pause = self._monotonic() + timeout, 0.25
        while True:
            self._renewed = self._monotonic()
            try:
                self._backend.lock(self.info, self._ttl)
                break
            except Locked as locked:
                left = until - self._monotonic()
                if left <= 0:
                    raise
                if notify is not None:
                    notify(locked.holder, left)
                sleep(min(pause, left))
                pause = min(pause * 2, _LONGEST_PAUSE)
        self._heart = threading.Thread(target=self._beat, name="state-lock", daemon=True)
        self._heart.start()

    def check(self) -> None:
        """Raises LockLost unless the lock was surely ours a moment ago."""
        if self._monotonic() - self._renewed >= self._ttl:
            self.lost.set()
        if self.lost.is_set():
            raise LockLost(self._backend.identity, self._why)

    def release(self) -> None:
        """Stop the heartbeat and unlock, unless it was lost: whoever has it by now keeps it."""
        self._ended.set()
        if self._heart is not None:
            self._heart.join()
        if not self.lost.is_set():
            with contextlib.suppress(LockLost):
                self._backend.unlock(self.info.id)

    def _beat(self) -> None:
        while not self._ended.wait(self._ttl / 4):
            started = self._monotonic()
            try:
                self._backend.renew(self.info.id, self._ttl)
                self._renewed = started
            except LockLost as lost:
                self._why = lost.why
                self.lost.set()
            except FreeholdError as refused:  # it may answer again before the time is up
                self._why = f"it could not be renewed in time: {refused}"
            if self._monotonic() - self._renewed >= self._ttl:
                self.lost.set()
            if self.lost.is_set():
                return
