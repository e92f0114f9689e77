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
    "what a killed create depended on is not what its block depends on by now, and all is destroyed": Example(
        (Block(0), Block(1), Block(2, repeat="count", copies=2, refs=frozenset({1}))),
        (
            Turn(faults=killed("state", 4, "before"), choices=(3, 3, 1, 2, 3)),
            Turn(
                changes=(Change("resize", which=2, value=1), Change("drop", which=1)),
                faults=(Fault("change", 0, "refused"),),
            ),
            Turn("destroy"),
        ),
    ),
    "an update is killed that goes on, and refers to another one then, and all is destroyed": Example(
        blocks=(Block(number=0, named=True), Block(number=1, slow=True)),
        turns=(
            Turn(
                verb="saved",
                changes=(Change(what="vanish", which=3, value=12), Change(what="refer", which=1, value=7)),
                faults=(Fault(on="look", at=0, kind="crash-after"),),
                which=5,
                choices=(2,),
                flushes=(False, True, True, True, True, True),
                pause=2.0,
            ),
            Turn(
                faults=(Fault(on="look", at=3, kind="crash-before"), Fault(on="look", at=3, kind="crash-before")),
                which=5,
                choices=(3, 3, 1, 2, 3),
                pause=2.0,
            ),
            Turn(
                verb="destroy",
                which=4,
                choices=(0, 1, 1, 0, 1, 3),
                flushes=(True, True, True, True, False, True),
                pause=2.0,
            ),
        ),
        start=(),
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
    "a saved plan for a fresh state is killed, and what it created with a secret is found": Example(
        blocks=(Block(number=0, named=True, label=2, copies=3, first=True, secret=True),),
        turns=(
            Turn(
                verb="saved",
                faults=(Fault(on="change", at=5, kind="half"), Fault(on="state", at=1, kind="crash-before")),
                which=5,
                pause=100.0,
            ),
            Turn(
                verb="refresh-only",
                changes=(
                    Change(what="add", which=3, value=2),
                    Change(what="drift", value=12),
                    Change(what="anchor", value=10),
                ),
                faults=(Fault(on="look", at=1, kind="crash-after"), Fault(on="change", at=5, kind="lost")),
                which=5,
            ),
            Turn(
                verb="destroy",
                faults=(Fault(on="look", at=2, kind="lost"), Fault(on="look", at=2, kind="lost")),
                which=3,
                flushes=(True,),
                pause=100.0,
            ),
            Turn(
                verb="destroy",
                faults=(Fault(on="state", at=2, kind="crash-before"), Fault(on="change", at=5, kind="half")),
                which=5,
                choices=(3, 3, 2, 0),
                flushes=(False, True, False, True, True, True),
                pause=2.0,
            ),
        ),
        lag=3.0,
        patient=False,
    ),
}


@pytest.mark.parametrize("name", CORRECTED)
def test_what_was_corrected_stays_so(name: str) -> None:
    run(CORRECTED[name])


AMISS = {
    "what is targeted is dropped, and an instance beside it is changed with it": Example(
        blocks=(
            Block(number=0, named=True),
            Block(number=1, after=frozenset({0}), secret=True),
            Block(number=2, label=2, copies=0, anchor=1, after=frozenset({1}), first=True),
            Block(number=3, copies=2, after=frozenset({1, 2}), first=True, secret=True),
        ),
        turns=(
            Turn(
                verb="refresh-only",
                changes=(Change(what="import", which=2, value=3), Change(what="add", which=3)),
                choices=(0,),
            ),
            Turn(
                verb="refresh-only",
                changes=(
                    Change(what="relabel", which=1, value=5),
                    Change(what="drop", which=2, value=8),
                    Change(what="anchor", which=1, value=4),
                ),
                choices=(3, 3),
                flushes=(False, True, False),
                pause=100.0,
            ),
            Turn(verb="targeted", which=4, choices=(0, 1, 2, 2, 1, 3), flushes=(False, True, True, True, True)),
        ),
        start=(),
    ),
    "what is targeted is an instance that its block has no more, and others of the block are created with it": Example(
        blocks=(
            Block(number=0, named=True, slow=True, label=2, repeat="for_each", copies=2, secret=True),
            Block(number=1, slow=True, label=1, repeat="count", copies=0, refs=frozenset({0})),
            Block(number=2, label=1, copies=0, after=frozenset({0, 1}), first=True),
            Block(number=3, named=True, slow=True, label=3, copies=2, refs=frozenset({1, 2}), after=frozenset({1, 2})),
        ),
        turns=(
            Turn(
                verb="replacing",
                changes=(
                    Change(what="drop", value=13),
                    Change(what="drift", value=1),
                    Change(what="relabel", which=1, value=13),
                ),
                faults=(Fault(on="state", at=5, kind="crash-after"), Fault(on="look", at=1, kind="lost")),
                which=3,
                choices=(3, 1, 3, 1, 1, 0),
                flushes=(True,),
                pause=100.0,
            ),
            Turn(
                changes=(
                    Change(what="add", which=1, value=11),
                    Change(what="wait", which=3, value=10),
                    Change(what="drop", which=1, value=10),
                ),
                faults=(Fault(on="state", at=0, kind="crash-before"), Fault(on="state", at=2, kind="crash-after")),
                which=2,
                flushes=(False, False, False, False, False, False),
            ),
            Turn(
                changes=(
                    Change(what="drop", value=15),
                    Change(what="resize", which=1, value=12),
                    Change(what="import", which=1, value=6),
                ),
                which=3,
                choices=(0, 2, 2, 0, 1, 2),
                flushes=(False, True),
                pause=100.0,
            ),
            Turn(
                verb="targeted",
                changes=(
                    Change(what="repeat", which=1, value=13),
                    Change(what="resize", which=3, value=15),
                    Change(what="anchor", which=3, value=5),
                ),
                which=3,
                choices=(3, 1, 2, 2, 2, 0),
                pause=100.0,
            ),
        ),
        lag=3.0,
    ),
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.xfail(strict=True, reason=name)) for name in AMISS]
)
def test_what_is_known_to_be_amiss(name: str) -> None:
    run(AMISS[name])
