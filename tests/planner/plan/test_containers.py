"""What cannot outlive what is replaced is replaced together with it, whichever was planned first."""

from __future__ import annotations

import json

import pytest

from language.schema import Schema, computed, optional
from language.types import STRING
from tests.planner.made_provider import Record

SCHEMA = Schema(
    {"id": computed(STRING), "name": optional(STRING), "within": optional(STRING), "size": optional(STRING)}
)


class Box(Record):
    """A box that goes with the box that it is in; `log` is what was done to boxes, in order."""

    key_names = ("name",)
    contained_in = (("made_box", "within"),)

    def __init__(self, type_, schema):
        super().__init__(type_, schema)
        self.log = []

    def create(self, client, planned, config, call):
        self.log.append(f"create {planned['name']}")
        return super().create(client, planned, config, call)

    def delete(self, client, prior, call):
        name = prior.values["name"]
        self.log.append(f"delete {name}")
        assert name not in [row["within"] for row in self.rows.values()]
        super().delete(client, prior, call)

    def holds_data_in(self, values):
        return values.get("name") == "jewels"


def box(name, within=None, more=""):
    inner = f'  within = "{within}"\n' if within else ""
    return f'resource "made_box" "{name}" {{\n  name = "{name}"\n{inner}{more}}}\n'


@pytest.fixture
def boxes(folder, freehold, made):
    """`boxes(text)` writes the configuration; its `log` is what is done after the first apply."""
    kind = made.add("made_box", SCHEMA, Box)

    def written(*texts):
        folder.joinpath("main.hcl").write_text("".join(texts))
        freehold("apply", "-auto-approve")
        kind.log.clear()
        return kind

    return written


INNER_FIRST = (box("a-inner", "outer"), box("outer"))


def test_both_are_replaced_inside_out(freehold, boxes):
    kind = boxes(*INNER_FIRST)

    plan = freehold("plan", "-replace=made_box.outer")
    freehold("apply", "-auto-approve", "-replace=made_box.outer")

    assert "Plan: 2 to add, 0 to change, 2 to destroy." in plan
    assert "what it lives in is replaced" in plan
    assert kind.log == ["delete a-inner", "delete outer", "create outer", "create a-inner"]
    assert "No changes." in freehold("plan")


def test_also_what_is_in_what_is_in_it_and_what_has_changes_of_its_own(freehold, boxes, folder):
    kind = boxes(box("a", "b"), box("b", "c"), box("c"), box("d"))
    folder.joinpath("main.hcl").write_text(box("a", "b", '  size = "1"\n') + box("b", "c") + box("c") + box("d"))

    freehold("apply", "-auto-approve", "-replace=made_box.c")

    assert kind.log == ["delete a", "delete b", "delete c", "create c", "create b", "create a"]
    assert sorted((row["name"], row["size"]) for row in kind.rows.values())[0] == ("a", "1")


def test_what_refers_to_its_container_is_replaced_in_its_turn(freehold, boxes):
    kind = boxes(box("outer"), 'resource "made_box" "x" {\n  name = "x"\n  within = made_box.outer.name\n}\n')

    freehold("apply", "-auto-approve", "-replace=made_box.outer")

    assert kind.log == ["delete x", "delete outer", "create outer", "create x"]


def test_a_target_takes_the_contents_with_it(freehold, boxes):
    kind = boxes(*INNER_FIRST, box("other"))

    freehold("apply", "-auto-approve", "-replace=made_box.outer", "-target=made_box.outer")

    assert kind.log == ["delete a-inner", "delete outer", "create outer", "create a-inner"]


def test_contents_that_are_excluded_keep_their_container(freehold, boxes):
    kind = boxes(*INNER_FIRST)

    freehold("apply", "-auto-approve", "-replace=made_box.outer", "-exclude=made_box.a-inner")

    assert kind.log == []


def test_contents_that_hold_data_are_marked_and_refused(freehold, boxes):
    kind = boxes(box("jewels", "outer"), box("outer"))

    refused = freehold("apply", "-auto-approve", "-replace=made_box.outer", code=1)

    assert "made_box.jewels  destroys data" in refused
    assert "-allow-data-loss" in refused
    assert kind.log == []


def test_a_container_that_stands_on_its_contents_makes_no_cycle(freehold, boxes):
    owner = 'resource "made_box" "owner" {\n  name = "owner"\n  depends_on = [made_box.owned]\n}\n'
    kind = boxes(box("owned", "owner"), owner)

    assert "Plan: 2 to add, 0 to change, 2 to destroy." in freehold("plan", "-replace=made_box.owner")
    assert kind.log == []


def test_prevent_destroy_of_contents_refuses_it(freehold, boxes):
    boxes(box("a", "outer", "  lifecycle { prevent_destroy = true }\n"), box("outer"))

    refused = freehold("plan", "-replace=made_box.outer", code=1)

    assert "made_box.a has lifecycle.prevent_destroy set" in " ".join(refused.split())


def test_what_stays_needs_its_container(freehold, boxes, folder):
    kind = boxes(*INNER_FIRST)
    folder.joinpath("main.hcl").write_text(box("a-inner", "outer"))

    refused = " ".join(freehold("apply", "-auto-approve", code=1).replace("│", " ").split())

    assert "made_box.outer is not in the configuration any more, and made_box.a-inner would go with it" in refused
    assert kind.log == []


def test_the_plan_json_says_that_it_cannot_be_updated(freehold, boxes):
    boxes(*INNER_FIRST)
    freehold("plan", "-replace=made_box.outer", "-out=p")

    changes = json.loads(freehold("show", "-json", "p"))["resource_changes"]

    found = {each["address"]: (each["change"]["actions"], each["action_reason"]) for each in changes}
    assert found["made_box.a-inner"] == (["delete", "create"], "replace_because_cannot_update")
