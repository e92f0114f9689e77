"""What goes with what is replaced: a namespace's contents, a definition's objects, what an object owns."""

from __future__ import annotations

import pytest

from tests.conformance.kubernetes.stacks.manifests import SETTINGS, definition, lamp

CLAIM = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: none, resources: {requests: {storage: 1Gi}}}
"""


@pytest.fixture
def filled(installation, name):
    """A definition, one of its objects, a namespace of the app's own, and what is in it."""
    group = f"{name}.example.com"
    namespace = f"\napiVersion: v1\nkind: Namespace\nmetadata: {{name: {installation.namespace}}}\n"
    installation.app("---".join([SETTINGS, namespace, definition(group), lamp(group)]), "  wait = false\n")
    installation.apply()
    return installation


def test_the_objects_of_a_definition_are_replaced_with_it(filled, name):
    address = f"app.shop/apiextensions.k8s.io/CustomResourceDefinition/lamps.{name}.example.com"

    plan = filled.plan(f"-replace={address}")
    done = filled.apply(f"-replace={address}", "-allow-data-loss")

    lamp_ = f"app.shop/{name}.example.com/Lamp/{filled.namespace}/bright"
    assert plan.actions == {address: ["delete", "create"], lamp_: ["delete", "create"]}
    assert "Plan: 2 to add, 0 to change, 2 to destroy." in plan.output
    assert "Resources: 2 added, 0 changed, 2 destroyed." in done.output
    assert filled.live("lamps", "bright", f"{name}.example.com/v1")["spec"]["watts"] == 5
    filled.unchanged()


def test_the_contents_of_a_namespace_are_replaced_with_it(filled, name):
    address = f"app.shop/Namespace/{filled.namespace}"

    plan = filled.plan(f"-replace={address}", f"-target={address}")
    filled.apply(f"-replace={address}", f"-target={address}", "-allow-data-loss")

    lamp_ = f"app.shop/{name}.example.com/Lamp/{filled.namespace}/bright"
    settings = f"app.shop/ConfigMap/{filled.namespace}/settings"
    assert plan.actions == {each: ["delete", "create"] for each in (address, lamp_, settings)}
    assert filled.live("configmaps", "settings")["data"]["color"] == "blue"
    filled.unchanged()


def test_what_holds_data_in_it_is_marked_and_refused(installation):
    installation.app(f"{SETTINGS}---{CLAIM}", "  wait = false\n")
    installation.apply()
    space = next(each for each in installation.addresses() if "/Namespace/" in each)

    refused = installation.run("apply", "-auto-approve", f"-replace={space}")

    assert refused.code == 1
    assert f"app.shop/PersistentVolumeClaim/{installation.namespace}/data destroys data" in refused.words
    assert installation.live("persistentvolumeclaims", "data")


def test_what_an_object_owns_is_replaced_with_it(installation):
    installation.app(f"{SETTINGS}---{SETTINGS.replace('name: settings', 'name: owner')}")
    installation.apply()
    owner = installation.live("configmaps", "owner")
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["metadata"]["uid"]}
    path = installation.path("configmaps", "settings")
    installation.cluster.client.patch(path, {"metadata": {"ownerReferences": [reference]}})
    address = f"app.shop/ConfigMap/{installation.namespace}/owner"

    plan = installation.plan(f"-replace={address}")
    installation.apply("test.plan")

    assert plan.actions[f"app.shop/ConfigMap/{installation.namespace}/settings"] == ["delete", "create"]
    assert installation.live("configmaps", "settings")["data"]["color"] == "blue"
    installation.unchanged()


def test_a_definition_is_not_taken_from_under_its_objects(filled, name):
    group = f"{name}.example.com"
    filled.app("---".join([SETTINGS, lamp(group)]))

    refused = filled.run("plan")

    assert refused.code == 1
    assert f"lamps.{group} is not in the configuration any more" in refused.words
