"""Paired timing: each command run in turn, A B A B, as whole processes; the median is what is quoted."""

from __future__ import annotations

import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

TIMEOUT = 300.0
"""Seconds that any one run may take."""
FREEHOLD = str(Path(sys.executable).with_name("freehold"))


@dataclass
class Figures:
    """Seconds and peak megabytes of a command's runs, and how many requests one made where they are counted."""

    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    requests: int | None = None

    @property
    def median(self) -> float:
        """Of the runs' seconds."""
        return statistics.median(self.seconds)

    @property
    def peak(self) -> float:
        """The largest memory of any run, in megabytes."""
        return max(self.megabytes)


@dataclass(frozen=True)
class Contestant:
    """A command in a folder. `before` puts the folder back to where each run begins; it is not timed.

    `accepted` are the exit codes of a run that went well.
    """

    command: Sequence[str]
    folder: Path
    before: Callable[[Path], None] = lambda folder: None
    environment: Mapping[str, str] = field(default_factory=dict)
    accepted: Sequence[int] = (0,)


@dataclass(frozen=True)
class Race:
    """One line of the report: what is done, by which tool, how fast. `other` is the tool freehold is compared with."""

    title: str
    other: str
    figures: dict[str, Figures]

    @property
    def ratio(self) -> float | None:
        """freehold's time to the other's, or None where the other is not installed."""
        if self.other not in self.figures:
            return None
        return self.figures["freehold"].median / self.figures[self.other].median


Benchmark = Callable[[Path], Iterator[Race]]
"""A benchmark gets an empty folder and yields its lines as they are measured."""


def tool(name: str) -> str | None:
    """Where another tool is installed, or None."""
    return shutil.which(name)


def race(
    contestants: Mapping[str, Contestant],
    runs: int,
    *,
    warm: bool = True,
    requests: Callable[[], int] | None = None,
) -> dict[str, Figures]:
    """The figures of each, run in turn, after a run of each that does not count where `warm`.

    `requests` tells how many requests a server was asked so far. Raises RuntimeError when a run fails.
    """
    figures = {name: Figures() for name in contestants}
    for turn in range(0 if warm else 1, runs + 1):
        for name, contestant in contestants.items():
            contestant.before(contestant.folder)
            requested = requests() if requests else 0
            seconds, megabytes = _timed(contestant)
            if turn:
                figures[name].seconds.append(seconds)
                figures[name].megabytes.append(megabytes)
                figures[name].requests = requests() - requested if requests else None
    return figures


def once(contestant: Contestant) -> None:
    """Run it untimed, as preparation."""
    contestant.before(contestant.folder)
    _timed(contestant)


def _timed(contestant: Contestant) -> tuple[float, float]:
    """Seconds and peak megabytes of one run."""
    with _output() as (output, said):
        begun = time.perf_counter()
        process = subprocess.Popen(
            contestant.command,
            cwd=contestant.folder,
            env={**os.environ, **contestant.environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        limit = threading.Timer(TIMEOUT, process.kill)
        limit.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        finally:
            limit.cancel()
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in contestant.accepted:
            command = " ".join([Path(contestant.command[0]).name, *contestant.command[1:]])
            raise RuntimeError(f"{command} ended with {process.returncode}:\n{said()[-2000:]}")
    return seconds, usage.ru_maxrss / 1024


@contextlib.contextmanager
def _output() -> Iterator[tuple[int, Callable[[], str]]]:
    """A file in memory for what a command prints, so that no terminal or pipe slows it, and a way to read it."""
    descriptor = os.memfd_create("output")
    try:
        yield descriptor, lambda: os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode(errors="replace")
    finally:
        os.close(descriptor)
