"""What was unknown when the plan was shown: the kind is asked again, and its answer may fill in that and no more."""

from __future__ import annotations

import pytest

from language.types import NUMBER, STRING
from language.values import Unknown
from planner.plan.steps import Replace, Update
from tests.planner.apply.service import Stack, Thing, World

TWO = """
resource "terraform_data" "first" { %s }
resource "memory_thing" "second" {
  name = "second"
  %s
}
"""


@pytest.fixture
def world():
    return World()


@pytest.fixture
def thing(world):
    return Thing(world)


@pytest.fixture
def stack(tmp_path, thing):
    return Stack(tmp_path, thing)


def refused(result):
    (problem,) = result.diagnostics
    return f"{problem.summary}: {problem.detail} {problem.advice}"


def test_what_was_unknown_is_filled_in_and_the_kind_is_asked_what_follows_from_it(stack, thing, world):
    thing.derive = lambda values: {"made_of": Unknown(STRING) if isinstance(values["any"], Unknown) else "second"}
    stack.write(TWO % ("input = 1", "any = terraform_data.first.output"))

    result = stack.apply()

    assert not result.diagnostics
    assert [each["any"] for each in world.things.values()] == [1]


@pytest.mark.parametrize(
    ("planned", "answered", "told"),
    [
        ("one", "other", 'made_of of memory_thing.second would be "other", and the plan showed "one"'),
        (Unknown(NUMBER), "other", 'made_of of memory_thing.second would be "other", and the plan showed'),
        ("one", None, 'made_of of memory_thing.second would be null, and the plan showed "one"'),
        ("one", Unknown(STRING), "made_of of memory_thing.second would be (known after apply), and the plan showed"),
        (Unknown(STRING, not_null=True), None, "made_of of memory_thing.second would be null"),
    ],
)
def test_another_answer_than_the_plan_showed_is_an_error_before_the_call(planned, answered, told, stack, thing, world):
    stack.write(TWO % ("input = 1", "any = terraform_data.first.output"))
    thing.derive = lambda values: {"made_of": planned}

    def between():
        thing.derive = lambda values: {"made_of": answered}

    text = refused(stack.apply(between))

    assert told in text
    assert "Plan again" in text
    assert world.calls == []


def test_secrets_in_what_differs_are_masked(stack, thing, world):
    stack.write(TWO % ("input = 1", 'any = terraform_data.first.output\n secret = "hunter2"'))

    def between():
        thing.derive = lambda values: {"secret": "swordfish"}

    text = refused(stack.apply(between))

    assert "secret of memory_thing.second would be (sensitive value), and the plan showed (sensitive value)" in text
    assert "hunter2" not in text
    assert "swordfish" not in text


def test_a_kind_is_asked_again_only_where_something_was_unknown(stack, thing, world):
    stack.write(TWO % ("input = 1", 'any = 1\n secret = "hunter2"'))

    def between():
        thing.derive = lambda values: {"made_of": "never asked"}

    assert not stack.apply(between).diagnostics
    assert world.said("create") == ["create second"]


def test_an_update_that_comes_out_as_what_exists_sends_nothing_and_is_not_counted(stack, world):
    text = TWO % ("input = %s", "any = terraform_data.first.output.same")
    stack.write(text % "{ same = 1, other = 1 }")
    stack.apply()
    world.calls.clear()
    stack.write(text % "{ same = 1, other = 2 }")
    assert any(isinstance(step, Update) and step.unknown for step in stack.plan().steps)

    result = stack.apply()

    assert not result.diagnostics
    assert (result.added, result.changed, result.destroyed) == (0, 1, 0)  # terraform_data.first
    assert stack.unchanged() == {"memory_thing.second"}
    assert world.calls == []
    assert not stack.plan().changes


