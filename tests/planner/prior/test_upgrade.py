"""What an older version of a schema stored is upgraded before anything looks at it."""

from __future__ import annotations

import json

import pytest

from language.schema import Schema, computed, optional
from language.types import NUMBER, STRING, List
from providers.contract.errors import Invalid
from tests.planner.made_provider import Record

OLD = Schema({"id": computed(STRING), "port": optional(NUMBER), "key": optional(STRING), "gone": optional(STRING)})
NEW = Schema(
    {"id": computed(STRING), "ports": optional(List(NUMBER)), "key": optional(STRING)},
    version=2,
)
TEXT = """
variable "key" {
  default   = "hush-hush"
  sensitive = true
}
resource "made_server" "a" {
  %s
  key = var.key
}
"""


class Server(Record):
    """`port` was one number, and is a list now."""

    def upgrade(self, version, values, private):
        self.upgraded = version, values
        if values["port"] == 13:
            raise Invalid("No such port", "Nothing may listen on 13.")
        self.rows = {id_: {"id": id_, "ports": (values["port"],), "key": row["key"]} for id_, row in self.rows.items()}
        return {**values, "ports": (values["port"],)}, {**private, "from": version}


@pytest.fixture
def stored(folder, freehold, made):
    """A server that the old schema stored, on a port; by now its provider has the new one."""

    def store(port=80):
        folder.joinpath("main.hcl").write_text(TEXT % f'port = {port}\n  gone = "x"')
        kind = made.add("made_server", OLD, Server)
        freehold("apply", "-auto-approve")
        kind.schema = NEW
        folder.joinpath("main.hcl").write_text(TEXT % f"ports = [{port}]")
        return kind

    return store


def test_nothing_has_to_be_done_and_the_state_is_brought_up(folder, freehold, stored):
    kind = stored()

    assert "No changes." in freehold("plan", "-detailed-exitcode")
    freehold("apply", "-auto-approve")

    version, values = kind.upgraded
    assert version == 0
    assert (values["port"], values["gone"]) == (80, "x")
    (resource,) = json.loads(folder.joinpath("freehold.state").read_text())["resources"]
    assert resource["schema_version"] == 2
    assert resource["attributes"]["ports"] == [80]
    assert "port" not in resource["attributes"]
    assert resource["private"] == {"from": 0}
    kind.upgraded = None
    assert "No changes." in freehold("plan", "-detailed-exitcode")
    assert kind.upgraded is None


def test_secrets_stay_digests(folder, freehold, stored):
    kind = stored()
    freehold("apply", "-auto-approve")

    assert kind.upgraded[1]["key"] != "hush-hush"
    assert "hush-hush" not in folder.joinpath("freehold.state").read_text()


def test_what_cannot_be_upgraded_is_told(freehold, stored):
    stored(port=13)

    told = freehold("plan", code=1)

    assert "No such port" in told
    assert "made_server.a" in told


def test_what_a_newer_version_stored_is_refused(freehold, stored):
    kind = stored()
    freehold("apply", "-auto-approve")
    kind.schema = Schema(NEW.attributes, version=1)

    told = freehold("plan", code=1)

    assert "Resource is newer than its provider" in told
    assert "under version 2 of its schema, and the newest that is known here is 1" in told
