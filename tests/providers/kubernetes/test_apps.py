"""Apps to objects: where each lives, how it is addressed, and which rules are for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from providers.contract import AppSpec, ObjectRule, SourceConfig
from providers.kubernetes import provider

APPS = provider.apps


def made(kind, name="a", api_version="v1", namespace=None, **fields):
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}


def app(*manifests, namespace="shop", rules=(), **more):
    written = {str(number): manifest for number, manifest in enumerate(manifests)}
    config = SourceConfig({"manifests": None, "manifest": written})
    return AppSpec("web", namespace, config, rules=tuple(rules), **more)


def keys(expansion):
    return [resource.name for resource in expansion.resources]


def expand(*manifests, **more):
    """What the app becomes where nobody else has its namespace, which is the first of its objects."""
    found = APPS.expand(app(*manifests, **more), None)
    return found if found.namespace is None else replace(found, resources=(found.namespace, *found.resources))


def manifest_of(expansion, key):
    return next(resource.values["manifest"] for resource in expansion.resources if resource.name == key)


def test_objects_are_addressed_by_group_kind_namespace_and_name():
    found = expand(
        made("ConfigMap"),
        made("Deployment", "web", "apps/v1"),
        made("ClusterRole", "r", "rbac.authorization.k8s.io/v1"),
    )
    assert keys(found) == [
        "Namespace/shop",
        "ConfigMap/shop/a",
        "apps/Deployment/shop/web",
        "rbac.authorization.k8s.io/ClusterRole/r",
    ]


def test_an_object_without_a_namespace_gets_the_apps_and_one_with_keeps_its_own():
    found = expand(made("ConfigMap"), made("ConfigMap", "b", namespace="other"))
    assert manifest_of(found, "ConfigMap/shop/a")["metadata"] == {"name": "a", "namespace": "shop"}
    assert manifest_of(found, "ConfigMap/other/b")["metadata"]["namespace"] == "other"


def test_without_any_it_is_the_default_one():
    assert keys(expand(made("ConfigMap"), namespace=None)) == ["ConfigMap/default/a"]


@pytest.mark.parametrize(
    ("kind", "api_version"),
    [
        ("PersistentVolume", "v1"),
        ("StorageClass", "storage.k8s.io/v1"),
        ("PriorityClass", "scheduling.k8s.io/v1"),
        ("ValidatingWebhookConfiguration", "admissionregistration.k8s.io/v1"),
        ("APIService", "apiregistration.k8s.io/v1"),
        ("IngressClass", "networking.k8s.io/v1"),
    ],
)
def test_kinds_without_namespaces_lose_one(kind, api_version):
    found = expand(made(kind, "a", api_version, namespace="shop"), namespace=None)
    assert "namespace" not in found.resources[0].values["manifest"]["metadata"]


def test_a_kind_of_a_definition_in_the_app_lives_where_that_says():
    def definition(scope):
        spec = {"group": "example.com", "scope": scope, "names": {"kind": "Lamp"}}
        return made("CustomResourceDefinition", "lamps.example.com", "apiextensions.k8s.io/v1", spec=spec)

    lamp = made("Lamp", api_version="example.com/v1")
    assert keys(expand(lamp, definition("Cluster"), namespace=None))[0] == "example.com/Lamp/a"
    assert keys(expand(lamp, definition("Namespaced"), namespace=None))[0] == "example.com/Lamp/default/a"


@pytest.mark.parametrize("namespace", ["default", "kube-system", "kube-public", "kube-node-lease"])
def test_namespaces_of_every_cluster_are_not_made(namespace):
    assert keys(expand(made("ConfigMap"), namespace=namespace)) == [f"ConfigMap/{namespace}/a"]


def test_a_namespace_is_made_once():
    assert keys(expand(made("ConfigMap"), made("Namespace", "shop"))) == ["ConfigMap/shop/a", "Namespace/shop"]
    assert APPS.expand(app(made("ConfigMap"), made("Namespace", "shop")), None).namespace is None


def test_an_object_twice_is_told():
    found = expand(made("ConfigMap"), made("ConfigMap", namespace="shop"))
    (problem,) = found.diagnostics
    assert (problem.summary, len(found.resources)) == ("Duplicate object", 2)
    assert "ConfigMap/shop/a is in this app twice" in problem.detail


class TestRules:
    WEB = made("Deployment", "web", "apps/v1")

    def test_a_rule_is_for_its_object_alone(self):
        rule = ObjectRule("apps/Deployment/web", {"condition": "Available"}, ("spec.replicas",), prevent_destroy=True)
        space, web, other = expand(self.WEB, made("ConfigMap"), rules=[rule]).resources
        assert web.values["ready"] == {"condition": "Available"}
        assert web.values["ignore_changes"] == ("spec.replicas",)
        assert (space.prevent_destroy, web.prevent_destroy, other.prevent_destroy) == (False, True, False)
        assert "ready" not in other.values

    def test_of_several_one_is_named_with_its_namespace(self):
        both = (self.WEB, made("Deployment", "web", "apps/v1", namespace="other"))
        (problem,) = expand(*both, rules=[ObjectRule("apps/Deployment/web")]).diagnostics
        assert problem.summary == "Ambiguous object"
        found = expand(*both, rules=[ObjectRule("apps/Deployment/other/web", prevent_destroy=True)])
        assert not found.diagnostics
        assert [r.name for r in found.resources if r.prevent_destroy] == ["apps/Deployment/other/web"]

    def test_of_none_the_nearest_is_meant(self):
        (problem,) = expand(self.WEB, rules=[ObjectRule("apps/Deployment/wep")]).diagnostics
        assert problem.summary == "No such object"
        assert problem.advice == 'Did you mean "apps/Deployment/web"?'


def test_what_the_app_says_goes_to_each_of_its_objects():
    found = expand(made("ConfigMap"), wait=False, timeout=90.0, force_conflicts=True, adopt=True)
    told = {"wait": False, "timeout": 90, "force_conflicts": True, "adopt": True}
    for resource in found.resources:
        assert {name: resource.values[name] for name in told} == told
