"""Deletion: in reverse, waited for, and with nothing left."""

from __future__ import annotations

from tests.conformance.kubernetes.stacks.manifests import SETTINGS, definition, deployment, lamp


def test_nothing_is_left(installation, name):
    group = f"{name}.example.com"
    installation.app("---".join([SETTINGS, deployment(), definition(group), lamp(group)]))
    installation.apply()

    done = installation.run("destroy", "-auto-approve", "-json", "-allow-data-loss")

    assert done.code == 0, done.text
    client = installation.cluster.client
    assert client.get(f"/api/v1/namespaces/{installation.namespace}").status == 404
    assert client.get(f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/lamps.{group}").status == 404
    assert installation.addresses() == []
    addresses = [line["hook"]["resource"]["addr"] for line in done.lines("apply_complete")]
    order = [address.removeprefix("app.shop/").rsplit(f"/{installation.namespace}", 1)[0] for address in addresses]
    lamp_gone, definition_gone, namespace_gone = (
        next(index for index, address in enumerate(order) if kind in address)
        for kind in ("Lamp", "CustomResourceDefinition", "Namespace")
    )
    assert len(order) == 5
    assert lamp_gone < definition_gone
    assert {"ConfigMap", "apps/Deployment", f"{group}/Lamp"} <= {*order[:namespace_gone]}


def test_a_definition_is_not_deleted_unasked(installation, name):
    group = f"{name}.example.com"
    installation.app(definition(group))
    installation.apply()

    refused = installation.run("destroy", "-auto-approve")

    assert refused.code == 1
    assert "-allow-data-loss" in refused.words
    path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/lamps.{group}"
    assert installation.cluster.client.get(path).status == 200


def test_an_object_made_anew_by_others_is_not_deleted(installation):
    installation.app(SETTINGS)
    installation.apply()
    client = installation.cluster.client
    path = installation.path("configmaps", "settings")
    client.delete(path)
    theirs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"by": "others"}}
    client.post(f"/api/v1/namespaces/{installation.namespace}/configmaps", theirs)

    installation.destroy(f"-target=app.shop/ConfigMap/{installation.namespace}/settings")

    assert client.get(path).body["data"] == {"by": "others"}


def test_what_holds_an_object_is_told(installation):
    held = SETTINGS.replace("name: settings", "name: settings, finalizers: [example.com/hold]")
    installation.app(held, "")
    installation.write(
        (installation.folder / "app.hcl").read_text().replace('timeout   = "30s"', 'timeout   = "2s"'), "app.hcl"
    )
    installation.apply()

    refused = installation.run("destroy", "-auto-approve")

    assert refused.code == 1
    assert "example.com/hold" in refused.words
    path = installation.path("configmaps", "settings")
    installation.cluster.client.patch(path, {"metadata": {"finalizers": None}})
    installation.destroy(f"-target=app.shop/ConfigMap/{installation.namespace}/settings")
    assert installation.cluster.client.get(path).status == 404
