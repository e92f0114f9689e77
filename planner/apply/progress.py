"""What is running right now, and the word of it that people get every so often."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

from planner.events import Event, Progressed
from planner.plan.plan import Operation
from providers.contract import Clock

TICK = 10.0
"""Seconds between two words of a long operation."""


class Progress:
    """The operations that run, from any thread."""

    def __init__(self, listener: Callable[[Event], None], clock: Clock) -> None:
        self._listener = listener
        self._clock = clock
        self._running: dict[Operation, float] = {}
        self._guard = threading.Lock()

    @contextlib.contextmanager
    def running(self, operation: Operation) -> Iterator[None]:
        """While an operation runs."""
        with self._guard:
            self._running[operation] = self._clock.monotonic()
        try:
            yield
        finally:
            with self._guard:
                del self._running[operation]

    def say(self, address: str, message: str) -> None:
        """A provider's word of what it does for an address."""
        for (running, verb), begun in self._now():
            if running == address:
                elapsed = self._clock.monotonic() - begun
                self._listener(Progressed(address, verb, self._clock.now(), elapsed, message))

    @contextlib.contextmanager
    def ticking(self) -> Iterator[None]:
        """Meanwhile, a word of each long operation at every tick."""
        finished = threading.Event()
        ticker = threading.Thread(target=self._tick, args=(finished,), name="progress", daemon=True)
        ticker.start()
        try:
            yield
        finally:
            finished.set()
            ticker.join()

    def _tick(self, finished: threading.Event) -> None:
        while not finished.wait(TICK):
            now = self._clock.monotonic()
            for (address, verb), begun in self._now():
                if now - begun >= TICK * 0.9:
                    self._listener(Progressed(address, verb, self._clock.now(), now - begun))

    def _now(self) -> list[tuple[Operation, float]]:
        with self._guard:
            return list(self._running.items())
