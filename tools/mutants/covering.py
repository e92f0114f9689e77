"""Which tests execute which line: one run of a room's tests under coverage, a context a test."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import pytest
from coverage import CoverageData

from tools.mutants import durations
from tools.mutants.sites import Mutant

_MOST_SECONDS = 60.0
"""What the tests of one mutant may take together; those that execute most are left out beyond it."""

_LEAST_ALLOWANCE = 10.0


@dataclass(frozen=True)
class Covering:
    """What one run told: the tests of each line of each file, and the seconds of each test that passed."""

    lines: dict[str, dict[int, frozenset[str]]]
    seconds: dict[str, float]

    @property
    def allowance(self) -> float:
        """Seconds that any test may take beyond its own: for fixtures of a session, which were part of one test's."""
        return _LEAST_ALLOWANCE + 2 * max(self.seconds.values())

    def tests(self, mutant: Mutant) -> dict[str, float]:
        """The tests that execute what is changed, with their seconds; those that take least first.

        What runs when its module is imported belongs to all tests that execute something of the module, or that could.
        """
        lines = self.lines.get(mutant.path, {})
        wanted: Collection[int] = lines if mutant.at_import else mutant.lines
        found = {test for line in wanted for test in lines.get(line, ()) if test in self.seconds}
        if not found and mutant.at_import:
            found = set(self.seconds)
        ordered = sorted(found, key=lambda test: (self.seconds[test], test))
        totals = accumulate(self.seconds[test] for test in ordered)
        return {
            test: self.seconds[test]
            for test, total in zip(ordered, totals, strict=True)
            if total - self.seconds[test] < _MOST_SECONDS
        }


def measured(tree: Path, room: str) -> Covering:
    """Run the room's tests in a copy of the tree. What fails now cannot tell anything, and is left out."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", f"tests/{room}"]
    command += [f"--cov={room}", "--cov-context=test", "--cov-report=", "-p", durations.__name__]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    if done.returncode == pytest.ExitCode.TESTS_FAILED:
        print("left out, since they fail without a change:", *re.findall(r"^FAILED .*", done.stdout, re.M), sep="\n")
    elif done.returncode:
        sys.exit(f"The tests of {room} do not run as they are:\n{done.stdout[-3000:]}{done.stderr[-1000:]}")
    data = CoverageData(str(tree / ".coverage"))
    data.read()
    seconds = json.loads((tree / durations.FILE).read_text(encoding="utf-8"))
    lines = {Path(file).relative_to(tree).as_posix(): _tests_by_line(data, file) for file in data.measured_files()}
    return Covering(lines, seconds)


def _tests_by_line(data: CoverageData, file: str) -> dict[int, frozenset[str]]:
    """A context is a test's id and the phase that it was in, or empty outside of tests."""
    return {
        line: frozenset(context.rpartition("|")[0] for context in contexts if context)
        for line, contexts in data.contexts_by_lineno(file).items()
    }
