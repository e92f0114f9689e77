"""A kind is asked before something of it is deleted: it may say something of that, or refuse it."""

from __future__ import annotations

import pytest

from language.diagnostics import Diagnostic
from language.schema import Schema, computed, optional
from language.types import STRING
from language.values import Unknown
from providers.contract.errors import Invalid
from tests.planner.made_provider import Record

SCHEMA = Schema({"id": computed(STRING), "name": optional(STRING), "key": optional(STRING)})
TEXT = """
variable "key" {
  default   = "hush-hush"
  sensitive = true
}
"""
RECORD = 'resource "made_bucket" "a" {\n  name = "a"\n  key = var.key\n}\n'


class Bucket(Record):
    said = ()

    def plan_delete(self, client, prior):
        self.asked = client, prior
        if isinstance(self.said, Exception):
            raise self.said
        return self.said


@pytest.fixture
def bucket(folder, freehold, made):
    kind = made.add("made_bucket", SCHEMA, Bucket)
    folder.joinpath("main.hcl").write_text(TEXT + RECORD)
    freehold("apply", "-auto-approve")
    folder.joinpath("main.hcl").write_text(TEXT + 'output "key" {\n  value = var.key\n  sensitive = true\n}\n')
    return kind


def test_it_is_asked_with_what_exists_and_its_client(freehold, bucket):
    assert "1 to destroy" in freehold("plan")

    client, prior = bucket.asked
    assert client.startswith("client of")
    assert (prior.identity, prior.values["name"]) == ({"id": "1"}, "a")
    assert isinstance(prior.values["key"], Unknown)


def test_without_a_refresh_there_is_no_client(freehold, bucket):
    freehold("plan", "-refresh=false")

    assert bucket.asked[0] is None


@pytest.mark.parametrize("command", [("plan",), ("plan", "-destroy"), ("destroy", "-auto-approve")])
def test_it_may_warn(freehold, bucket, command):
    bucket.said = (Diagnostic("warning", "The bucket is not empty", "It holds 3 objects."),)

    told = freehold(*command)

    assert "The bucket is not empty" in told
    assert "made_bucket.a" in told


@pytest.mark.parametrize(
    "said",
    [(Diagnostic("error", "The bucket is locked", "It is kept until 2030."),), Invalid("The bucket is locked")],
    ids=["diagnostic", "error"],
)
def test_it_may_refuse(freehold, bucket, said):
    bucket.said = said

    assert "The bucket is locked" in freehold("plan", "-destroy", code=1)
    freehold("destroy", "-auto-approve", code=1)
    assert bucket.rows


def test_every_client_is_closed_when_a_command_ends(folder, freehold, bucket, made):
    made.closed.clear()

    freehold("plan")
    freehold("plan")

    assert made.closed == ["client of 0", "client of 1"]


def test_clients_are_closed_after_a_failure_too(freehold, bucket, made):
    made.closed.clear()
    bucket.said = Invalid("The bucket is locked")

    freehold("plan", code=1)

    assert made.closed == ["client of 0"]
