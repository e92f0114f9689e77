"""What was found, by its name: smallest examples of what went wrong once, and of what still does."""

from __future__ import annotations

import pytest

from tests.planner.engine.changes import Change
from tests.planner.engine.configuration import Block
from tests.planner.engine.lifecycle import Example, Turn
from tests.planner.engine.service import Fault
from tests.planner.engine.test_lifecycle import run

UNIT = Block(0)
NAME = Block(0, named=True)


def killed(on: str, at: int, when: str = "after") -> tuple[Fault, ...]:
    return (Fault(on, at, f"crash-{when}"),)


CORRECTED = {
    "a first apply is killed before anything was written": Example(
        (NAME,),
        (Turn(faults=killed("state", 0, "before")),),
    ),
    "a block is moved while its create is in flight": Example(
        (NAME,),
        (Turn(faults=killed("change", 0)), Turn(changes=(Change("move"),))),
    ),
    "what was deleted outside is created again, the apply killed, and the block taken out": Example(
        (UNIT,),
        (
            Turn(),
            Turn(changes=(Change("vanish"),), faults=killed("change", 0)),
            Turn(changes=(Change("drop"),)),
        ),
    ),
    "the same, and all is destroyed": Example(
        (UNIT,),
        (Turn(), Turn(changes=(Change("vanish"),), faults=killed("change", 0)), Turn("destroy")),
    ),
    "the same, and nothing was created": Example(
        (UNIT,),
        (
            Turn(),
            Turn(changes=(Change("vanish"),), faults=killed("change", 0, "before")),
            Turn(changes=(Change("drop"),)),
        ),
    ),
    "an apply is killed with a secret in flight, and all is destroyed": Example(
        (Block(0, secret=True),),
        (Turn(faults=killed("change", 0)), Turn("destroy")),
    ),
}


@pytest.mark.parametrize("name", CORRECTED)
def test_what_was_corrected_stays_so(name: str) -> None:
    run(CORRECTED[name])
