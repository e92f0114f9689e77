"""What an interrupted replacement left over goes once its address is as wanted: as after any create-before-destroy."""

import pytest

from planner.plan.edges import Edges
from planner.plan.steps import Create, Delete, NoOp, Replace, Update
from tests.planner.render.plans import subject

DB = "aws_db.main"
OLD, OLDER = ((f"{DB} (deposed {key})", "delete") for key in ("d1", "d2"))


def deposed(key):
    return Delete(subject(DB), reason="deposed", deposed=key)


def edges(*steps, wanted=None, stored=None):
    return set(Edges(steps, wanted or {}, stored or {}).build())


@pytest.mark.parametrize(
    ("step", "last"),
    [
        (Create(subject(DB)), "create"),
        (Update(subject(DB)), "update"),
        (Replace(subject(DB)), "create"),
        (Replace(subject(DB), create_first=True), "create"),
    ],
)
def test_each_deposed_object_is_deleted_after_its_address_is_as_wanted(step, last):
    found = edges(step, deposed("d1"), deposed("d2"))

    assert {((DB, last), OLD), ((DB, last), OLDER)} <= found
    assert not {(OLD, OLDER), (OLDER, OLD)} & found
    assert not [edge for edge in found if edge[0] in (OLD, OLDER)]


def test_a_deposed_object_of_what_stays_as_it_is_waits_for_nothing_of_its_own():
    assert edges(NoOp(subject(DB)), deposed("d1")) == set()


def test_a_deposed_object_waits_for_what_its_unchanged_address_depends_on():
    steps = (Create(subject("aws_vpc.a")), NoOp(subject(DB)), deposed("d1"))

    assert edges(*steps, wanted={DB: ["aws_vpc.a"]}) == {(("aws_vpc.a", "create"), OLD)}


def test_the_deposed_object_of_what_is_deleted_too_is_a_deletion_of_its_own():
    assert edges(Delete(subject(DB)), deposed("d1")) == set()


def test_a_deposed_object_is_deleted_after_what_stood_on_it_has_turned_to_its_successor():
    """As in Terraform, where a deposed object is create-before-destroy by definition."""
    web = "aws_instance.web"
    depends = {web: [DB]}

    found = edges(NoOp(subject(DB)), Update(subject(web)), deposed("d1"), wanted=depends, stored=depends)

    assert ((web, "update"), OLD) in found
