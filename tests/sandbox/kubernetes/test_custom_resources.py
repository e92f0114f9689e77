"""Custom resources: "Extend the Kubernetes API with CustomResourceDefinitions", and the words of kube-openapi."""

from __future__ import annotations

import pytest

from tests.conformance.kubernetes.protocol.test_custom_resources import CRDS, definition, thing
from tests.sandbox.support import eventually


@pytest.fixture(scope="module")
def group(client):
    """The API group of a kind that is served."""
    group = "things.example.com"
    client.apply(f"{CRDS}/things.{group}", definition(group))
    eventually(lambda: client.get(f"/apis/{group}/v1").status == 200)
    return group


@pytest.fixture
def path(group, namespace):
    return f"/apis/{group}/v1/namespaces/{namespace}/things/t"


def test_a_definition_is_established_and_its_kind_discovered(client, group):
    status = client.get(f"{CRDS}/things.{group}").body["status"]
    conditions = {condition["type"]: condition["status"] for condition in status["conditions"]}
    assert conditions == {"NamesAccepted": "True", "Established": "True"}
    assert status["storedVersions"] == ["v1"]
    (kind,) = [r for r in client.get(f"/apis/{group}/v1").body["resources"] if "/" not in r["name"]]
    assert (kind["name"], kind["kind"], kind["namespaced"], kind["shortNames"]) == ("things", "Thing", True, ["th"])


def test_defaults_are_filled_in_and_unknown_fields_pruned(client, group, path):
    made = client.post(path.rpartition("/")[0], {**thing(group, free={"any": [1]}, other=1), "extra": 1}).body
    assert made["spec"] == {"size": 3, "color": "red", "replicas": 1, "free": {"any": [1]}}
    assert "extra" not in made


INVALID = {
    "too small": ({"size": 0}, "spec.size", "should be greater than or equal to 1"),
    "too large": ({"size": 10}, "spec.size", "should be less than or equal to 9"),
    "a text for a number": ({"size": "3"}, "spec.size", 'must be of type integer: "string"'),
    "not of the enum": (
        {"color": "green"},
        "spec.color",
        'Unsupported value: "green": supported values: "red", "blue"',
    ),
    "not by the pattern": ({"name": "A"}, "spec.name", "should match '^[a-z]+$'"),
    "too long": ({"name": "abcdefgh"}, "spec.name", "Too long: may not be more than 5 bytes"),
    "too many": ({"ports": [{"port": n} for n in range(4)]}, "spec.ports", "must have at most 3 items"),
    "no key": ({"ports": [{"note": "x"}]}, "spec.ports[0].port", "Required value"),
    "an element twice": ({"ports": [{"port": 1}, {"port": 1}]}, "spec.ports[1]", 'Duplicate value: {"port":1}'),
    "a member twice": ({"tags": ["a", "a"]}, "spec.tags[1]", 'Duplicate value: "a"'),
}


@pytest.mark.parametrize("case", INVALID)
def test_what_the_schema_refuses(client, group, path, case):
    spec, field, said = INVALID[case]
    refused = client.post(path.rpartition("/")[0], thing(group, **spec))
    assert (refused.status, refused.body["reason"]) == (422, "Invalid")
    assert said in {cause["field"]: cause["message"] for cause in refused.body["details"]["causes"]}[field]


def test_lists_are_merged_as_the_schema_says(client, group, path):
    client.apply(path, thing(group, ports=[{"port": 1, "note": "a"}], tags=["a"]), manager="one")
    both = client.apply(path, thing(group, ports=[{"port": 2}], tags=["b"]), manager="two").body["spec"]
    assert both["ports"] == [{"port": 1, "note": "a"}, {"port": 2}]
    assert both["tags"] == ["a", "b"]
    refused = client.apply(path, thing(group, ports=[{"port": 1, "note": "b"}]), manager="two")
    assert refused.body["details"]["causes"][0]["field"] == ".spec.ports[port=1].note"


def test_status_is_apart(client, group, path):
    client.apply(path, thing(group))
    assert client.patch(f"{path}/status", {"status": {"replicas": 2}}).body["status"] == {"replicas": 2}
    assert client.patch(path, {"status": {"replicas": 9}}).body["status"] == {"replicas": 2}
    assert client.get(path).body["metadata"]["generation"] == 1


def test_scale_is_where_the_definition_says(client, group, path):
    client.apply(path, thing(group))
    client.patch(f"{path}/scale", {"spec": {"replicas": 4}}, fieldManager="scaler")
    assert client.get(path).body["spec"]["replicas"] == 4


def test_strategic_patches_are_for_built_in_kinds(client, group, path):
    client.apply(path, thing(group))
    assert client.patch(path, {}, "application/strategic-merge-patch+json").status == 415


def test_objects_go_with_their_definition(client, namespace):
    group = "going.example.com"
    crd, objects = f"{CRDS}/things.{group}", f"/apis/{group}/v1/namespaces/{namespace}/things"
    client.apply(crd, definition(group))
    eventually(lambda: client.post(objects, thing(group)).status == 201)

    client.delete(crd)

    eventually(lambda: client.get(crd).status == 404)
    assert client.get(objects).status == 404
