"""Apps whose objects come from a source of the tests' own, on a cluster that exists: what is rendered, and when."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import pytest

import cli
from language.schema import NestedBlock, Schema, optional
from language.types import NUMBER, STRING
from language.values import Unknown
from providers.contract import AppObject, AppSource, DeferredObject, Rendered
from providers.contract.errors import NotFound
from providers.kubernetes import provider, sources
from sandbox.kubernetes import KubernetesServer, User
from tools.control_plane.certificates import write_private
from tools.control_plane.client import Client
from tools.control_plane.kubeconfigs import kubeconfig

MAPS = "/api/v1/namespaces/shop/configmaps"
STACK = """
cluster "main" {{ kubeconfig = "config" }}
resource "terraform_data" "a" {{ triggers_replace = {triggers} }}
variable "secret" {{
  default   = "s3cret"
  sensitive = true
}}
app "shop" {{
  cluster   = cluster.main
  namespace = "shop"
  manifest "settings" {{
    apiVersion = "v1"
    kind       = "ConfigMap"
    metadata   = {{ name = "settings" }}
  }}
  widgets {{
    {block}
  }}
}}
output "namespace" {{ value = app.shop.namespace }}
"""


class Widgets(AppSource):
    """Config maps of a number that its block says, each of the same colour."""

    name = "widgets"
    schema = Schema(
        blocks={"widgets": NestedBlock(Schema({"amount": optional(NUMBER), "colour": optional(STRING)}), "single")}
    )

    def __init__(self):
        self.rendered = []
        self.fetched = []
        self.newest = 1

    def fetch(self, config, pins):
        if config.values["widgets"] is None:
            return {}
        pins.setdefault("paint", {"version": str(self.newest)})
        return {"paint": Path(f"/paint/{pins['paint']['version']}")}

    def render(self, config, capabilities):
        block = config.values["widgets"]
        if block is None:
            return Rendered()
        self.fetched.append(config.fetched["paint"])
        self.rendered.append(None if capabilities is None else capabilities.version)
        span = config.spans[("widgets",)]
        if isinstance(block["amount"], Unknown):
            return Rendered(deferred=(DeferredObject(("widgets", "amount"), "ConfigMap/shop/*"),))
        return Rendered(tuple(AppObject(self._map(n, block["colour"]), span) for n in range(block["amount"])))

    def _map(self, number, colour):
        metadata = {"name": f"widget-{number}"}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"colour": colour}}


@pytest.fixture
def widgets(monkeypatch):
    made = Widgets()

    class Installed:
        name = "widgets"

        def load(self):
            return made

    monkeypatch.setattr(sources, "entry_points", lambda group: [Installed()])
    monkeypatch.delitem(vars(provider), "apps", raising=False)
    yield made
    vars(provider).pop("apps", None)


@pytest.fixture
def cluster(tmp_path):
    token = secrets.token_urlsafe(16)

    def authenticate(given):
        return User("admin", ["system:masters"]) if given == token else None

    server = KubernetesServer(name="sources", authenticate=authenticate, speed=600.0)
    server.start()
    write_private(tmp_path / "config", kubeconfig(server.endpoint, server.ca_certificate, token))
    yield Client.of_kubeconfig(tmp_path / "config")
    server.stop()


@pytest.fixture
def stack(tmp_path, monkeypatch, widgets, cluster):
    monkeypatch.chdir(tmp_path)

    def write(block, triggers=1):
        (tmp_path / "main.hcl").write_text(STACK.format(block=block, triggers=triggers))

    return write


@pytest.fixture
def run(capsys):
    def command(*arguments, code=0):
        ended = cli.main([*arguments, *(["-no-color"] if "-json" not in arguments else [])])
        printed = capsys.readouterr()
        assert ended == code, printed.out + printed.err
        assert "Traceback" not in printed.err
        return printed.out + printed.err

    return command


def colours(cluster):
    return {
        each["metadata"]["name"]: each.get("data", {}).get("colour")
        for each in cluster.get(MAPS).body["items"]
        if each["metadata"]["name"] != "kube-root-ca.crt"
    }


def test_its_block_is_part_of_an_app_and_its_objects_are_as_all_others(stack, run, widgets, cluster):
    stack('amount = 2\ncolour = "red"')

    told = run("apply", "-auto-approve")

    assert "Resources: 5 added" in told
    assert colours(cluster) == {"settings": None, "widget-0": "red", "widget-1": "red"}
    assert [version[0] for version in widgets.rendered] == ["v"]
    assert "No changes." in run("plan", "-detailed-exitcode")


def test_what_it_does_not_know_is_told_where_it_stands(stack, run):
    stack("size = 2")

    told = run("validate", code=1)

    assert 'An argument named "size" is not expected' in told
    assert "main.hcl line 17" in told


def test_of_a_saved_plan_it_is_not_asked_where_all_was_known(stack, run, widgets, cluster):
    stack('amount = 1\ncolour = "red"')
    run("plan", "-out=plan")
    widgets.rendered.clear()

    run("apply", "plan")

    assert widgets.rendered == []
    assert colours(cluster)["widget-0"] == "red"
    assert json.loads(run("output", "-json", "namespace")) == "shop"


def test_what_was_not_known_is_filled_in_from_what_it_renders_then(stack, run, widgets, cluster):
    stack("amount = 2\ncolour = terraform_data.a.id")
    assert "colour: (known after apply)" in run("plan")
    widgets.rendered.clear()

    run("apply", "-auto-approve")

    assert len(widgets.rendered) == 2
    found = colours(cluster)
    assert len(found["widget-0"]) == 36
    assert found["widget-0"] == found["widget-1"]
    assert "No changes." in run("plan", "-detailed-exitcode")


@pytest.mark.parametrize(("saved", "times"), [(False, 1), (True, 2)])
def test_for_a_secret_it_is_asked_again_only_where_the_plan_was_saved(saved, times, stack, run, widgets, cluster):
    stack("amount = 1\ncolour = var.secret")
    widgets.rendered.clear()

    if saved:
        run("plan", "-out=plan")
        run("apply", "plan")
    else:
        run("apply", "-auto-approve")

    assert colours(cluster)["widget-0"] == "s3cret"
    assert len(widgets.rendered) == times


def test_what_it_cannot_render_yet_is_deferred_and_the_rest_is_done(stack, run, widgets, cluster):
    stack('amount = length(terraform_data.a.id) > 1 ? 2 : 0\ncolour = "red"')

    told = run("plan", "-out=plan")

    assert "? app.shop/ConfigMap/shop/*  # has to be known" in told
    assert "not known: length(terraform_data.a.id) > 1 ? 2 : 0  on main.hcl line 17" in told
    assert "Plan: 3 to add, 0 to change, 0 to destroy, 1 deferred." in told
    change = json.loads(run("show", "-json", "plan"))["deferred_changes"]
    assert [(each["reason"], each["resource_change"]["type"]) for each in change] == [
        ("resource_config_unknown", "kubernetes_manifest")
    ]
    run("apply", "plan")
    assert colours(cluster) == {"settings": None}
    assert "Resources: 2 added" in run("apply", "-auto-approve")
    assert set(colours(cluster)) == {"settings", "widget-0", "widget-1"}


def test_what_exists_of_what_it_cannot_render_yet_is_kept(stack, run, cluster):
    stack('amount = 2\ncolour = "red"')
    run("apply", "-auto-approve")
    stack('amount = length(terraform_data.a.id) > 1 ? 1 : 0\ncolour = "red"', triggers=2)

    assert "1 to destroy, 1 deferred" in run("plan")
    run("apply", "-auto-approve")
    assert set(colours(cluster)) == {"settings", "widget-0", "widget-1"}
    assert "0 added, 0 changed, 1 destroyed" in run("apply", "-auto-approve")
    assert set(colours(cluster)) == {"settings", "widget-0"}


@pytest.mark.parametrize(
    ("written", "replaced", "reason"),
    [
        ('namespace = "shop"', "namespace = terraform_data.a.id", "app.shop  # has to be known"),
        ('name = "settings"', 'name = "s-${terraform_data.a.id}"', "app.shop/ConfigMap/*  # has to be known"),
        ('namespace = "shop"', 'namespace = "shop"\n  depends_on = [terraform_data.b]', "app.shop  # depends on"),
    ],
)
def test_so_is_an_app_or_an_object_whose_place_is_not_known(written, replaced, reason, tmp_path, stack, run):
    stack("amount = 0")
    text = (tmp_path / "main.hcl").read_text()
    more = 'resource "terraform_data" "b" { count = length(terraform_data.a.id) > 1 ? 1 : 0 }\n'
    (tmp_path / "main.hcl").write_text(text.replace(written, replaced) + more)

    assert reason in run("plan")
    run("apply", "-auto-approve")
    assert "deferred" not in run("apply", "-auto-approve")
    assert "No changes." in run("plan", "-detailed-exitcode")


def test_what_it_fetches_is_pinned_by_init_and_used_as_pinned(tmp_path, stack, run, widgets):
    stack("amount = 1")
    lock = tmp_path / "freehold.lock.hcl"
    run("init")
    assert 'widgets "paint" {\n  version = "1"\n}' in lock.read_text()
    before, widgets.newest = lock.read_text(), 2

    run("plan")
    run("init")

    assert widgets.fetched == [Path("/paint/1")]
    assert lock.read_text() == before
    run("init", "-upgrade")
    assert 'version = "2"' in lock.read_text()


def test_what_it_cannot_fetch_is_told(stack, run, widgets, monkeypatch):
    stack("amount = 1")

    def fetch(config, pins):
        raise NotFound("There is no paint", "The shop has none.", advice="Ask another one.")

    monkeypatch.setattr(widgets, "fetch", fetch)

    for command in ("plan", "init"):
        told = run(command, code=1)
        assert "There is no paint" in told
        assert "Ask another one." in told