@pytest.mark.parametrize("first", ["", "lifecycle { create_before_destroy = true }"])
def test_a_replacement_that_comes_out_as_what_exists_deletes_nothing(first, stack, world):
    text = TWO % ("input = %s", f"shape = terraform_data.first.output.same\n {first}")
    stack.write(text % '{ same = "round", other = 1 }')
    stack.apply()
    world.calls.clear()
    stack.write(text % '{ same = "round", other = 2 }')
    assert any(isinstance(step, Replace) and step.is_open for step in stack.plan().steps)

    result = stack.apply()

    assert not result.diagnostics
    assert (result.added, result.changed, result.destroyed) == (0, 1, 0)
    assert world.calls == []
    assert not stack.plan().changes


@pytest.mark.parametrize(
    ("first", "calls"),
    [
        ("", ["delete second", "create second"]),
        ("lifecycle { create_before_destroy = true }", ["create second", "delete second"]),
    ],
)
def test_a_replacement_that_is_forced_indeed_is_made(first, calls, stack, world):
    text = TWO % ("input = %s", f"shape = terraform_data.first.output\n {first}")
    stack.write(text % '"round"')
    stack.apply()
    world.calls.clear()
    stack.write(text % '"square"')

    result = stack.apply()

    assert not result.diagnostics
    assert (result.added, result.changed, result.destroyed) == (1, 1, 1)
    assert world.calls == calls
    assert not stack.plan().changes


def test_a_replacement_that_turns_out_not_to_be_needed_for_what_changes_is_refused(stack, world):
    text = TWO % ("input = %s", "shape = terraform_data.first.output.same\n size = %s")
    stack.write(text % ('{ same = "round", other = 1 }', 1))
    stack.apply()
    world.calls.clear()
    stack.write(text % ('{ same = "round", other = 2 }', 2))

    text = refused(stack.apply())

    assert "shape of memory_thing.second stays as it is" in text
    assert "Plan again" in text
    assert world.calls == []
    assert stack.apply().changed == 1
    assert world.calls == ["update second"]


def test_a_replacement_that_was_not_shown_is_refused(stack, thing, world):
    text = TWO % ("input = %s", 'shape = "round"\n any = terraform_data.first.output')
    stack.write(text % 1)
    stack.apply()
    world.calls.clear()
    stack.write(text % 2)

    def between():
        thing.derive = lambda values: {}
        ordinary = thing.plan
        thing.plan = lambda *given: type(found := ordinary(*given))(found.values, replace=(("any",),))

    text = refused(stack.apply(between))

    assert "any of memory_thing.second cannot be changed in place" in text
    assert world.calls == []


def test_the_delete_of_an_open_replacement_waits_for_what_its_create_waits_for(stack, world):
    text = TWO % ("input = %s", "shape = terraform_data.first.output")
    stack.write(text % '"round"')
    stack.apply()
    stack.write(text % '"square"')

    edges = stack.plan().edges

    assert (("terraform_data.first", "update"), ("memory_thing.second", "delete")) in edges


def test_it_does_not_wait_where_that_would_close_a_cycle(stack, world):
    text = """
    resource "memory_thing" "base" {
      name = "base"
      shape = "%s"
    }
    resource "memory_thing" "top" {
      name = "top"
      shape = memory_thing.base.id
    }
    """
    stack.write(text % "round")
    stack.apply()
    world.calls.clear()
    stack.write(text % "square")

    result = stack.apply()

    assert not result.diagnostics
    assert world.calls == ["delete top", "delete base", "create base", "create top"]
    assert not stack.plan().changes


def test_what_is_ignored_stays_as_it_is_when_the_kind_is_asked_again(stack, world):
    text = TWO % ("input = %s", "size = %s\n any = terraform_data.first.output\n lifecycle { ignore_changes = [size] }")
    stack.write(text % (1, 1))
    stack.apply()
    stack.write(text % (2, 2))

    assert not stack.apply().diagnostics
    assert [(each["size"], each["any"]) for each in world.things.values()] == [(1, 2)]
