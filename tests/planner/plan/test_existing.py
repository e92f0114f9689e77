"""What is to be created and exists already, and what is being deleted: reported, waited for, never forgotten."""

from __future__ import annotations

import pytest

from language.schema import Schema, computed, required
from language.types import STRING
from providers.contract import Existing, Observed
from providers.contract.errors import Failed
from tests.planner.made_provider import Record

SCHEMA = Schema({"id": computed(STRING), "name": required(STRING, immutable=True)})


class Named(Record):
    """Known by its name. `existing_` is what exists of it, `deletions` what is being deleted, by name."""

    key_names = ("name",)

    def __init__(self, type_, schema):
        super().__init__(type_, schema)
        self.existing_ = None
        self.deletions = {}
        self.asked = []

    def existing(self, client, planned, call):
        self.asked.append((planned["name"], call.address, call.lineage))
        return self.existing_

    def read(self, client, priors):
        found = super().read(client, priors)
        return [
            each and Observed(each.values, each.identity, each.private, self.deletions.get(each.values["name"], ""))
            for each in found
        ]

    def delete(self, client, prior, call):
        if self.deletions.get(prior.values["name"]) == "for ever":
            raise Failed("It is still there", "Somebody holds it.")
        super().delete(client, prior, call)
        self.deletions.pop(prior.values["name"], None)


@pytest.fixture
def thing(folder, made):
    kind = made.add("made_thing", SCHEMA, Named)
    folder.joinpath("main.hcl").write_text('resource "made_thing" "a" {\n  name = "a"\n}\n')
    return kind


class TestExisting:
    def test_somebody_elses_is_an_error_at_plan_that_names_the_owner(self, freehold, thing):
        thing.existing_ = Existing('the stack "shop"', advice="Leave it to them.")

        said = freehold("plan", code=1)

        assert "It exists already" in said
        assert 'made_thing a was made by the stack "shop", and is not in this state' in said
        assert "Leave it to them." in said
        assert "main.hcl line 1" in said
        assert thing.rows == {}

    def test_what_the_create_may_take_over_is_said(self, freehold, thing):
        thing.existing_ = Existing("this stack", adopted=True)

        said = freehold("plan")

        assert "exists already, made by this stack, and is taken over" in said
        assert "1 to add" in said

    def test_what_is_being_deleted_is_waited_for(self, freehold, thing):
        thing.existing_ = Existing("somebody", deletion="since noon, held by x")

        said = freehold("plan")

        assert "waits for one of its name that is being deleted since noon, held by x" in said
        assert "1 to add" in said

    def test_what_the_state_has_is_not_asked_for(self, freehold, thing):
        freehold("apply", "-auto-approve")
        thing.existing_ = Existing("somebody")
        assert [name for name, _, _ in thing.asked] == ["a"]

        assert "No changes" in freehold("plan")
        assert len(thing.asked) == 1

    def test_it_is_asked_with_the_lineage_of_the_state(self, freehold, thing):
        freehold("apply", "-auto-approve")
        thing.rows.clear()

        freehold("plan")

        name, address, lineage = thing.asked[-1]
        assert (name, address, lineage) == ("a", "made_thing.a", thing.lineage)


class TestBeingDeleted:
    @pytest.fixture
    def deleted(self, freehold, thing):
        freehold("apply", "-auto-approve")
        thing.deletions["a"] = "since noon, held by x"
        return thing

    def test_it_is_replaced_once_it_is_gone(self, freehold, deleted):
        said = freehold("plan")

        assert "must be replaced" in said
        assert "it is being deleted already" in said
        assert "is being deleted since noon, held by x: that is waited for" in said
        freehold("apply", "-auto-approve")
        assert list(deleted.rows) == ["2"]
        assert [name for name, _, _ in deleted.calls][-2:] == ["delete", "create"]

    def test_what_is_never_to_be_destroyed_is_made_anew_too(self, freehold, folder, deleted):
        text = 'resource "made_thing" "a" {\n  name = "a"\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n'
        folder.joinpath("main.hcl").write_text(text)

        assert "destroying first" in freehold("plan")

    def test_the_state_keeps_it_until_it_is_gone(self, freehold, deleted):
        deleted.deletions["a"] = "for ever"

        freehold("destroy", "-auto-approve", code=1)
        assert "made_thing.a" in freehold("state", "list")

        deleted.deletions["a"] = "since noon"
        assert "is being deleted since noon" in freehold("plan", "-destroy")
        freehold("destroy", "-auto-approve")
        assert deleted.rows == {}
        assert "made_thing.a" not in freehold("state", "list")

    def test_it_is_waited_for_when_nothing_asks_for_it_any_more(self, freehold, folder, deleted):
        folder.joinpath("main.hcl").write_text("")

        said = freehold("plan")

        assert "1 to destroy" in said
        assert "is being deleted since noon" in said
