"""What providers are given of the configuration beside planned values, and that write-only values are never kept."""

from __future__ import annotations

import json

import pytest

from language.schema import NestedBlock, Schema, computed, optional, optional_computed, required
from language.types import STRING
from providers.contract import Clock

PASSWORD = "correct-horse-battery"
LOGIN = Schema({"user": required(STRING), "secret": optional(STRING, write_only=True)})
SCHEMA = Schema(
    {
        "id": computed(STRING),
        "name": required(STRING),
        "size": optional_computed(STRING),
        "password": optional(STRING, write_only=True),
        "password_version": optional(STRING),
    },
    {"login": NestedBlock(LOGIN, "list")},
)


@pytest.fixture
def user(made):
    return made.add("made_user", SCHEMA)


def write(folder, version="1", password="var.password"):
    folder.joinpath("main.hcl").write_text(f"""
        variable "password" {{
          type      = string
          ephemeral = true
          default   = "{PASSWORD}"
        }}
        resource "made_user" "a" {{
          name             = "a"
          password         = {password}
          password_version = "{version}"
          login {{
            user   = "b"
            secret = var.password
          }}
        }}
        output "password" {{ value = made_user.a.password == null }}
    """)


def given(kind, operation):
    """The planned values and the configuration of the last call of an operation."""
    return next((planned, config) for name, planned, config in reversed(kind.calls) if name == operation)


