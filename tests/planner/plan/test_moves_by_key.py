"""What is in the state under the key of what the configuration has elsewhere has moved there: nothing is made anew."""

from __future__ import annotations

import json
import secrets

import pytest

from language.schema import Schema, computed, optional, required
from language.types import STRING
from sandbox.kubernetes import KubernetesServer, User
from tests.planner.made_provider import Record
from tools.control_plane.certificates import write_private
from tools.control_plane.client import Client
from tools.control_plane.kubeconfigs import kubeconfig

SCHEMA = Schema({"id": computed(STRING), "name": required(STRING, immutable=True), "text": optional(STRING)})
RECORD = 'resource "made_name" "{0}" {{\n  name = "{1}"\n  text = "{2}"\n}}\n'


class Named(Record):
    key_names = ("name",)


@pytest.fixture
def named(made):
    return made.add("made_name", SCHEMA, Named)


def operations(kind):
    return [name for name, *_ in kind.calls if name != "plan"]


def write(folder, *parts):
    folder.joinpath("main.hcl").write_text("\n".join(parts))


class TestResources:
    def test_a_renamed_one_keeps_what_exists(self, folder, freehold, named):
        write(folder, RECORD.format("a", "x", "one"))
        freehold("apply", "-auto-approve")
        named.calls.clear()
        write(folder, RECORD.format("b", "x", "one"))

        planned = freehold("plan")
        freehold("apply", "-auto-approve")

        assert "Plan: 0 to add, 0 to change, 0 to destroy." in planned
        assert "moved from made_name.a" in planned
        assert "from = made_name.a\n" in planned
        assert "to   = made_name.b\n" in planned
        assert operations(named) == []
        assert "No changes." in freehold("plan", "-detailed-exitcode")
        assert freehold("state", "list").split() == ["made_name.b"]

    def test_what_changes_about_it_is_changed_in_place(self, folder, freehold, named):
        write(folder, RECORD.format("a", "x", "one"))
        freehold("apply", "-auto-approve")
        named.calls.clear()
        write(folder, RECORD.format("b", "x", "two"))

        freehold("apply", "-auto-approve")

        assert operations(named) == ["update"]
        assert [row["text"] for row in named.rows.values()] == ["two"]

    def test_the_plan_in_json_says_where_it_was(self, folder, freehold, named):
        write(folder, RECORD.format("a", "x", "one"))
        freehold("apply", "-auto-approve")
        write(folder, RECORD.format("b", "x", "one"))
        freehold("plan", "-out=p")

        shown = json.loads(freehold("show", "-json", "p"))

        (change,) = shown["resource_changes"]
        assert (change["address"], change["previous_address"]) == ("made_name.b", "made_name.a")
        assert change["change"]["actions"] == ["no-op"]

    def test_a_saved_plan_moves_it(self, folder, freehold, named):
        write(folder, RECORD.format("a", "x", "one"))
        freehold("apply", "-auto-approve")
        named.calls.clear()
        write(folder, RECORD.format("b", "x", "two"))
        freehold("plan", "-out=p")

        freehold("apply", "p")

        assert operations(named) == ["update"]
        assert freehold("state", "list").split() == ["made_name.b"]

    def test_a_saved_plan_moves_on_what_a_moved_block_moved(self, folder, freehold, named):
        write(folder, RECORD.format("a", "x", "one"))
        freehold("apply", "-auto-approve")
        named.calls.clear()
        moved = "moved {\n  from = made_name.a\n  to   = made_name.b\n}\n"
        write(folder, RECORD.format("c", "x", "one"), moved)
        freehold("plan", "-out=p")

        freehold("apply", "p")

        assert operations(named) == []
        assert freehold("state", "list").split() == ["made_name.c"]

    def test_what_depended_on_it_still_does(self, folder, freehold, named):
        user = 'resource "made_name" "user" {\n  name = "u"\n  text = made_name.%s.id\n}\n'
        write(folder, RECORD.format("a", "x", "one"), user % "a")
        freehold("apply", "-auto-approve")
        write(folder, RECORD.format("b", "x", "one"), user % "b")
        freehold("apply", "-auto-approve")
        write(folder, "")
        named.calls.clear()

        freehold("apply", "-auto-approve")

        assert [values["name"] for name, values, *_ in named.calls if name == "delete"] == ["u", "x"]

    def test_one_that_is_still_configured_stays(self, folder, freehold, named):
        write(folder, RECORD.format("a", "x", "one"))
        freehold("apply", "-auto-approve")
        write(folder, RECORD.format("a", "y", "one"), RECORD.format("b", "x", "one"))

        planned = freehold("plan")

        assert "moved from" not in planned
        assert "Plan: 2 to add, 0 to change, 1 to destroy." in planned

    def test_what_is_deleted_under_a_name_goes_before_what_is_created_under_it(self, folder, freehold, named):
        write(folder, RECORD.format("a", "x", ""), RECORD.format("b", "y", ""))
        freehold("apply", "-auto-approve")
        named.calls.clear()
        write(folder, RECORD.format("a", "y", ""), RECORD.format("b", "x", ""))

        freehold("apply", "-auto-approve")

        assert operations(named) == ["delete", "delete", "create", "create"]

    @pytest.mark.parametrize("known", [True, False])
    def test_what_keeps_its_key_is_never_created_first(self, known, folder, freehold, made):
        schema = Schema({"id": computed(STRING), "name": required(STRING), "text": optional(STRING, immutable=True)})
        kind = made.add("made_name", schema, Named)
        text = """
            resource "terraform_data" "a" { triggers_replace = "%s" }
            resource "made_name" "a" {
              name = "x"
              text = %s
              lifecycle { create_before_destroy = true }
            }"""
        write(folder, text % ("one", '"one"'))
        freehold("apply", "-auto-approve")
        kind.calls.clear()
        write(folder, text % ("two", '"two"' if known else "terraform_data.a.id"))

        freehold("apply", "-auto-approve")

        assert operations(kind) == ["delete", "create"]

    def test_a_key_that_turns_out_to_be_kept_stops_before_anything_is_done(self, folder, freehold, made):
        schema = Schema({"id": computed(STRING), "name": required(STRING), "text": optional(STRING, immutable=True)})
        kind = made.add("made_name", schema, Named)
        text = """
            resource "terraform_data" "a" {{ input = "{0}" }}
            resource "made_name" "a" {{
              name = terraform_data.a.output == "" ? "y" : "x"
              text = "{0}"
              lifecycle {{ create_before_destroy = true }}
            }}"""
        write(folder, text.format("one"))
        freehold("apply", "-auto-approve")
        kind.calls.clear()
        write(folder, text.format("two"))

        failed = freehold("apply", "-auto-approve", code=1)

        assert "Replacement cannot be created first" in failed
        assert operations(kind) == []
        freehold("apply", "-auto-approve")
        assert operations(kind) == ["delete", "create"]

    def test_what_turns_out_as_it_is_is_left_alone(self, folder, freehold, named):
        text = """
            resource "terraform_data" "a" { input = "%s" }
            resource "made_name" "a" {
              name = terraform_data.a.output == "" ? "y" : "x"
              lifecycle { create_before_destroy = true }
            }"""
        write(folder, text % "one")
        freehold("apply", "-auto-approve")
        named.calls.clear()
        write(folder, text % "two")

        freehold("apply", "-auto-approve")

        assert operations(named) == []
        assert len(named.rows) == 1

    def test_what_a_removed_block_is_about_does_not_move(self, folder, freehold, named):
        write(folder, RECORD.format("a", "x", "one"))
        freehold("apply", "-auto-approve")
        removed = "removed {\n  from = made_name.a\n  lifecycle { destroy = false }\n}\n"
        write(folder, RECORD.format("b", "x", "one"), removed)

        assert "moved from" not in freehold("plan")

    def test_an_instance_with_another_key_of_for_each_keeps_what_exists(self, folder, freehold, named):
        text = 'resource "made_name" "a" {{\n  for_each = {{ {0} = "x" }}\n  name = each.value\n}}\n'
        write(folder, text.format("old"))
        freehold("apply", "-auto-approve")
        named.calls.clear()
        write(folder, text.format("new"))

        freehold("apply", "-auto-approve")

        assert operations(named) == []
        assert freehold("state", "list").split() == ['made_name.a["new"]']


