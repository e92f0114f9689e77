"""Nothing is written without a yes, the state alone included; who was stopped is told how to go on."""

from __future__ import annotations

import pytest

from language.schema import Schema, computed, optional
from language.types import STRING
from providers.contract.errors import ProviderError
from tests.planner.made_provider import Record

THING = Schema({"name": optional(STRING), "id": computed(STRING)})
STACK = 'resource "made_thing" "a" { name = "a" }\nresource "made_thing" "b" { name = "b" }\n'


class Stuck(Record):
    """Of which nothing can be deleted while it is `stuck`."""

    stuck = False

    def delete(self, client, prior, call):
        if self.stuck:
            raise ProviderError("The service refuses", "It is stuck.")
        super().delete(client, prior, call)


@pytest.fixture
def thing(made, folder, freehold):
    kind = made.add("made_thing", THING, Stuck)
    (folder / "main.hcl").write_text(STACK)
    freehold("apply", "-auto-approve")
    return kind


def test_what_changed_outside_is_taken_over_after_a_yes_alone(thing, folder, freehold):
    for row in thing.rows.values():
        row["name"] = "changed outside"
    before = (folder / "freehold.state").read_bytes()

    freehold("plan", "-refresh-only", "-detailed-exitcode", code=2)
    assert "There is nobody to ask" in freehold("apply", "-refresh-only", code=1)
    assert (folder / "freehold.state").read_bytes() == before
    freehold("apply", "-refresh-only", "-auto-approve")

    assert "changed outside" in freehold("state", "show", "made_thing.a")
    freehold("plan", "-refresh-only", "-detailed-exitcode")
    freehold("apply", "-refresh-only")  # there is nothing to ask for


def test_who_could_not_destroy_all_is_told_to_destroy(thing, freehold):
    thing.stuck = True

    assert "in the state; freehold destroy to go on." in freehold("destroy", "-auto-approve", code=1)
    freehold("plan", "-destroy", "-target=made_thing.a", "-out=plan")
    assert "; freehold destroy -target=made_thing.a to go on." in freehold("apply", "plan", code=1)
