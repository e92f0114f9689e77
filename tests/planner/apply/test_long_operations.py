"""Operations that a service goes on with by itself: journalled, resumed after a kill, waited for before all else."""

from __future__ import annotations

import pytest

from planner.plan.plan import operations
from planner.plan.steps import Create, Delete, NoOp, Read, Replace, Resume, Update
from planner.render.plan_json import render
from planner.render.plan_text import lines
from providers.contract.errors import Unreachable
from tests.planner.apply.service import Slow, Stack, Thing, World

ONE = """
resource "memory_slow" "one" {
  name = "%s"
  size = %s
}
"""
POINTS = ["asked", "taken", "accepted", "over"]


@pytest.fixture
def world():
    return World()


@pytest.fixture
def slow(world):
    return Slow(world)


@pytest.fixture
def stack(tmp_path, world, slow):
    return Stack(tmp_path, slow, Thing(world))


def moving(plan):
    return [step for step in plan.steps if not isinstance(step, NoOp)]


def kinds(plan):
    return [type(step) for step in moving(plan)]


def text(plan):
    return "\n".join("".join(part for part, _ in line) for line in lines(plan))


def as_configured(stack, world, **values):
    """All is there, once, as it is configured, and known as it is; the next plan is empty."""
    assert not stack.plan().changes
    (thing,) = world.things.values()
    assert {name: thing[name] for name in values} == values
    assert stack.in_flight() == ()
    (resource,) = stack.resources().values()
    assert {name: resource.attributes[name] for name in values} == values
    assert resource.status == "ready"


# -- killed at each point ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("size", [1, 2])
def test_a_create_that_was_killed_is_gone_on_with(point, size, stack, slow, world):
    stack.write(ONE % ("one", 1))
    stack.killed(slow, point)
    if point == "taken":
        slow.finish()  # nothing tells of it: it is found by its name once it is there
    stack.write(ONE % ("one", size))
    if point == "accepted":
        assert kinds(stack.plan()) == ([Resume] if size == 1 else [Resume, Update])

    result = stack.apply()

    assert not result.diagnostics
    assert result.added == 1
    assert len(world.said("create")) == 1
    as_configured(stack, world, name="one", size=size)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("size", [2, 3])
def test_an_update_that_was_killed_is_gone_on_with(point, size, stack, slow, world):
    stack.write(ONE % ("one", 1))
    stack.apply()
    stack.write(ONE % ("one", 2))
    world.calls.clear()
    stack.killed(slow, point)
    if point == "taken":
        slow.finish()
    stack.write(ONE % ("one", size))
    if point == "accepted":
        assert kinds(stack.plan()) == ([Resume] if size == 2 else [Resume, Update])

    result = stack.apply()

    assert not result.diagnostics
    assert len(world.said("update")) <= 4  # two operations an update
    as_configured(stack, world, name="one", size=size)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("wanted", [False, True])
def test_a_delete_that_was_killed_is_gone_on_with(point, wanted, stack, slow, world):
    stack.write(ONE % ("one", 1))
    stack.apply()
    stack.write("")
    world.calls.clear()
    stack.killed(slow, point)
    if point == "taken":
        slow.finish()
    stack.write(ONE % ("one", 1) if wanted else "")
    if point == "accepted":
        assert kinds(stack.plan()) == ([Resume, Create] if wanted else [Resume])

    result = stack.apply()

    assert not result.diagnostics
    if wanted:
        as_configured(stack, world, name="one", size=1)
    else:
        assert world.things == {}
        assert stack.resources() == {}
        assert len(world.said("delete")) == 1
    assert not stack.plan().changes


# -- what a plan does and says ----------------------------------------------------------------------------------------


@pytest.fixture
def updating(stack, slow, world):
    """A stack whose update from 1 to 2 was killed and goes on."""
    stack.write(ONE % ("one", 1))
    stack.apply()
    stack.write(ONE % ("one", 2))
    stack.killed(slow, "accepted")
    world.calls.clear()
    return stack


def test_a_plan_asks_for_the_status_and_no_more(updating, slow, world, monkeypatch):
    monkeypatch.setattr(slow, "read", None)
    slow.statuses.clear()

    (step,) = moving(updating.plan())

    assert isinstance(step, Resume)
    assert (step.action, step.before["size"], step.after["size"]) == ("update", 1, 2)
    assert len(slow.statuses) == 1
    assert world.calls == []
    assert list(slow.operations)  # it goes on


