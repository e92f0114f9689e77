"""Group commit: many threads hand in lines, one thread writes what has come together, and whoever must know waits.

A line that nobody waits for rides with the next group, at the latest after `linger` seconds. So the cost of an apply is
that of its groups: while one is written the next one gathers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

Flush = Callable[[list[bytes]], None]

_LARGEST_GROUP = 2000


class Journal:
    """Hands groups of lines to `flush`, in order, on a thread of its own.

    After a flush has raised, the same is raised to everyone who waits or hands in more.
    """

    def __init__(self, flush: Flush, *, linger: float = 0.1) -> None:
        self._flush = flush
        self._linger = linger
        self._changed = threading.Condition()
        self._lines: list[bytes] = []
        self._gathering_since = 0.0
        self._added = self._written = self._wanted = 0
        self._closed = False
        self._failure: BaseException | None = None
        self._writer: threading.Thread | None = None

    def add(self, line: bytes) -> int:
        """Hand in a line; the ticket that comes back can be waited for."""
        with self._changed:
            self._raise_failure()
            if self._closed:
                raise RuntimeError("the journal is closed")
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_groups, name="state-journal", daemon=True)
                self._writer.start()
            if not self._lines:
                self._gathering_since = time.monotonic()
                self._changed.notify_all()
            self._lines.append(line)
            self._added += 1
            return self._added

    def wait(self, ticket: int | None = None) -> None:
        """Return when that line is durable; without a ticket: all that were handed in."""
        with self._changed:
            ticket = self._added if ticket is None else ticket
            self._wanted = max(self._wanted, ticket)
            self._changed.notify_all()
            while self._written < ticket:
                self._raise_failure()
                self._changed.wait()

    def close(self) -> None:
        """Write what is left and end the thread. Raises what a flush raised."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._writer is not None:
            self._writer.join()
        self._raise_failure()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _write_groups(self) -> None:
        while lines := self._next_group():
            failure: BaseException | None = None
            try:
                self._flush(lines)
            except BaseException as raised:
                failure = raised
            with self._changed:
                self._failure = failure
                self._written += 0 if failure else len(lines)
                self._changed.notify_all()
            if failure:
                return

    def _next_group(self) -> list[bytes]:
        """Wait until a group is due and take it; empty when the journal is closed and all is written."""
        with self._changed:
            while not self._closed and not self._is_due():
                left = self._gathering_since + self._linger - time.monotonic()
                self._changed.wait(max(0.0, left) if self._lines else None)
            lines, self._lines = self._lines[:_LARGEST_GROUP], self._lines[_LARGEST_GROUP:]
            return lines

    def _is_due(self) -> bool:
        if not self._lines:
            return False
        waited_for = self._wanted > self._written
        return (
            waited_for or len(self._lines) >= _LARGEST_GROUP or time.monotonic() - self._gathering_since >= self._linger
        )
