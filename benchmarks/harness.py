"""Paired timing: each command run in turn, A B A B, as whole processes; the median is what is quoted."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

TIMEOUT = 600


@dataclass
class Figures:
    """Seconds and megabytes of several runs of one command."""

    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def peak(self) -> float:
        return max(self.megabytes)


@dataclass(frozen=True)
class Contestant:
    """A command in a folder; `before` puts the folder back to where each run begins."""

    command: Sequence[str]
    folder: Path
    before: Callable[[Path], None] = lambda folder: None
    environment: dict[str, str] = field(default_factory=dict)


def timed(contestant: Contestant) -> tuple[float, float]:
    """Seconds and peak megabytes of one run, which must succeed (or say that there are changes)."""
    contestant.before(contestant.folder)
    environment = {**os.environ, **contestant.environment}
    with open(os.devnull, "wb") as nowhere:
        begun = time.perf_counter()
        process = subprocess.Popen(
            contestant.command, cwd=contestant.folder, env=environment, stdout=nowhere, stderr=nowhere
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 2):
        raise RuntimeError(f"{' '.join(contestant.command)} ended with {process.returncode}")
    return seconds, usage.ru_maxrss / 1024


def race(contestants: dict[str, Contestant], runs: int) -> dict[str, Figures]:
    """The figures of each, run in turn after a warm-up of each."""
    figures = {name: Figures() for name in contestants}
    for turn in range(runs + 1):
        for name, contestant in contestants.items():
            seconds, megabytes = timed(contestant)
            if turn:
                figures[name].seconds.append(seconds)
                figures[name].megabytes.append(megabytes)
    return figures
