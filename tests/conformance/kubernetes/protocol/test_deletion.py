"""Deletion: preconditions, finalizers, what goes along, and namespaces that terminate."""

from __future__ import annotations

import time

import pytest

from tests.conformance.kubernetes.protocol.objects import collection, config_map, deployment, path_of

WITHIN = 30.0


def _gone(pair, path):
    """Whether both servers lose it soon."""
    deadline = time.monotonic() + WITHIN
    for client in (pair.real, pair.sandbox):
        while client.get(path).status != 404:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
    return True


@pytest.fixture
def made(pair, namespace):
    """The path of a ConfigMap."""
    pair.apply(path_of(config_map(), namespace), config_map(a="1"))
    return path_of(config_map(), namespace)


def test_the_answer_is_a_status_with_details(pair, made):
    answer = pair.delete(made)
    assert answer.body["kind"] == "Status"
    assert answer.body["details"]["kind"] == "configmaps"
    assert pair.get(made).status == 404
    assert pair.delete(made).status == 404


def test_a_dry_run_deletes_nothing(pair, made):
    assert pair.delete(made, dryRun="All").status == 200
    assert pair.get(made).status == 200


def test_only_the_object_with_that_uid(pair, made):
    wrong = {"preconditions": {"uid": "11111111-1111-1111-1111-111111111111"}}
    assert pair.delete(made, wrong).status == 409
    right = pair.each(lambda client: client.delete(made, {"preconditions": {"uid": _uid(client, made)}}))
    assert right.status == 200


def test_only_that_version_of_the_object(pair, made):
    assert pair.delete(made, {"preconditions": {"resourceVersion": "1"}}).status == 409
    assert pair.get(made).status == 200


def test_a_finalizer_keeps_it_until_it_is_taken_out(pair, namespace):
    held = config_map(a="1")
    held["metadata"]["finalizers"] = ["example.com/hold"]
    path = path_of(held, namespace)
    pair.apply(path, held)

    assert pair.delete(path).status == 200
    assert pair.get(path).body["metadata"]["deletionTimestamp"]
    assert pair.delete(path).status == 200
    more = config_map(a="1")
    more["metadata"]["finalizers"] = ["example.com/hold", "example.com/more"]
    assert pair.apply(path, more).status == 422
    pair.patch(path, {"metadata": {"finalizers": None}})
    assert pair.get(path).status == 404


def test_a_collection_by_label(pair, namespace):
    for name, label in (("a", "x"), ("b", "x"), ("c", "y")):
        value = config_map(name)
        value["metadata"]["labels"] = {"which": label}
        pair.apply(path_of(value, namespace), value)
    where = collection(config_map(), namespace)
    pair.delete(where, labelSelector="which=x")
    assert [item["metadata"]["name"] for item in pair.get(where, labelSelector="which").body["items"]] == ["c"]


@pytest.mark.parametrize("policy", ["Background", "Foreground"])
def test_what_an_owner_owns_goes_along(pair, namespace, policy):
    owned = _owned(pair, namespace)
    owner = path_of(config_map("owner"), namespace)
    assert pair.delete(owner, {"propagationPolicy": policy}).status == 200
    assert _gone(pair, owned)
    assert _gone(pair, owner)


def test_orphans_stay(pair, namespace):
    owned = _owned(pair, namespace)
    owner = path_of(config_map("owner"), namespace)
    pair.delete(owner, {"propagationPolicy": "Orphan"})
    assert _gone(pair, owner)
    for client in (pair.real, pair.sandbox):
        found = client.get(owned)
        assert found.status == 200
        assert not found.body["metadata"].get("ownerReferences")


def test_an_unknown_policy(pair, made):
    assert pair.delete(made, {"propagationPolicy": "Sideways"}).status == 422


def test_what_a_deployment_made_goes_along(pair, namespace):
    path = path_of(deployment(), namespace)
    pair.apply(path, deployment(paused=False, replicas=1))
    sets = collection({"apiVersion": "apps/v1", "kind": "ReplicaSet"}, namespace)
    for client in (pair.real, pair.sandbox):
        deadline = time.monotonic() + WITHIN
        while not client.get(sets).body["items"]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    for client in (pair.real, pair.sandbox):
        client.delete(path, {"propagationPolicy": "Foreground"})
    assert _gone(pair, path)
    for client in (pair.real, pair.sandbox):
        assert client.get(sets).body["items"] == []


def test_a_namespace_takes_its_contents_with_it(pair, namespace):
    held = config_map(a="1")
    held["metadata"]["finalizers"] = ["example.com/hold"]
    path = path_of(held, namespace)
    pair.apply(path, held)
    pair.apply(path_of(config_map("other"), namespace), config_map("other"))
    whole = f"/api/v1/namespaces/{namespace}"

    for client in (pair.real, pair.sandbox):
        assert client.delete(whole).status == 200
        assert client.get(whole).body["status"]["phase"] == "Terminating"

    refused = pair.post(collection(config_map(), namespace), config_map("late"))
    assert refused.status == 403
    assert _gone(pair, path_of(config_map("other"), namespace))
    told = pair.settled(whole, lambda body: _conditions(body).get("NamespaceFinalizersRemaining") == "True").body
    assert "example.com/hold in 1 resource instances" in str(told["status"]["conditions"])
    pair.patch(path, {"metadata": {"finalizers": None}})
    assert _gone(pair, whole)


def test_given_namespaces_cannot_go(pair):
    assert pair.delete("/api/v1/namespaces/default").status == 403
    assert pair.delete("/api/v1/namespaces/kube-system").status == 403


def _owned(pair, namespace):
    """The path of a ConfigMap that another one owns."""
    pair.apply(path_of(config_map("owner"), namespace), config_map("owner"))

    def create(client):
        uid = _uid(client, path_of(config_map("owner"), namespace))
        value = config_map("owned")
        owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": uid, "blockOwnerDeletion": True}
        value["metadata"]["ownerReferences"] = [owner]
        return client.post(collection(value, namespace), value)

    assert pair.each(create).status == 201
    return path_of(config_map("owned"), namespace)


def _uid(client, path):
    return client.get(path).body["metadata"]["uid"]


def _conditions(obj):
    """The status of each of its conditions by type."""
    return {condition["type"]: condition["status"] for condition in obj["status"].get("conditions", [])}
