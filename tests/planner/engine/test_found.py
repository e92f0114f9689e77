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
    "an update is killed that sent a secret, and a plan saved": Example(
        (UNIT,),
        (
            Turn(),
            Turn(changes=(Change("secrete"),), faults=killed("change", 0)),
            Turn("saved", changes=(Change("relabel", value=1),)),
        ),
    ),
    "an update is killed that sent a secret, which is taken out, and a plan saved": Example(
        (UNIT,),
        (
            Turn(),
            Turn(changes=(Change("secrete"),), faults=killed("change", 0)),
            Turn("saved", changes=(Change("secrete"),)),
        ),
    ),
    "the same, and it is refused to be taken out before": Example(
        (UNIT,),
        (
            Turn(),
            Turn(changes=(Change("secrete"),), faults=killed("change", 0)),
            Turn(changes=(Change("secrete"),), faults=(Fault("change", 0, "refused"),)),
            Turn("saved"),
        ),
    ),
    "a create is killed that sent a secret, and it is refused to be taken out": Example(
        (Block(0, secret=True),),
        (
            Turn(faults=killed("change", 0)),
            Turn(changes=(Change("secrete"),), faults=(Fault("change", 0, "refused"),)),
            Turn("saved"),
        ),
    ),
    "a killed create made it with other values, which cannot be changed in place": Example(
        (UNIT,),
        (Turn(faults=killed("change", 0)), Turn(changes=(Change("resize", value=1),))),
    ),
    "the same, and what it refers to is taken out": Example(
        (Block(0), Block(1, named=True, refs=frozenset({0}))),
        (
            Turn(),
            Turn(changes=(Change("vanish", which=1),), faults=killed("state", 1, "before")),
            Turn(changes=(Change("drop"), Change("resize", value=1))),
        ),
        lag=3.0,
        patient=False,
    ),
    "a killed create is found though the configuration names it otherwise by now": Example(
        (NAME,),
        (Turn(faults=killed("change", 0)), Turn(changes=(Change("rename", value=1),))),
    ),
    "a saved plan has a current and a deposed object of one address": Example(
        (Block(0, first=True), Block(1, refs=frozenset({0}))),
        (
            Turn(),
            Turn("replacing", faults=(Fault("change", 1, "unreachable"),)),
            Turn("saved", changes=(Change("relabel", which=1, value=1),)),
        ),
    ),
    "what is excluded comes before the delete of what is created first": Example(
        (Block(0), Block(1, anchor=0, first=True), Block(2, refs=frozenset({1}))),
        (Turn(), Turn("excluded", changes=(Change("drop"), Change("repeat", which=1, value=7)))),
    ),
    "a dropped block stood on one that is tainted, and what stays on both": Example(
        (Block(0), Block(1, anchor=0), Block(2, after=frozenset({0, 1}))),
        (Turn(changes=(Change("drop", which=1),)),),
        start=((0, "tainted"),),
    ),
    "what is created first comes about half": Example(
        (Block(0, first=True),),
        (Turn(), Turn(changes=(Change("resize", value=1),), faults=(Fault("change", 0, "half"),))),
    ),
    "what the target refers to is created first": Example(
        (Block(0), Block(1, refs=frozenset({0}), first=True)),
        (Turn(), Turn("targeted", which=1, changes=(Change("resize", value=1),))),
    ),
    "who refers to a block is created while that turns from one instance into several": Example(
        (Block(0), Block(1, refs=frozenset({0})), Block(2, refs=frozenset({0}))),
        (Turn(changes=(Change("drop", which=2),)), Turn(changes=(Change("repeat", value=2), Change("add", which=1)))),
    ),
    "what is created first is killed before others have turned to it": Example(
        (Block(0), Block(1, refs=frozenset({0}), first=True)),
        (
            Turn(),
            Turn(changes=(Change("resize", value=1),), faults=killed("change", 1, "before"), flushes=(True, True)),
        ),
    ),
    "a create of what is known by its name is killed, and its block goes": Example(
        (NAME, Block(1)),
        (
            Turn(changes=(Change("drop"),)),
            Turn(changes=(Change("add", value=1),), faults=killed("change", 0)),
            Turn("destroy"),
        ),
    ),
    "what was created a moment ago is not listed yet": Example(
        (UNIT,),
        (Turn(),),
        lag=5.0,
        patient=False,
    ),
    "a replacement with another name is killed between its halves, and only its delete is recorded": Example(
        (NAME,),
        (Turn(changes=(Change("rename", value=1),), faults=killed("state", 1, "before"), flushes=(True,)),),
        start=(),
    ),
    "what has the name of one that is gone is not listed yet when its killed create is looked for": Example(
        (NAME,),
        (
            Turn(),
            Turn("replacing", faults=killed("state", 1, "before"), flushes=(True,)),
            Turn(faults=killed("state", 1, "before")),
        ),
        lag=3.0,
        patient=False,
    ),
    "the state is brought up to date, and then a block goes that nobody refers to any more": Example(
        (Block(0), Block(1), Block(2), Block(3, refs=frozenset({2}))),
        (Turn(), Turn("refresh-only", changes=(Change("drop", which=2),)), Turn("destroy")),
    ),
    "the state is brought up to date, and then a block has other instances that nobody refers to any more": Example(
        (Block(0), Block(1, repeat="for_each"), Block(3, refs=frozenset({1}))),
        (
            Turn(),
            Turn("refresh-only", changes=(Change("refer", which=2),)),
            Turn(changes=(Change("repeat", which=1),)),
        ),
    ),
    "what was deleted outside is being created, the apply killed, and it is to be replaced": Example(
        (Block(0, slow=True),),
        (
            Turn(changes=(Change("vanish"),), faults=killed("look", 1, "before")),
            Turn(changes=(Change("resize", value=1),)),
        ),
        start=(),
    ),
    "what is being created first is forgotten": Example(
        (Block(0), Block(1, slow=True, anchor=0, first=True)),
        (
            Turn(),
            Turn(changes=(Change("forget"),), faults=killed("state", 1)),
            Turn(changes=(Change("forget"),)),
        ),
    ),
    "who is renamed without a moved block is moved by its key": Example(
        (Block(0, named=True, name="a"), Block(1)),
        (Turn(), Turn(changes=(Change("retitle"),))),
        lenient=False,
    ),
    "a replacement that keeps its name is deleted first": Example(
        (Block(0, named=True, first=True),),
        (Turn(), Turn(changes=(Change("resize", value=1),))),
        lenient=False,
    ),
}


@pytest.mark.parametrize("name", CORRECTED)
def test_what_was_corrected_stays_so(name: str) -> None:
    run(CORRECTED[name])