def test_a_plan_tells_since_when_it_goes_on(updating, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")

    plan = updating.plan()

    (step,) = moving(plan)
    told = text(plan)
    assert f"memory_slow.one  # resume update (since {step.since[11:16]})" in told
    assert "~ size = 1 -> 2" in told
    assert "Plan: 0 to add, 1 to change, 0 to destroy." in told


def test_plan_json_has_what_goes_on_and_what_follows(updating):
    updating.write(ONE % ("one", 3))

    document = render(updating.plan())

    changes = [each["change"] for each in document["resource_changes"]]
    assert [(each["actions"], each["before"]["size"], each["after"]["size"]) for each in changes] == [
        (["update"], 1, 2),
        (["update"], 2, 3),
    ]
    (planned,) = document["planned_values"]["root_module"]["resources"]
    (prior,) = document["prior_state"]["values"]["root_module"]["resources"]
    assert (prior["values"]["size"], planned["values"]["size"]) == (1, 3)


def test_it_is_waited_for_before_anything_else_of_its_address(updating):
    updating.write(ONE % ("one", 3))

    assert (("memory_slow.one", "resume"), ("memory_slow.one", "update")) in updating.plan().edges


def test_what_depends_on_it_waits_for_it(updating):
    follower = 'resource "memory_thing" "two" { name = memory_slow.one.name }'
    updating.write(ONE % ("one", 2) + follower)

    assert (("memory_slow.one", "resume"), ("memory_thing.two", "create")) in updating.plan().edges


# -- how it ends ------------------------------------------------------------------------------------------------------


def test_what_is_left_undone_of_it_is_done(stack, slow, world):
    stack.write(ONE % ("one", 1))
    stack.apply()
    stack.write(ONE % ("other", 2))
    stack.killed(slow, "accepted")  # of the first of two operations

    assert not stack.apply().diagnostics

    as_configured(stack, world, name="other", size=2)


def test_what_the_service_no_longer_knows_is_settled_by_a_read(updating, slow, world):
    result = updating.apply(between=slow.finish)

    assert not result.diagnostics
    assert world.calls == []
    as_configured(updating, world, name="one", size=2)


def test_one_that_fails_is_told_and_planned_anew(updating, slow, world):
    slow.failing |= set(slow.operations)

    (problem,) = updating.apply().diagnostics

    assert problem.summary == "It failed"
    assert kinds(updating.plan()) == [Update]
    assert not updating.apply().diagnostics
    as_configured(updating, world, name="one", size=2)


def test_a_create_that_fails_and_leaves_nothing_is_made_again(stack, slow, world):
    stack.write(ONE % ("one", 1))
    stack.killed(slow, "accepted")
    slow.failing |= set(slow.operations)

    assert stack.apply().diagnostics.has_errors
    assert not stack.apply().diagnostics

    as_configured(stack, world, name="one", size=1)


def test_without_an_answer_it_stays_open(updating, slow):
    def waiting():
        raise Unreachable("No answer")

    slow.waiting = waiting
    assert updating.apply().diagnostics.has_errors
    assert kinds(updating.plan()) == [Resume]


def test_an_operation_that_loses_its_connection_goes_on_and_is_resumed(stack, slow, world):
    stack.write(ONE % ("one", 1))
    stack.apply()
    stack.write(ONE % ("one", 2))

    def waiting():
        raise Unreachable("No answer")

    slow.waiting = waiting
    assert stack.apply().diagnostics.has_errors
    slow.waiting = lambda: None
    world.calls.clear()
    assert kinds(stack.plan()) == [Resume]
    assert not stack.apply().diagnostics
    assert world.calls == []
    as_configured(stack, world, name="one", size=2)


def test_an_operation_that_is_not_waited_for_any_more_goes_on_and_is_resumed(stack, slow, world):
    """Interrupted twice."""
    stack.write(ONE % ("one", 1))
    stack.apply()
    stack.write(ONE % ("one", 2))
    appliers = []

    def waiting():
        appliers[0].stop()
        appliers[0].stop()

    slow.waiting = waiting
    assert stack.apply(started=appliers.append).interrupted
    slow.waiting = lambda: None
    assert kinds(stack.plan()) == [Resume]
    assert not stack.apply().diagnostics
    as_configured(stack, world, name="one", size=2)


# -- the other ways to plan -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("point", ["accepted"])
def test_destroy_waits_for_an_update(point, updating, world):
    assert kinds(updating.plan(mode="destroy")) == [Resume, Delete]

    result = updating.apply(mode="destroy")

    assert not result.diagnostics
    assert world.calls == ["delete one"]
    assert (world.things, updating.resources()) == ({}, {})


@pytest.mark.parametrize("destroy", [False, True])
def test_what_was_created_and_is_not_wanted_is_waited_for_and_deleted(destroy, stack, slow, world):
    stack.write(ONE % ("one", 1))
    stack.killed(slow, "accepted")
    stack.write(ONE % ("one", 1) if destroy else "")
    mode = {"mode": "destroy"} if destroy else {}
    assert kinds(stack.plan(**mode)) == [Resume, Delete]

    assert not stack.apply(**mode).diagnostics

    assert world.calls == ["create one", "delete one"]
    assert (world.things, stack.resources()) == ({}, {})


def test_destroy_waits_for_a_delete(stack, slow, world):
    stack.write(ONE % ("one", 1))
    stack.apply()
    stack.killed(slow, "accepted", mode="destroy")
    assert kinds(stack.plan(mode="destroy")) == [Resume]

    result = stack.apply(mode="destroy")

    assert not result.diagnostics
    assert result.destroyed == 1
    assert (world.said("delete"), world.things, stack.resources()) == (["delete one"], {}, {})


def test_a_targeted_apply_waits_for_it_too(updating, world):
    updating.write(ONE % ("one", 2) + 'resource "memory_thing" "two" { name = "two" }')

    assert not updating.apply(targets=("memory_thing.two",)).diagnostics.has_errors

    assert {each["name"]: each["size"] for each in world.things.values()} == {"one": 2, "two": None}
    assert not updating.plan().changes


def test_a_refresh_leaves_it_open(updating):
    assert not updating.apply(mode="refresh-only").diagnostics

    assert kinds(updating.plan()) == [Resume]


def test_without_a_refresh_it_is_resumed_all_the_same(updating, world):
    assert kinds(updating.plan(refresh=False)) == [Resume]
    assert not updating.apply(refresh=False).diagnostics
    as_configured(updating, world, name="one", size=2)


def test_a_saved_plan_waits_for_it(updating, world, tmp_path):
    updating.write(ONE % ("one", 3))
    path = tmp_path / "saved.plan"

    assert not updating.apply_saved(updating.save(path)).diagnostics

    as_configured(updating, world, name="one", size=3)


@pytest.mark.parametrize("changed", [False, True])
def test_a_replacement_that_was_being_created_first_takes_the_place_of_the_old_one(changed, stack, slow, world):
    text = """
    resource "memory_slow" "one" {
      name  = "%s"
      shape = "%s"
      lifecycle { create_before_destroy = true }
    }
    """
    stack.write(text % ("old", "round"))
    stack.apply()
    stack.write(text % ("new", "square"))
    stack.killed(slow, "accepted")
    assert kinds(stack.plan()) == [Resume, Delete]
    if changed:
        stack.write(text % ("newer", "triangle"))
        assert kinds(stack.plan()) == [Resume, Delete, Replace]

    assert not stack.apply().diagnostics

    as_configured(stack, world, name="newer" if changed else "new", shape="triangle" if changed else "square")


def test_what_a_lost_creation_was_to_replace_is_not_taken_for_what_it_made(stack, slow, world):
    """Both have the name that a lost creation is found by."""
    text = """
    resource "memory_slow" "one" {
      name  = "one"
      shape = "%s"
      lifecycle { create_before_destroy = true }
    }
    """
    stack.write(text % "round")
    stack.apply()
    stack.write(text % "square")
    stack.killed(slow, "asked")
    assert stack.apply().diagnostics.has_errors  # the name is taken
    stack.write(text % "round")

    assert not stack.apply().diagnostics

    assert world.calls == ["create one"]
    as_configured(stack, world, name="one", shape="round")


@pytest.mark.parametrize("wanted", [("new", "square"), ("old", "round"), None])
def test_a_replacement_that_was_lost_while_it_was_created_first_is_found_and_deleted(wanted, stack, slow, world):
    text = """
    resource "memory_slow" "one" {
      name  = "%s"
      shape = "%s"
      lifecycle { create_before_destroy = true }
    }
    """
    stack.write(text % ("old", "round"))
    stack.apply()
    stack.write(text % ("new", "square"))
    stack.killed(slow, "taken")
    slow.finish()
    stack.write(text % wanted if wanted else "")

    assert not stack.apply().diagnostics

    if wanted:
        as_configured(stack, world, name=wanted[0], shape=wanted[1])
    else:
        assert (world.things, stack.resources()) == ({}, {})
    assert not stack.plan().changes


def test_secrets_of_it_stay_digests_and_are_not_changed_by_it(stack, slow, world):
    text = ONE.replace("}", 'secret = "hunter2"\n}')
    stack.write(text % ("one", 1))
    stack.apply()
    stack.write(text % ("one", 2))
    stack.killed(slow, "accepted")
    assert not any(b"hunter2" in path.read_bytes() for path in stack.folder.glob("freehold.state*"))
    assert kinds(stack.plan()) == [Resume]

    assert not stack.apply().diagnostics

    as_configured(stack, world, name="one", size=2)
    assert not any(b"hunter2" in path.read_bytes() for path in stack.folder.glob("freehold.state*"))


def test_every_kind_of_step_that_a_plan_has_is_in_its_operations(updating):
    (step,) = moving(updating.plan())

    assert operations(step) == (("memory_slow.one", "resume"),)
    assert not isinstance(step, Read | Replace)
