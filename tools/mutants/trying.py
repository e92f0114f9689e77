"""Tries one mutant: its tests run in a child, forked from a process that has imported everything but ours."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tools.mutants.copies import ROOT, changed
from tools.mutants.sites import Mutant

_MEMORY = 6 << 30
_FACTOR = 5.0
"""A test may take so many times as long as when it was measured; one that waits for ever ends there."""
_LIBRARIES = ("boto3", "moto", "rich.console", "orjson", "yaml", "re2", "click", "urllib3", "networkx", "cryptography")


class Verdict(Enum):
    """How it went with one mutant."""

    KILLED = "killed"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"
    UNTRIED = "untried"


@dataclass
class Trier:
    """Tries mutants in one copy of the tree, one at a time."""

    tree: Path
    allowance: float
    """Seconds for what tests need once."""
    _passing: dict[str, bool] = field(default_factory=dict)
    """Whether a test that failed on a mutant passes without it."""

    def verdict(self, mutant: Mutant, tests: Mapping[str, float]) -> Verdict:
        """Run the tests (with the seconds that they take without the change), up to the first that fails for it."""
        while tests:
            with changed(self.tree, mutant):
                code, failed = _run(self.tree, tests, self.allowance)
            if code is None:
                return Verdict.TIMED_OUT
            if code == 0:
                return Verdict.SURVIVED
            if not failed or self._passes_unchanged(failed, tests[failed]):
                return Verdict.KILLED
            tests = {test: seconds for test, seconds in tests.items() if test != failed}
        return Verdict.SURVIVED

    def _passes_unchanged(self, test: str, seconds: float) -> bool:
        if test not in self._passing:
            self._passing[test] = _run(self.tree, {test: seconds}, self.allowance)[0] == 0
            if not self._passing[test]:
                print(f"left out, since it fails alone and without a change: {test}", flush=True)
        return self._passing[test]


def _run(tree: Path, tests: Mapping[str, float], allowance: float) -> tuple[int | None, str]:
    """pytest's exit code, None if it did not end in time, and the test that failed first, if one did."""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reader)
        _run_in_child(tree, list(tests), allowance + _FACTOR * max(tests.values()), writer)
    os.close(writer)
    ended = _wait(pid, 2 * allowance + _FACTOR * sum(tests.values()))
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)  # whatever of its tests still runs
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with os.fdopen(reader, encoding="utf-8") as pipe:
        return (code if ended else None), pipe.readline().rstrip("\n")


def _wait(pid: int, limit: float) -> bool:
    """Whether the child ended in time. Its id stays its own until it is waited for."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return True
        time.sleep(0.01)
    return False


def _run_in_child(tree: Path, tests: Sequence[str], limit: float, writer: int) -> None:
    code = 1
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        os.chdir(tree)
        sys.path[:] = [str(tree), *(path for path in sys.path if Path(path or ".").resolve() != ROOT)]
        sys.dont_write_bytecode = True
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"  # of a changed file; processes that the tests start inherit it
        files = sorted({test.partition("::")[0] for test in tests})
        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov"]
        options += ["--hypothesis-profile", "mutants"]
        options += ["--timeout", str(limit), "--timeout-method", "signal"]
        code = int(pytest.main([*options, *files], plugins=[_Selection(tests, writer)]))
    finally:
        os._exit(code)


@dataclass
class _Selection:
    """A plugin of pytest: runs these tests in this order, and writes which failed first."""

    tests: Sequence[str]
    writer: int

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        by_id = {item.nodeid: item for item in items}
        items[:] = [by_id[test] for test in self.tests if test in by_id]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            os.write(self.writer, f"{report.nodeid}\n".encode())


def warm() -> None:
    """Import what tests need and what is not ours, once for all children."""
    for name in _LIBRARIES:
        __import__(name)
    hypothesis.settings.register_profile("mutants", deadline=None, database=None, derandomize=True)