STACK = 'stack "case" {}\ncluster "c" { kubeconfig = "config" }\n'
APP = """
app "{0}" {{
  cluster   = cluster.c
  namespace = "{1}"
  {3}
  manifest "settings" {{
    apiVersion = "v1"
    kind       = "ConfigMap"
    metadata   = {{ name = "{2}" }}
    data       = {{ k = "v" }}
  }}
}}
"""


def app(name, namespace="shop", object_="settings", more=""):
    return APP.format(name, namespace, object_, more)


@pytest.fixture
def cluster(folder):
    token = secrets.token_urlsafe(16)

    def authenticate(given):
        return User("admin", ["system:masters"]) if given == token else None

    server = KubernetesServer(name="moves", authenticate=authenticate, speed=600.0)
    server.start()
    write_private(folder / "config", kubeconfig(server.endpoint, server.ca_certificate, token))
    yield Client.of_kubeconfig(folder / "config")
    server.stop()


def uid(cluster, path):
    return cluster.get(f"/api/v1/{path}").body.get("metadata", {}).get("uid")


def settings(cluster, namespace="shop", name="settings"):
    return uid(cluster, f"namespaces/{namespace}/configmaps/{name}")


class TestApps:
    def test_a_namespace_belongs_to_its_cluster(self, folder, freehold, cluster):
        write(folder, STACK, app("a"))

        freehold("apply", "-auto-approve")

        assert freehold("state", "list").split() == [
            "app.a/ConfigMap/shop/settings",
            "cluster.c/Namespace/shop",
        ]

    def test_a_renamed_app_keeps_its_objects(self, folder, freehold, cluster):
        write(folder, STACK, app("a"))
        freehold("apply", "-auto-approve")
        before = settings(cluster), uid(cluster, "namespaces/shop")
        write(folder, STACK, app("b"))

        planned = freehold("apply", "-auto-approve")

        assert "moved from app.a/ConfigMap/shop/settings" in planned
        assert "from = app.a\n" in planned
        assert (settings(cluster), uid(cluster, "namespaces/shop")) == before
        assert "No changes." in freehold("plan", "-detailed-exitcode")

    def test_an_object_that_changes_apps_is_the_same_one(self, folder, freehold, cluster):
        write(folder, STACK, app("a"), app("b", object_="other"))
        freehold("apply", "-auto-approve")
        before = settings(cluster)
        write(folder, STACK, app("a", object_="third"), app("b"))

        done = freehold("apply", "-auto-approve")

        assert "Resources: 1 added, 0 changed, 1 destroyed." in done
        assert settings(cluster) == before
        assert settings(cluster, name="other") is None

    @pytest.mark.parametrize("left", ["a", "b"])
    def test_a_namespace_of_two_apps_goes_with_the_last_one(self, left, folder, freehold, cluster):
        write(folder, STACK, app("a", object_="of-a"), app("b", object_="of-b"))
        freehold("apply", "-auto-approve")
        before = uid(cluster, "namespaces/shop"), settings(cluster, name=f"of-{left}")
        write(folder, STACK, app(left, object_=f"of-{left}"))

        done = freehold("apply", "-auto-approve")

        assert "Resources: 0 added, 0 changed, 1 destroyed." in done
        assert (uid(cluster, "namespaces/shop"), settings(cluster, name=f"of-{left}")) == before
        write(folder, STACK)
        freehold("apply", "-auto-approve")
        assert uid(cluster, "namespaces/shop") is None

    def test_a_namespace_in_which_an_object_stays_is_kept(self, folder, freehold, cluster):
        other = app("b", "other").replace('name = "settings"', 'name = "guest", namespace = "shop"')
        write(folder, STACK, app("a"), other)
        freehold("apply", "-auto-approve")
        before = uid(cluster, "namespaces/shop")
        write(folder, STACK, other)

        freehold("apply", "-auto-approve")

        assert uid(cluster, "namespaces/shop") == before
        assert settings(cluster) is None
        assert settings(cluster, name="guest")
        assert "No changes." in freehold("plan", "-detailed-exitcode")

    def test_the_order_of_apps_changes_nothing(self, folder, freehold, cluster):
        write(folder, STACK, app("a", object_="of-a"), app("b", object_="of-b"))
        freehold("apply", "-auto-approve")

        write(folder, STACK, app("b", object_="of-b"), app("a", object_="of-a"))

        assert "No changes." in freehold("plan", "-detailed-exitcode")

    def test_a_state_that_has_it_below_an_app_is_read(self, folder, freehold, cluster):
        write(folder, STACK, app("a"))
        freehold("apply", "-auto-approve")
        before = uid(cluster, "namespaces/shop")
        freehold("state", "mv", "cluster.c/Namespace/shop", "app.a/Namespace/shop")

        planned = freehold("plan")
        freehold("apply", "-auto-approve")

        assert "Plan: 0 to add, 0 to change, 0 to destroy." in planned
        assert uid(cluster, "namespaces/shop") == before
        assert "cluster.c/Namespace/shop" in freehold("state", "list")

    def test_a_renamed_namespace_says_that_objects_do_not_move(self, folder, freehold, cluster):
        write(folder, STACK, app("a"))
        freehold("apply", "-auto-approve")
        write(folder, STACK, app("a", "store"))

        planned = freehold("plan")

        assert "Plan: 2 to add, 0 to change, 2 to destroy." in planned
        assert "app.a/ConfigMap/shop/settings is deleted, and app.a/ConfigMap/store/settings is created" in " ".join(
            planned.split()
        )
