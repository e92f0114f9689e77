"""The edges of a plan, a case an action: what has to be over before what may begin.

A case reads: these steps; what depends on what by the configuration, and by the state; the graph.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from graph.digraph import Cycle
from planner.plan.edges import Edges, spread_create_first
from planner.plan.plan import Origin, Plan
from planner.plan.steps import Adopt, Create, Delete, Forget, Import, NoOp, Read, Replace, Resume, Step, Subject, Update

Depends = Mapping[str, Sequence[str]]


def subject(address: str) -> Subject:
    return Subject(address, "x", "x", "", address)


def create(address: str) -> Step:
    return Create(subject(address))


def update(address: str) -> Step:
    return Update(subject(address))


def replace(address: str) -> Step:
    return Replace(subject(address), paths=(("size",),), after={"size": "s"})


def replace_first(address: str) -> Step:
    return Replace(subject(address), paths=(("size",),), after={"size": "s"}, create_first=True)


def delete(address: str) -> Step:
    return Delete(subject(address))


def old(address: str) -> Step:
    return Delete(subject(address), reason="deposed", deposed="old")


def lost(address: str) -> Step:
    return Delete(subject(address), reason="in-flight", deposed="lost")


def going(address: str) -> Step:
    return Resume(subject(address), begin="1", action="delete")


def nothing(address: str) -> Step:
    return NoOp(subject(address))


def graph(steps: Sequence[Step], wanted: Depends, stored: Depends) -> str:
    plan = Plan("s", "normal", tuple(steps), Edges(steps, wanted, stored).build(), Origin("", "", "", "", ""))
    return plan.describe().strip()


A_ON_B: Depends = {"x.a": ["x.b"]}
NONE: Depends = {}

CASES: dict[str, tuple[Sequence[Step], Depends, Depends, str]] = {
    "what was begun and is neither configured nor in the state is deleted alone": (
        [lost("x.a")],
        NONE,
        NONE,
        "delete x.a (deposed lost)",
    ),
    "a create waits for the create of what it depends on": (
        [create("x.a"), create("x.b")],
        A_ON_B,
        NONE,
        """
        create x.b
        create x.a after create x.b
        """,
    ),
    "and for its update": (
        [create("x.a"), update("x.b")],
        A_ON_B,
        NONE,
        """
        update x.b
        create x.a after update x.b
        """,
    ),
    "an update waits for both as well": (
        [update("x.a"), update("x.b")],
        A_ON_B,
        A_ON_B,
        """
        update x.b
        update x.a after update x.b
        """,
    ),
    "so do imports, adoptions and data": (
        [
            Import(subject("x.a"), id="1"),
            Adopt(subject("x.c")),
            Read(subject("data.x.d")),
            create("x.b"),
        ],
        {"x.a": ["x.b"], "x.c": ["x.b"], "data.x.d": ["x.b"]},
        NONE,
        """
        create x.b
        import x.a after create x.b
        adopt x.c after create x.b
        read data.x.d after create x.b
        """,
    ),
    "what waits for something that stays waits for what that waits for": (
        [create("x.a"), nothing("x.b"), create("x.c")],
        {"x.a": ["x.b"], "x.b": ["x.c"]},
        NONE,
        """
        create x.c
        create x.a after create x.c
        """,
    ),
    "a delete waits for the delete of what depends on it by the state": (
        [delete("x.b"), delete("x.a")],
        NONE,
        A_ON_B,
        """
        delete x.a
        delete x.b after delete x.a
        """,
    ),
    "a delete waits until those who stay have turned to something else": (
        [delete("x.b"), update("x.a")],
        NONE,
        A_ON_B,
        """
        update x.a
        delete x.b after update x.a
        """,
    ),
    "a replacement deletes and creates": (
        [replace("x.a")],
        NONE,
        NONE,
        """
        delete x.a
        create x.a after delete x.a
        """,
    ),
    "with what depends on it, that is deleted first and created last": (
        [replace("x.a"), replace("x.b")],
        A_ON_B,
        A_ON_B,
        """
        delete x.a
        delete x.b after delete x.a
        create x.b after delete x.b
        create x.a after create x.b, delete x.a
        """,
    ),
    "who is updated because of it waits for the new one, and has lost the old one by then": (
        [update("x.a"), replace("x.b")],
        A_ON_B,
        A_ON_B,
        """
        delete x.b
        create x.b after delete x.b
        update x.a after create x.b
        """,
    ),
    "create before destroy: the old one goes when those who stay have turned to the new one": (
        [update("x.a"), replace_first("x.b")],
        A_ON_B,
        A_ON_B,
        """
        create x.b
        update x.a after create x.b
        delete x.b after create x.b, update x.a
        """,
    ),
    "and when who is created before its own destruction has": (
        [replace_first("x.a"), replace_first("x.b")],
        A_ON_B,
        A_ON_B,
        """
        create x.b
        create x.a after create x.b
        delete x.a after create x.a
        delete x.b after create x.a, create x.b, delete x.a
        """,
    ),
    "who turns to what is deleted first, to be replaced, turns away from what stood on that only afterwards": (
        [update("x.a"), replace("x.b"), delete("x.c")],
        A_ON_B,
        {"x.a": ["x.b", "x.c"], "x.c": ["x.b"]},
        """
        delete x.c
        delete x.b after delete x.c
        create x.b after delete x.b
        update x.a after create x.b
        """,
    ),
    "what is forgotten holds nobody up": (
        [Forget(subject("x.a")), delete("x.b")],
        NONE,
        A_ON_B,
        """
        forget x.a
        delete x.b
        """,
    ),
    "an old one goes after the new one is as wanted": (
        [update("x.b"), old("x.b")],
        NONE,
        NONE,
        """
        update x.b
        delete x.b (deposed old) after update x.b
        """,
    ),
    "and after those who stood on it have turned to the new one": (
        [nothing("x.b"), old("x.b"), update("x.a")],
        A_ON_B,
        A_ON_B,
        """
        update x.a
        delete x.b (deposed old) after update x.a
        """,
    ),
    "or are deleted": (
        [delete("x.b"), old("x.b"), delete("x.a")],
        NONE,
        A_ON_B,
        """
        delete x.a
        delete x.b after delete x.a
        delete x.b (deposed old) after delete x.a
        """,
    ),
    "and before what it stood on": (
        [nothing("x.a"), old("x.a"), delete("x.b")],
        NONE,
        {"x.a (deposed old)": ["x.b"]},
        """
        delete x.a (deposed old)
        delete x.b after delete x.a (deposed old)
        """,
    ),
    "what is looked for, since a killed apply may have made it, comes before anything else of its address": (
        [replace_first("x.a"), lost("x.a")],
        NONE,
        NONE,
        """
        delete x.a (deposed lost)
        create x.a after delete x.a (deposed lost)
        delete x.a after create x.a
        """,
    ),
    "who depends on a block waits for all of its instances": (
        [create("x.a"), create("x.b[0]"), create("x.b[1]")],
        A_ON_B,
        NONE,
        """
        create x.b[0]
        create x.b[1]
        join x.b after create x.b[0], create x.b[1]
        create x.a after join x.b
        """,
    ),
    "also when the block had one instance before, which goes": (
        [create("x.a"), create("x.b[0]"), delete("x.b")],
        A_ON_B,
        NONE,
        """
        create x.b[0]
        delete x.b
        join x.b after create x.b[0]
        create x.a after join x.b
        """,
    ),
    "all instances of a block go after what stood on the block": (
        [delete("x.a"), delete("x.b[0]"), delete("x.b[1]")],
        NONE,
        A_ON_B,
        """
        delete x.a
        gone x.b after delete x.a
        delete x.b[0] after gone x.b
        delete x.b[1] after gone x.b
        """,
    ),
    "and after those who stay have turned to something else": (
        [update("x.a"), nothing("x.b[0]"), delete("x.b[1]")],
        A_ON_B,
        A_ON_B,
        """
        join x.b
        update x.a after join x.b
        gone x.b after update x.a
        delete x.b[1] after gone x.b
        """,
    ),
    "of which one is deleted first, to be replaced: the others wait all the same": (
        [update("x.a"), replace("x.b[0]"), delete("x.b[1]")],
        A_ON_B,
        A_ON_B,
        """
        gone x.b
        delete x.b[0] after gone x.b
        create x.b[0] after delete x.b[0]
        join x.b after create x.b[0]
        update x.a after join x.b
        delete x.b[1] after gone x.b, update x.a
        """,
    ),
    "a delete that goes on waits for nobody, and what is created anew for it": (
        [replace_first("x.a"), going("x.b[0]"), create("x.b[0]")],
        A_ON_B,
        A_ON_B,
        """
        resume x.b[0]
        create x.b[0] after resume x.b[0]
        join x.b after create x.b[0]
        create x.a after join x.b
        delete x.a after create x.a
        gone x.b after delete x.a
        """,
    ),
}


def meant(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize("name", CASES)
def test_edges(name: str) -> None:
    steps, wanted, stored, expected = CASES[name]

    found = graph(steps, wanted, stored).splitlines()

    assert sorted(found) == sorted(meant(expected))


@pytest.mark.parametrize(
    ("depends", "spread"),
    [
        pytest.param({"x.a": ["x.b"]}, ["x.a", "x.b"], id="to what it depends on"),
        pytest.param({"x.a": ["x.c"], "x.c": ["x.b"]}, ["x.a", "x.b", "x.c"], id="through what is between"),
        pytest.param({"x.b": ["x.a"]}, ["x.a"], id="not to what depends on it"),
    ],
)
def test_create_before_destroy_spreads(depends: dict[str, Any], spread: list[str]) -> None:
    everything = {"x.a": (), "x.b": (), "x.c": (), **depends}
    steps = [replace("x.a"), replace("x.b"), replace("x.c")]

    found = spread_create_first(steps, everything, ["x.a"])

    assert [s.subject.address for s in found if isinstance(s, Replace) and s.create_first] == spread


def test_create_before_destroy_spreads_to_all_instances_of_a_block() -> None:
    depends = {"x.a": ("x.b",), "x.b[0]": (), "x.b[1]": ()}
    steps = [nothing("x.a"), replace("x.b[0]"), replace("x.b[1]")]

    found = spread_create_first(steps, depends, ["x.a"])

    assert [isinstance(s, Replace) and s.create_first for s in found] == [False, True, True]


def test_what_waits_for_itself_is_told_when_the_plan_is_made() -> None:
    both: Depends = {"x.a": ["x.b"], "x.b": ["x.a"]}

    with pytest.raises(Cycle) as found:
        graph([create("x.a"), create("x.b")], both, NONE)

    assert set(found.value.members) == {("x.a", "create"), ("x.b", "create")}
