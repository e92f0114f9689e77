"""Kinds whose schemas nest in every way of Terraform's protocol 6, through plan, apply, state and what is shown."""

from __future__ import annotations

import json

import pytest

from language.schema import NestedBlock, Schema, computed, nested, optional, optional_computed, required
from language.types import NUMBER, STRING
from tests.planner.made_provider import Record

RULE = Schema(
    {
        "port": required(NUMBER),
        "zone": optional(STRING, immutable=True),
        "secret": optional(STRING, sensitive=True),
        "id": optional_computed(STRING),
    }
)
SCHEMA = Schema(
    {
        "id": computed(STRING),
        "one": nested(RULE, "single", optional=True),
        "many": nested(RULE, "list", optional=True),
        "some": nested(RULE, "set", optional=True),
        "named": nested(RULE, "map", optional=True),
    },
    {
        "group": NestedBlock(Schema({"note": optional(STRING)}), "group"),
        "by_name": NestedBlock(RULE, "map"),
        "each": NestedBlock(RULE, "set"),
    },
)
TEXT = """
resource "made_wall" "a" {{
  one   = {{ port = 1 }}
  many  = [{{ port = {many} }}, {{ port = 3 }}]
  some  = [{{ port = 4 }}]
  named = {{ x = {{ port = 5, zone = "{zone}", secret = "hush-hush" }} }}
  by_name "y" {{ port = 6 }}
  each {{ port = {each} }}
}}
"""


class Wall(Record):
    """The service gives each rule that has none an id."""

    def create(self, client, planned, config, call):
        return super().create(client, self._numbered(planned), config, call)

    def update(self, client, prior, planned, config, call):
        return super().update(client, prior, self._numbered(planned), config, call)

    def _numbered(self, planned):
        made = dict(planned)
        for name, held in self.schema.nested.items():
            if name != "group":
                made[name] = held.changed(made[name], lambda _, rule: {**rule, "id": f"r{rule['port']}"})
        return made


@pytest.fixture
def wall(folder, freehold, made):
    """A wall that exists, and `write(...)`, which changes what is written of it."""
    made.add("made_wall", SCHEMA, Wall)

    def write(many=2, zone="z", each=7):
        folder.joinpath("main.hcl").write_text(TEXT.format(many=many, zone=zone, each=each))

    write()
    freehold("apply", "-auto-approve")
    return write


def test_what_the_service_adds_is_no_change(freehold, wall):
    assert "No changes." in freehold("plan", "-detailed-exitcode")
    assert "No changes." in freehold("plan", "-detailed-exitcode", "-refresh=false")


def test_the_state_has_all_of_it_but_secrets(folder, freehold, wall):
    (resource,) = json.loads(freehold("show", "-json"))["values"]["root_module"]["resources"]

    values = resource["values"]
    assert values["one"]["port"] == 1
    assert [rule["id"] for rule in values["many"]] == ["r2", "r3"]
    assert values["named"]["x"]["zone"] == "z"
    assert values["by_name"]["y"]["id"] == "r6"
    assert values["group"] == {"note": None}
    assert [rule["port"] for rule in values["each"]] == [7]
    assert resource["sensitive_values"]["named"] == {"x": {"secret": True}}
    assert "hush-hush" not in folder.joinpath("freehold.state").read_text()


def test_a_change_inside_is_an_update_of_that(freehold, wall):
    wall(many=20, each=8)

    told = freehold("plan")

    assert "0 to add, 1 to change, 0 to destroy" in told
    assert "2 -> 20" in told
    assert "hush-hush" not in told
    freehold("apply", "-auto-approve")
    assert "No changes." in freehold("plan", "-detailed-exitcode")


def test_a_change_of_what_is_immutable_inside_replaces(freehold, wall):
    wall(zone="other")

    told = freehold("plan")

    assert "1 to add, 0 to change, 1 to destroy" in told
    assert '"z" -> "other"' in told
    freehold("apply", "-auto-approve")
    assert "No changes." in freehold("plan", "-detailed-exitcode")
