"""One object belongs to one stack, by labels that an API server takes; what is being deleted is not deleted."""

from __future__ import annotations

import pytest

from tests.conformance.kubernetes.stacks.installation import Installation
from tests.conformance.kubernetes.stacks.manifests import SETTINGS, deployment

LABELS = {"freehold/lineage", "freehold/stack", "freehold/app"}
BARE = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: settings}\n"


@pytest.fixture
def other(tmp_path, installation):
    """Another stack that puts things into the same namespace."""
    made = Installation(tmp_path / "other", installation.cluster, installation.namespace)
    made.write((made.folder / "stack.hcl").read_text().replace('stack "test"', 'stack "other"'), "stack.hcl")
    return made


def test_what_is_made_tells_whose_it_is_and_its_pods_do_not(installation):
    installation.app("---".join([SETTINGS, deployment()]))
    installation.apply()

    web = installation.live("deployments", "web", "apps/v1")
    assert web["metadata"]["labels"].keys() == LABELS
    assert (web["metadata"]["labels"]["freehold/stack"], web["metadata"]["labels"]["freehold/app"]) == ("test", "shop")
    assert web["spec"]["template"]["metadata"]["labels"] == {"app": "web"}
    assert "freehold/" not in installation.run("show").text
    installation.unchanged()


@pytest.mark.parametrize("manifest", [SETTINGS, BARE])
@pytest.mark.parametrize("more", ["", "  adopt = true"])
def test_two_stacks_do_not_take_an_object_from_each_other(installation, other, manifest, more):
    installation.app(manifest)
    installation.apply()
    other.app(manifest.replace("blue", "red"), more)

    refused = other.run("plan")

    assert refused.code == 1
    assert f'/{installation.namespace}/settings was made by the stack "test" (lineage' in refused.words
    assert "removed block" in refused.words
    assert other.run("apply", "-auto-approve").code == 1
    installation.unchanged()


def test_an_object_of_another_hand_is_told_when_planning(installation):
    installation.cluster.client.post("/api/v1/namespaces", {"metadata": {"name": installation.namespace}})
    path = f"/api/v1/namespaces/{installation.namespace}/serviceaccounts"
    installation.cluster.client.post(path, {"metadata": {"name": "settings"}})
    installation.app(BARE, "")

    refused = installation.run("plan")

    assert refused.code == 1
    assert "It exists already" in refused.words
    assert "adopt = true" in refused.words


def test_a_label_of_ours_in_a_manifest_is_refused_at_its_place(installation):
    installation.app(SETTINGS.replace("name: settings", 'name: settings, labels: {"freehold/stack": x}'))

    refused = installation.run("plan")

    assert refused.code == 1
    assert "Reserved label" in refused.words
    assert "manifests.yaml line" in refused.words


def test_what_is_being_deleted_is_not_forgotten_and_its_name_not_taken(installation):
    installation.app(SETTINGS)
    installation.apply()
    client, path = installation.cluster.client, installation.path("configmaps", "settings")
    uid = client.get(path).body["metadata"]["uid"]
    client.patch(path, {"metadata": {"finalizers": ["example.com/hold"]}})
    client.delete(path)
    address = f"app.shop/ConfigMap/{installation.namespace}/settings"

    plan = installation.plan()

    assert plan.actions == {address: ["delete", "create"]}
    assert "held by its finalizers: example.com/hold" in plan.words
    assert "is being deleted since 20" in plan.words
    client.patch(path, {"metadata": {"finalizers": None}})
    installation.apply()
    assert client.get(path).body["metadata"]["uid"] != uid
    installation.unchanged()


def test_a_namespace_that_is_terminating_keeps_the_stack(installation):
    installation.app(SETTINGS)
    app = (installation.folder / "app.hcl").read_text()
    installation.write(app.replace('timeout   = "30s"', 'timeout   = "2s"'), "app.hcl")
    installation.apply()
    client, path = installation.cluster.client, installation.path("configmaps", "settings")
    client.patch(path, {"metadata": {"finalizers": ["example.com/hold"]}})
    client.delete(f"/api/v1/namespaces/{installation.namespace}")
    before = installation.addresses()
    assert len(before) == 2

    actions = installation.plan().actions
    assert actions[f"cluster.main/Namespace/{installation.namespace}"] == ["delete", "create"]
    refused = installation.run("destroy", "-auto-approve")

    assert refused.code == 1
    assert "The object is still there" in refused.words
    assert "held by its finalizers: example.com/hold" in refused.words
    assert installation.addresses() == before
    client.patch(path, {"metadata": {"finalizers": None}})
    assert any(installation.run("destroy", "-auto-approve").code == 0 for _ in range(15))
    assert client.get(f"/api/v1/namespaces/{installation.namespace}").status == 404
    assert installation.addresses() == []
