"""The engine as an engine: examples of up to ten operations, each followed by all that has to hold.

`make test-engine` runs as many as CI does, `make soak` as many as one likes: FREEHOLD_EXAMPLES, FREEHOLD_SEED.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings

from tests.planner.engine.examples import examples
from tests.planner.engine.invariants import check, no_secret_written
from tests.planner.engine.lifecycle import Example, Stack, live
from tests.planner.engine.service import DrivenClock, Service

SHARES = 8
EXAMPLES = int(os.environ.get("FREEHOLD_EXAMPLES", "80"))
SEED = int(os.environ.get("FREEHOLD_SEED", "1"))
ROOM = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None


def run(example: Example, parallelism: int = 1) -> None:
    clock = DrivenClock()
    with tempfile.TemporaryDirectory(dir=ROOM) as directory:
        stack = Stack(Path(directory), Service(clock), clock, parallelism)
        live(example, stack, check)
        no_secret_written(stack)


def holding(examples_to_run: int, seed_of_share: int, parallelism: int) -> None:
    """That many examples, drawn by that seed."""

    @seed(seed_of_share)
    @settings(max_examples=examples_to_run, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(examples)
    def holds(example: Example) -> None:
        run(example, parallelism)

    holds()


@pytest.mark.timeout(0)
@pytest.mark.parametrize("share", range(SHARES))
def test_all_that_has_to_hold_holds_after_every_operation(share: int) -> None:
    holding(EXAMPLES // SHARES, SEED * SHARES + share, parallelism=1)


@pytest.mark.timeout(0)
def test_it_holds_with_ten_workers() -> None:
    holding(EXAMPLES // 10, SEED, parallelism=10)