def kept(folder):
    """Every byte that was written."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "main.hcl")


class TestWriteOnly:
    def test_it_reaches_the_provider_by_the_configuration_alone(self, folder, freehold, user):
        write(folder)

        freehold("apply", "-auto-approve")

        planned, config = given(user, "create")
        assert planned["password"] is None
        assert config["password"] == PASSWORD
        assert planned["login"][0] == {"user": "b", "secret": None}
        assert config["login"][0] == {"user": "b", "secret": PASSWORD}

    def test_it_is_null_in_plan_state_and_json(self, folder, freehold, user):
        write(folder)

        told = freehold("plan", "-out=plan")
        shown = json.loads(freehold("show", "-json", "plan"))
        freehold("apply", "plan")
        state = json.loads(freehold("show", "-json"))

        assert PASSWORD not in told
        assert PASSWORD.encode() not in kept(folder)
        (change,) = (each["change"] for each in shown["resource_changes"])
        assert change["after"]["password"] is None
        assert change["after"]["login"] == [{"user": "b", "secret": None}]
        (resource,) = state["values"]["root_module"]["resources"]
        assert resource["values"]["password"] is None
        assert given(user, "create")[1]["password"] == PASSWORD
        assert json.loads(freehold("output", "-json", "password")) is True

    def test_another_value_alone_changes_nothing(self, folder, freehold, user):
        write(folder)
        freehold("apply", "-auto-approve")
        write(folder, password='"another"')

        assert "No changes." in freehold("plan", "-detailed-exitcode")

    def test_it_is_sent_again_with_a_change_of_its_version(self, folder, freehold, user):
        write(folder)
        freehold("apply", "-auto-approve")
        write(folder, version="2", password='"another"')

        assert "0 added, 1 changed, 0 destroyed" in freehold("apply", "-auto-approve")

        planned, config = given(user, "update")
        assert planned["password"] is None
        assert config["password"] == "another"

    def test_what_a_provider_gives_back_all_the_same_is_not_kept(self, folder, freehold, user, monkeypatch):
        write(folder)
        create = user.create
        monkeypatch.setattr(user, "create", lambda client, planned, config, call: create(client, config, config, call))

        freehold("apply", "-auto-approve")

        assert PASSWORD.encode() not in kept(folder)
        assert "No changes." in freehold("plan", "-detailed-exitcode")


class TestConfiguration:
    def test_it_is_null_where_the_service_chooses(self, folder, freehold, user):
        write(folder)
        freehold("apply", "-auto-approve")
        (row,) = user.rows.values()
        row["size"] = "large"
        write(folder, version="2")
        freehold("apply", "-auto-approve")

        planned, config = given(user, "update")
        assert planned["size"] == "large"
        assert config["size"] is None

    def test_what_is_known_only_then_is_known_in_it(self, folder, freehold, user):
        folder.joinpath("main.hcl").write_text("""
            resource "made_user" "a" { name = "a" }
            resource "made_user" "b" { name = made_user.a.id }
        """)

        freehold("apply", "-auto-approve")

        assert given(user, "create")[1]["name"] == "1"

    def test_calls_carry_the_lineage(self, folder, freehold, user):
        write(folder)
        freehold("apply", "-auto-approve")

        assert user.lineage == json.loads(folder.joinpath("freehold.state").read_text())["lineage"]


def test_the_state_tells_when_it_was_created(folder, freehold, user, monkeypatch):
    def created():
        (resource,) = json.loads(folder.joinpath("freehold.state").read_text())["resources"]
        return resource.get("created", "")

    monkeypatch.setattr(Clock, "now", lambda self: 1_790_000_000.0)
    write(folder)
    freehold("apply", "-auto-approve")
    assert created() == "2026-09-21T14:13:20Z"

    monkeypatch.setattr(Clock, "now", lambda self: 1_790_000_060.0)
    write(folder, version="2")
    freehold("apply", "-auto-approve")
    assert created() == "2026-09-21T14:13:20Z"

    freehold("apply", "-auto-approve", "-replace=made_user.a")
    assert created() == "2026-09-21T14:14:20Z"


def test_of_what_was_imported_it_is_not_known(folder, freehold, user):
    user.rows["7"] = {**SCHEMA.empty, "id": "7", "name": "a"}
    folder.joinpath("main.hcl").write_text(
        'import {\n  to = made_user.a\n  id = "7"\n}\nresource "made_user" "a" { name = "a" }\n'
    )

    freehold("apply", "-auto-approve")

    (resource,) = json.loads(folder.joinpath("freehold.state").read_text())["resources"]
    assert "created" not in resource


class TestIgnoredChanges:
    TEXT = """
        resource "terraform_data" "n" {{ input = "{later}" }}
        resource "made_user" "a" {{
          name             = "a"
          size             = "{size}"
          password_version = terraform_data.n.output
          lifecycle {{ ignore_changes = [size] }}
        }}
    """

    def write(self, folder, **values):
        folder.joinpath("main.hcl").write_text(self.TEXT.format(**values))

    @pytest.mark.parametrize("saved", [False, True])
    def test_they_are_ignored_also_where_something_is_known_only_then(self, folder, freehold, user, saved):
        self.write(folder, later="1", size="small")
        freehold("apply", "-auto-approve")
        self.write(folder, later="2", size="large")

        if saved:
            freehold("plan", "-out=plan")
        assert "0 added, 2 changed" in freehold("apply", *(["plan"] if saved else ["-auto-approve"]))

        planned, config = given(user, "update")
        assert planned["size"] == config["size"] == "small"
        assert planned["password_version"] == "2"

    def test_all_of_them_are_ignored_blocks_too(self, folder, freehold, user):
        text = """
            resource "made_user" "a" {{
              name = "{0}"
              login {{ user = "{0}" }}
              lifecycle {{ ignore_changes = all }}
            }}
        """
        folder.joinpath("main.hcl").write_text(text.format("a"))
        freehold("apply", "-auto-approve")
        folder.joinpath("main.hcl").write_text(text.format("b"))

        assert "No changes." in freehold("plan", "-detailed-exitcode")
        assert given(user, "plan")[1]["id"] is None

    def test_a_kind_is_told_what_stays(self, folder, freehold, user):
        self.write(folder, later="1", size="small")
        freehold("apply", "-auto-approve")
        self.write(folder, later="1", size="large")

        freehold("plan")

        proposed, config = given(user, "plan")
        assert proposed["size"] == config["size"] == "small"
