"""Patches of the three kinds that merge, and the subresources for scale and status."""

from __future__ import annotations

import pytest

from tests.conformance.kubernetes.protocol.objects import config_map, deployment, path_of, service
from tools.control_plane.client import JSON_PATCH, MERGE, STRATEGIC

_TEMPLATE = ("spec", "template", "spec")


@pytest.fixture
def web(pair, namespace):
    """The path of a Deployment of two containers."""
    one = {"name": "one", "image": "i", "env": [{"name": "A", "value": "1"}], "args": ["x"]}
    pair.apply(path_of(deployment(), namespace), deployment("w", one, {"name": "two", "image": "j"}))
    return path_of(deployment(), namespace)


def _pod(answer):
    found = answer.body
    for name in _TEMPLATE:
        found = found[name]
    return found


STRATEGIC_CASES = {
    "an element by its key": {"containers": [{"name": "one", "image": "new"}]},
    "a new element": {"containers": [{"name": "three", "image": "k"}]},
    "an element taken out": {"containers": [{"name": "two", "$patch": "delete"}]},
    "an element of an element": {"containers": [{"name": "one", "env": [{"name": "B", "value": "2"}]}]},
    "a list put in its place": {"containers": [{"$patch": "replace"}, {"name": "only", "image": "o"}]},
    "an atomic list": {"containers": [{"name": "one", "args": ["y", "z"]}]},
    "a value taken out": {"terminationGracePeriodSeconds": None},
    "a map put in its place": {"securityContext": {"$patch": "replace", "runAsUser": 5}},
    "an order": {"$setElementOrder/containers": [{"name": "two"}, {"name": "one"}], "containers": []},
}


@pytest.mark.parametrize("case", STRATEGIC_CASES)
def test_strategic(pair, web, case):
    body = {"spec": {"template": {"spec": STRATEGIC_CASES[case]}}}
    assert pair.patch(web, body, STRATEGIC, fieldManager="patcher").status == 200


def test_strategic_finalizers_are_a_set(pair, namespace):
    path = path_of(config_map(), namespace)
    pair.apply(path, config_map())
    pair.patch(path, {"metadata": {"finalizers": ["example.com/a"]}}, STRATEGIC)
    both = pair.patch(path, {"metadata": {"finalizers": ["example.com/b"]}}, STRATEGIC)
    assert len(both.body["metadata"]["finalizers"]) == 2
    taken = {"metadata": {"$deleteFromPrimitiveList/finalizers": ["example.com/a", "example.com/b"]}}
    pair.patch(path, taken, STRATEGIC)


def test_merge_puts_lists_in_the_place_of_lists(pair, web):
    body = {"spec": {"template": {"spec": {"containers": [{"name": "new", "image": "n"}]}}}}
    assert [c["name"] for c in _pod(pair.patch(web, body, MERGE))["containers"]] == ["new"]


JSON_CASES = {
    "add": [{"op": "add", "path": "/data/b", "value": "2"}],
    "replace": [{"op": "replace", "path": "/data/a", "value": "2"}],
    "remove": [{"op": "remove", "path": "/data/a"}],
    "move": [{"op": "move", "from": "/data/a", "path": "/data/b"}],
    "copy": [{"op": "copy", "from": "/data/a", "path": "/data/b"}],
    "a test that holds": [{"op": "test", "path": "/data/a", "value": "1"}],
    "an escaped name": [
        {"op": "add", "path": "/metadata/labels", "value": {}},
        {"op": "add", "path": "/metadata/labels/x.y~1z", "value": "1"},
    ],
}


@pytest.mark.parametrize("case", JSON_CASES)
def test_json(pair, namespace, case):
    path = path_of(config_map(), namespace)
    pair.apply(path, config_map(a="1"))
    assert pair.patch(path, JSON_CASES[case], JSON_PATCH, fieldManager="patcher").status == 200


@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "test", "path": "/data/a", "value": "9"}],
        [{"op": "remove", "path": "/data/none"}],
        [{"op": "replace", "path": "/none/none", "value": 1}],
        [{"op": "turn", "path": "/data"}],
    ],
)
def test_json_that_cannot_be_done(pair, namespace, operations):
    path = path_of(config_map(), namespace)
    pair.apply(path, config_map(a="1"))
    for client in (pair.real, pair.sandbox):
        assert client.patch(path, operations, JSON_PATCH).status in (400, 422)


def test_a_patch_of_what_is_not_there(pair, namespace):
    assert pair.patch(path_of(config_map(), namespace), {}, MERGE).status == 404


def test_an_unknown_kind_of_patch(pair, namespace):
    path = path_of(config_map(), namespace)
    pair.apply(path, config_map(a="1"))
    assert pair.patch(path, {}, "application/json").status == 415


def test_generation_counts_changes_of_the_spec_alone(pair, web):
    assert pair.patch(web, {"metadata": {"labels": {"a": "b"}}}).body["metadata"]["generation"] == 1
    assert pair.patch(web, {"spec": {"minReadySeconds": 5}}).body["metadata"]["generation"] == 2
    assert pair.patch(web, {"spec": {"minReadySeconds": 5}}).body["metadata"]["generation"] == 2


def test_scale(pair, web):
    scaled = pair.patch(f"{web}/scale", {"spec": {"replicas": 0}}, fieldManager="scaler")
    assert scaled.body["spec"] == {} or scaled.body["spec"]["replicas"] == 0
    assert pair.get(web).body["spec"]["replicas"] == 0
    assert pair.get(f"{web}/scale").body["kind"] == "Scale"


def test_status_is_written_through_its_subresource_alone(pair, namespace):
    value = service(type="LoadBalancer", loadBalancerClass="example.com/none")
    path = path_of(value, namespace)
    pair.apply(path, value)
    status = {"loadBalancer": {"ingress": [{"hostname": "a.example.com"}]}}

    def ignored(client):
        client.patch(path, {"status": status, "metadata": {"labels": {"a": "b"}}}, fieldManager="patcher")
        return client.get(path)

    for client in (pair.real, pair.sandbox):
        assert client.patch(f"{path}/status", {"status": status}, fieldManager="cloud").status == 200
        found = client.get(path).body
        assert found["status"]["loadBalancer"]["ingress"][0]["hostname"] == "a.example.com"
        entries = {entry["manager"]: entry.get("subresource") for entry in found["metadata"]["managedFields"]}
        assert entries["cloud"] == "status"
    assert pair.each(ignored).body["metadata"]["labels"] == {"a": "b"}
