"""A plugin of pytest: writes how long each test that passed took into a file of the folder that it runs in."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

FILE = ".durations.json"
_seconds: dict[str, float] = defaultdict(float)
_failed: set[str] = set()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add what a phase of a test took."""
    _seconds[report.nodeid] += report.duration
    if report.failed:
        _failed.add(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the file, in the process that hears of all tests."""
    if not hasattr(session.config, "workerinput"):
        passed = {test: seconds for test, seconds in _seconds.items() if test not in _failed}
        Path(FILE).write_text(json.dumps(passed), encoding="utf-8")
