"""The state of a run: a backend and a journal that a crash cuts off, and whose writes happen when a test says so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from state import codec
from state.backends.contract import LockInfo, Stored
from state.journal import Flush, Journal
from tests.planner.engine.service import Run
from tests.state.memory_backend import MemoryBackend, Shelf


class Storage(MemoryBackend):
    """The backend as one run reaches it. `written` keeps all bytes that anything was ever told."""

    def __init__(self, shelf: Shelf, run: Run, monotonic: Callable[[], float], written: list[bytes]) -> None:
        super().__init__(shelf, monotonic=monotonic)
        self._run = run
        self._written = written

    def read(self) -> Stored:
        self._run.alive()
        return super().read()

    def write(self, data: bytes, if_token: str | None, earlier: bytes | None = None) -> str:
        self._written.append(data)
        return self._run.call("state", lambda: MemoryBackend.write(self, data, if_token, earlier))

    def append(self, name: str, segment: bytes, if_token: str) -> None:
        self._written.append(segment)
        self._run.call("state", lambda: MemoryBackend.append(self, name, segment, if_token))

    def lock(self, info: LockInfo, ttl: float) -> None:
        self._run.alive()
        super().lock(info, ttl)

    def renew(self, lock_id: str, ttl: float) -> None:
        self._run.alive()
        super().renew(lock_id, ttl)


class DrivenJournal:
    """`state.journal.Journal` without its thread: lines are written when somebody waits for them, and when the run's
    `flush` is called."""

    def __init__(self, run: Run, flush: Flush) -> None:
        self._run = run
        self._flush = flush
        self._lines: list[bytes] = []
        self._failure: BaseException | None = None
        run.flush = self.wait

    def add(self, line: bytes) -> int:
        self._raise_failure()
        self._run.records.append(codec.loads(line))
        self._lines.append(line)
        return 0

    def wait(self, ticket: int | None = None) -> None:
        self._raise_failure()
        lines, self._lines = self._lines, []
        if not lines:
            return
        try:
            self._flush(lines)
        except BaseException as failure:
            self._failure = failure
            raise

    def close(self) -> None:
        self.wait()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure


class ObservedJournal(Journal):
    """The journal as it is, on its thread; what is handed in is seen by the run."""

    def __init__(self, run: Run, flush: Flush) -> None:
        super().__init__(flush, linger=0.001)
        self._run = run
        self._order = threading.Lock()

    def add(self, line: bytes) -> Any:
        with self._order:
            self._run.records.append(codec.loads(line))
            return super().add(line)
