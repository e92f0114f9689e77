"""Which of the hostile cases run, and what each of them runs in.

Every case has a name that does not depend on the draw. FREEHOLD_SHARE: how many percent of each test's cases are drawn,
FREEHOLD_SEED: by which seed. A case that is named on the command line runs whatever is drawn:
`pytest "tests/hostile/test_answers.py::test_plan[NAME]"`.
"""

from __future__ import annotations

import itertools
import math
import os
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.running import Freehold, shortened_time

HERE = Path(__file__).parent
SHARE = float(os.environ.get("FREEHOLD_SHARE", "10"))
SEED = os.environ.get("FREEHOLD_SEED", "1")
ROOM = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the cases that are drawn, in their order, and each test that is no set of cases."""
    if any("[" in argument for argument in config.args):
        return
    sets = defaultdict(list)
    for item in items:
        if HERE in item.path.parents and hasattr(item, "callspec"):
            sets[item.nodeid.partition("[")[0]].append(item)
    left: set[pytest.Item] = set()
    for name, cases in sets.items():
        drawn = random.Random(f"{SEED} {name}").sample(cases, math.ceil(len(cases) * SHARE / 100))
        left |= set(cases) - set(drawn)
    config.hook.pytest_deselected(items=[item for item in items if item in left])
    items[:] = [item for item in items if item not in left]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How what was drawn is drawn again, and a case alone."""
    terminalreporter.write_line(f"Cases drawn: SHARE={SHARE:g} SEED={SEED}")
    if terminalreporter.stats.get("failed"):
        terminalreporter.write_line("One of them again: .venv/bin/python -m pytest 'FILE::TEST[CASE]', as named above")


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder for a stack, which is the working directory; its temporary files and its home are beside it."""
    with tempfile.TemporaryDirectory(prefix="hostile-", dir=ROOM) as room:
        for name in ("stack", "tmp", "home", "cache"):
            Path(room, name).mkdir()
        monkeypatch.chdir(Path(room, "stack"))
        monkeypatch.setenv("HOME", f"{room}/home")
        monkeypatch.setenv("TMPDIR", f"{room}/tmp")
        monkeypatch.setattr(tempfile, "tempdir", f"{room}/tmp")
        yield Path(room, "stack")


@pytest.fixture
def freehold(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Freehold:
    """`freehold("plan")` runs a command in this process, in `folder`: see `Freehold`."""
    return Freehold(folder)


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Time passes by sleeping alone, at once: the seconds of each sleep."""
    with shortened_time() as slept:
        yield slept


_numbers = itertools.count(1)


@pytest.fixture
def number() -> int:
    """A number that no other case of this process has."""
    return next(_numbers)
