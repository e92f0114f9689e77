"""Definitions of kinds: from their creation to objects that are checked, filled in, pruned, and gone with them."""

from __future__ import annotations

import copy
import time
from typing import Any

import pytest

from tools.control_plane.client import Answer

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
SPEC = {
    "type": "object",
    "required": ["size"],
    "properties": {
        "size": {"type": "integer", "minimum": 1, "maximum": 9},
        "color": {"type": "string", "enum": ["red", "blue"], "default": "red"},
        "name": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 5},
        "replicas": {"type": "integer", "default": 1},
        "ports": {
            "type": "array",
            "maxItems": 3,
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["port"],
            "items": {
                "type": "object",
                "required": ["port"],
                "properties": {"port": {"type": "integer"}, "note": {"type": "string"}},
            },
        },
        "tags": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
        "either": {"x-kubernetes-int-or-string": True},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "texts": {"type": "object", "additionalProperties": {"type": "string"}},
        "never": {"type": "string", "nullable": True},
    },
}


def definition(group: str, **more: Any) -> dict[str, Any]:
    properties = {"spec": SPEC, "status": {"type": "object", "properties": {"replicas": {"type": "integer"}}}}
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": {"type": "object", "properties": properties}},
        "subresources": {
            "status": {},
            "scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"},
        },
        "additionalPrinterColumns": [{"name": "Size", "type": "integer", "jsonPath": ".spec.size"}],
        **more,
    }
    names = {"plural": "things", "singular": "thing", "kind": "Thing", "listKind": "ThingList", "shortNames": ["th"]}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"things.{group}"},
        "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": [version]},
    }


def thing(group: str, **spec: Any) -> dict[str, Any]:
    spec = {"size": 3, **spec}
    return {"apiVersion": f"{group}/v1", "kind": "Thing", "metadata": {"name": "t"}, "spec": spec}


def _established(client, path):
    deadline = time.monotonic() + 20
    while True:
        status = client.get(path).body.get("status", {})
        conditions = {each["type"]: each["status"] for each in status.get("conditions") or ()}
        if conditions.get("Established") == "True":
            return conditions
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture(scope="module")
def group(pair):
    """The API group of a kind that both serve."""
    group = "things.example.com"
    for client in (pair.real, pair.sandbox):
        path = f"{CRDS}/things.{group}"
        assert client.apply(path, definition(group)).status == 201
        assert _established(client, path)["NamesAccepted"] == "True"
        deadline = time.monotonic() + 20
        while client.get(f"/apis/{group}/v1").status != 200:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    return group


@pytest.fixture
def path(group, namespace):
    return f"/apis/{group}/v1/namespaces/{namespace}/things/t"


def test_defaults_are_filled_in_and_unknown_fields_pruned(pair, group, path):
    made = pair.apply(path, thing(group, free={"any": {"thing": [1]}}, either="50%", texts={"a": "b"}))
    assert made.status == 201
    assert made.body["spec"]["color"] == "red"
    value = {**thing(group), "metadata": {"name": "other"}, "extra": 1}
    pruned = pair.post(path.rpartition("/")[0], value, fieldManager="creator").body
    assert "extra" not in pruned
    assert pair.apply(path, thing(group, free={"any": {"thing": [1]}}, either="50%", texts={"a": "b"})).status == 200


INVALID = {
    "too small": {"size": 0},
    "too large": {"size": 10},
    "a text for a number": {"size": "3"},
    "no size": {"size": None},
    "not of the enum": {"color": "green"},
    "not by the pattern": {"name": "A"},
    "too long": {"name": "abcdefgh"},
    "too many": {"ports": [{"port": n} for n in range(4)]},
    "an element without its key": {"ports": [{"note": "x"}]},
    "an element twice": {"ports": [{"port": 1}, {"port": 1}]},
    "a member twice": {"tags": ["a", "a"]},
    "a map of numbers": {"texts": {"a": 1}},
    "a list for a map": {"free": []},
    "neither a number nor a text": {"either": True},
}


@pytest.mark.parametrize("case", INVALID)
def test_invalid_objects_are_refused(pair, group, path, case):
    assert pair.post(path.rpartition("/")[0], thing(group, **INVALID[case])).status in (400, 422)


def test_unknown_fields_are_told_when_asked(pair, group, path):
    assert pair.apply(path, thing(group, other=1), fieldValidation="Strict").status >= 400
    assert pair.post(path.rpartition("/")[0], thing(group, other=1), fieldValidation="Strict").status == 400


def test_apply_follows_the_schemas_lists(pair, group, path):
    pair.apply(path, thing(group, ports=[{"port": 1, "note": "a"}], tags=["a"]), manager="one")
    both = pair.apply(path, thing(group, ports=[{"port": 2}], tags=["b"]), manager="two").body["spec"]
    assert [each["port"] for each in both["ports"]] == [1, 2]
    assert sorted(both["tags"]) == ["a", "b"]
    assert pair.apply(path, thing(group, ports=[{"port": 1, "note": "b"}]), manager="two").status == 409
    pair.apply(path, thing(group), manager="one")


def test_status_and_scale(pair, group, path):
    pair.apply(path, thing(group))
    assert pair.patch(f"{path}/status", {"status": {"replicas": 2}}).body["status"] == {"replicas": 2}
    assert pair.patch(path, {"status": {"replicas": 9}}).body["status"] == {"replicas": 2}
    assert pair.get(f"{path}/scale").body["status"]["replicas"] == 2
    assert pair.patch(f"{path}/scale", {"spec": {"replicas": 4}}, fieldManager="scaler").status == 200
    assert pair.get(path).body["spec"]["replicas"] == 4
    assert pair.get(path).body["metadata"]["generation"] == 2


def test_strategic_patches_are_for_built_in_kinds(pair, group, path):
    pair.apply(path, thing(group))
    assert pair.patch(path, {}, "application/strategic-merge-patch+json").status == 415


def test_the_definition_as_it_is_kept(pair, group):
    pair.get(f"{CRDS}/things.{group}")
    assert pair.get(f"/apis/{group}/v1").body["resources"][0]["kind"] == "Thing"


BROKEN = {
    "a name that does not fit": ("metadata", {"name": "others.broken.example.com"}),
    "no versions": ("versions", []),
    "two that are stored": ("versions", "twice"),
    "no schema": ("schema", None),
    "a schema that is not structural": ("schema", {"openAPIV3Schema": {"type": "object", "properties": {"a": {}}}}),
    "an unknown scope": ("scope", "Everywhere"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_definitions_are_refused(pair, case):
    field, value = BROKEN[case]
    broken = copy.deepcopy(definition("broken.example.com"))
    if field == "metadata":
        broken["metadata"] = value
    elif field == "schema":
        broken["spec"]["versions"][0]["schema"] = value
    elif value == "twice":
        broken["spec"]["versions"] += [{**broken["spec"]["versions"][0], "name": "v2"}]
    else:
        broken["spec"][field] = value
    refused = pair.each(lambda client: Answer(client.post(CRDS, broken, dryRun="All").status, {}, {}))
    assert refused.status == 422


def test_objects_go_with_their_definition(pair, namespace):
    group = "going.example.com"
    crd, objects = f"{CRDS}/things.{group}", f"/apis/{group}/v1/namespaces/{namespace}/things"
    for client in (pair.real, pair.sandbox):
        client.apply(crd, definition(group))
        _established(client, crd)
        deadline = time.monotonic() + 20
        while client.post(objects, thing(group)).status != 201:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert client.delete(crd).status == 200
        while client.get(crd).status != 404 or client.get(objects).status != 404:
            assert time.monotonic() < deadline
            time.sleep(0.05)
