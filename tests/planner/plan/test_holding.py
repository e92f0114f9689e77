"""Before something is destroyed it is asked what would go with it: while the plan is made, and just before the call."""

from __future__ import annotations

import pytest

from language.schema import Schema, computed, optional
from language.types import STRING
from providers.contract import Contents
from providers.contract.errors import Unreachable
from tests.planner.made_provider import Record

SCHEMA = Schema({"id": computed(STRING), "name": optional(STRING)})
BUCKET = 'resource "made_bucket" "a" {\n  name = "a"\n}\n'


class Bucket(Record):
    """`held` is what it answers, one after the other, the last one for ever; `asked` what it was asked with."""

    held = (Contents(),)

    def __init__(self, type_, schema):
        super().__init__(type_, schema)
        self.asked = []

    def is_container(self, identity):
        return True

    def contents(self, client, identities, known):
        answer = self.held[min(len(self.asked), len(self.held) - 1)]
        self.asked.append(([self.rows[identity["id"]]["name"] for identity in identities], known))
        if isinstance(answer, Exception):
            raise answer
        return [answer] * len(identities)


@pytest.fixture
def bucket(folder, freehold, made):
    kind = made.add("made_bucket", SCHEMA, Bucket)
    folder.joinpath("main.hcl").write_text(BUCKET)
    freehold("apply", "-auto-approve")
    return kind


def words(text):
    return " ".join(text.replace("│", " ").split())


def test_what_is_not_destroyed_is_not_asked(freehold, bucket):
    freehold("plan")
    assert bucket.asked == []


def test_an_empty_one_is_asked_twice_and_destroyed(freehold, bucket):
    freehold("destroy", "-auto-approve")

    assert bucket.asked == [(["a"], [{"id": "1"}])] * 2
    assert bucket.rows == {}


@pytest.mark.parametrize("arguments", [("destroy",), ("apply", "-replace=made_bucket.a")])
def test_what_it_holds_is_named_and_refused(freehold, bucket, arguments):
    bucket.held = (Contents(tuple(f"object {n:02}" for n in range(12))),)

    refused = words(freehold(*arguments, "-auto-approve", code=1))

    assert "made_bucket.a destroys data" in refused
    assert "holds object 00" in refused
    assert "holds object 09" in refused
    assert "object 10" not in refused
    assert "holds 2 more" in refused
    assert "-allow-data-loss" in refused
    assert len(bucket.rows) == 1


@pytest.mark.parametrize(
    "held", [Contents(unknown=("objects cannot be listed",)), Unreachable("No answer", "objects cannot be listed")]
)
def test_what_cannot_be_told_is_refused_too(freehold, bucket, held):
    bucket.held = (held,)

    refused = words(freehold("destroy", "-auto-approve", code=1))

    assert "holds not known: objects cannot be listed" in refused
    assert len(bucket.rows) == 1


def test_what_came_since_the_plan_is_refused_before_the_call(freehold, bucket):
    bucket.held = (Contents(), Contents(("object 1",)))

    refused = words(freehold("destroy", "-auto-approve", code=1))

    assert "What it holds would be lost" in refused
    assert "- object 1" in refused
    assert len(bucket.rows) == 1


def test_it_goes_where_that_is_allowed(freehold, bucket):
    bucket.held = (Contents(("object 1",)),)

    freehold("destroy", "-auto-approve", "-allow-data-loss")

    assert bucket.rows == {}


def test_without_a_refresh_it_is_asked_before_the_call_alone(freehold, bucket):
    bucket.held = (Contents(("object 1",)),)

    assert "destroys data" not in freehold("plan", "-destroy", "-refresh=false")
    assert bucket.asked == []
    assert "What it holds would be lost" in freehold("destroy", "-auto-approve", "-refresh=false", code=1)


def test_what_is_left_alone_is_nobodys(freehold, bucket, folder):
    folder.joinpath("main.hcl").write_text(BUCKET + BUCKET.replace('"a"', '"b"'))
    freehold("apply", "-auto-approve")
    folder.joinpath("main.hcl").write_text("removed {\n  from = made_bucket.b\n  lifecycle { destroy = false }\n}\n")

    freehold("apply", "-auto-approve")

    assert [known for _, known in bucket.asked] == [[{"id": "1"}]] * 2
