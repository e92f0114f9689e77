"""Time as the clouds tell it: what takes minutes in reality takes `speed` times less here.

Everything asynchronous in the sandbox (a cluster that is CREATING, a NAT gateway that is pending) asks for its turn
here, so that one number scales them all and `reset` forgets them together.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

DEFAULT_SPEED = 60.0  # a minute of the cloud's takes a second


class Clock:
    """Runs actions after a delay given in the cloud's seconds.

    `speed` is how many of them pass in one of ours; 0 stands for no waiting at all.
    """

    def __init__(self, speed: float = DEFAULT_SPEED) -> None:
        if speed < 0:
            raise ValueError("speed is a multiplier and cannot be negative")
        self.speed = speed
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="sandbox-clock", daemon=True)
        self._thread.start()

    def now(self) -> float:
        """Seconds since the epoch, unscaled: what timestamps in answers are made of."""
        return time.time()

    def scaled(self, seconds: float) -> float:
        """How long `seconds` of the cloud's take here, in seconds."""
        return seconds / self.speed if self.speed else 0.0

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Run `action` once, on the clock's own thread, when `seconds` of the cloud's have passed."""
        with self._changed:
            heapq.heappush(self._due, (time.monotonic() + self.scaled(seconds), next(self._order), action))
            self._changed.notify()

    def forget(self) -> None:
        """Drop everything that is still to come."""
        with self._changed:
            self._due.clear()

    def stop(self) -> None:
        """Drop everything and end the thread; nothing runs after this returns."""
        with self._changed:
            self._stopped = True
            self._due.clear()
            self._changed.notify()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=5)

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._stopped:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(wait)
        return None

    def _run(self) -> None:
        while (action := self._next()) is not None:
            try:
                action()
            except Exception:
                log.exception("what was due failed")
