"""Deletion: preconditions, finalizers, propagation and namespaces, as Kubernetes documents them ("Garbage Collection",
"Finalizers", "Namespaces") and words them (apimachinery's storage, the namespace controller)."""

from __future__ import annotations

import pytest

from tests.conformance.kubernetes.protocol.objects import collection, config_map, deployment, path_of
from tests.sandbox.support import eventually

ANOTHER = "11111111-1111-1111-1111-111111111111"


@pytest.fixture
def path(client, namespace):
    """The path of a ConfigMap that is there."""
    client.apply(path_of(config_map(), namespace), config_map(a="1"))
    return path_of(config_map(), namespace)


@pytest.fixture
def held(client, namespace):
    """The path of a ConfigMap with a finalizer."""
    value = config_map("held")
    value["metadata"]["finalizers"] = ["example.com/hold"]
    client.apply(path_of(value, namespace), value)
    return path_of(value, namespace)


def gone(client, path):
    return eventually(lambda: client.get(path).status == 404)


class TestPreconditions:
    def test_the_answer_names_what_went(self, client, path):
        uid = client.get(path).body["metadata"]["uid"]
        answer = client.delete(path, {"preconditions": {"uid": uid}})
        assert (answer.body["kind"], answer.body["status"]) == ("Status", "Success")
        assert answer.body["details"] == {"name": "c", "kind": "configmaps", "uid": uid}
        assert client.delete(path).status == 404

    @pytest.mark.parametrize(
        ("given", "word", "happened"),
        [
            ({"uid": ANOTHER}, "UID", "deleted and then recreated"),
            ({"resourceVersion": "1"}, "ResourceVersion", "modified"),
        ],
    )
    def test_another_object_is_not_deleted(self, client, path, given, word, happened):
        refused = client.delete(path, {"preconditions": given})

        assert (refused.status, refused.body["reason"]) == (409, "Conflict")
        assert f"the {word} in the precondition ({next(iter(given.values()))})" in refused.body["message"]
        assert refused.body["message"].endswith(f"The object might have been {happened}")
        assert refused.body["details"] == {"name": "c", "kind": "ConfigMap"}
        assert client.get(path).status == 200

    def test_a_dry_run_deletes_nothing(self, client, path):
        assert client.delete(path, dryRun="All").status == 200
        assert client.get(path).status == 200

    def test_an_unknown_propagation_is_refused(self, client, path):
        refused = client.delete(path, {"propagationPolicy": "Sideways"})
        assert refused.status == 422
        assert 'supported values: "Foreground", "Background", "Orphan", "nil"' in refused.body["message"]


class TestFinalizers:
    def test_what_is_held_is_only_marked_until_it_is_let_go(self, client, held):
        answer = client.delete(held)
        assert answer.body["metadata"]["deletionTimestamp"]
        assert answer.body["metadata"]["deletionGracePeriodSeconds"] == 0
        assert client.get(held).status == 200
        client.patch(held, {"metadata": {"finalizers": None}})
        assert client.get(held).status == 404

    def test_what_is_going_takes_no_new_ones(self, client, held):
        client.delete(held)
        both = ["example.com/hold", "example.com/more"]
        refused = client.patch(held, {"metadata": {"finalizers": both}})
        cause = refused.body["details"]["causes"][0]
        assert cause["field"] == "metadata.finalizers"
        assert cause["message"] == (
            "Forbidden: no new finalizers can be added if the object is being deleted, "
            'found new finalizers []string{"example.com/more"}'
        )

    def test_deleting_it_again_changes_nothing(self, client, held):
        before = client.delete(held).body
        assert client.delete(held).body == before


class TestPropagation:
    @pytest.fixture
    def owned(self, client, namespace, path):
        """The path of a ConfigMap that the first one owns."""
        value = config_map("owned")
        uid = client.get(path).body["metadata"]["uid"]
        reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "c", "uid": uid, "blockOwnerDeletion": True}
        value["metadata"]["ownerReferences"] = [reference]
        assert client.post(collection(value, namespace), value).status == 201
        return path_of(value, namespace)

    @pytest.mark.parametrize("policy", ["Background", "Foreground"])
    def test_what_is_owned_goes_along(self, client, path, owned, policy):
        assert client.delete(path, {"propagationPolicy": policy}).status == 200
        assert gone(client, owned)
        assert gone(client, path)

    def test_in_the_foreground_the_owner_waits_for_what_it_owns(self, client, path, owned):
        client.patch(owned, {"metadata": {"finalizers": ["example.com/hold"]}})

        client.delete(path, {"propagationPolicy": "Foreground"})

        eventually(lambda: client.get(owned).body["metadata"].get("deletionTimestamp"))
        assert client.get(path).body["metadata"]["finalizers"] == ["foregroundDeletion"]
        client.patch(owned, {"metadata": {"finalizers": None}})
        assert gone(client, path)

    def test_orphans_stay_and_lose_their_owner(self, client, path, owned):
        client.delete(path, {"propagationPolicy": "Orphan"})
        assert gone(client, path)
        assert "ownerReferences" not in client.get(owned).body["metadata"]

    def test_an_owner_that_never_was_takes_its_own_along(self, client, namespace):
        value = config_map("owned")
        reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "none", "uid": ANOTHER}
        value["metadata"]["ownerReferences"] = [reference]
        client.post(collection(value, namespace), value)
        assert gone(client, path_of(value, namespace))

    def test_a_deployment_takes_its_pods_along(self, client, namespace):
        path, pods = path_of(deployment(), namespace), f"/api/v1/namespaces/{namespace}/pods"
        client.apply(path, deployment(paused=False, replicas=2))
        eventually(lambda: client.get(path).body.get("status", {}).get("availableReplicas") == 2)
        client.delete(path, {"propagationPolicy": "Foreground"})
        assert gone(client, path)
        assert client.get(pods).body["items"] == []


class TestNamespaces:
    def test_it_takes_its_contents_along(self, client, namespace, path):
        client.delete(f"/api/v1/namespaces/{namespace}")
        assert gone(client, f"/api/v1/namespaces/{namespace}")
        assert client.get(path).status == 404

    def test_it_says_what_keeps_it(self, client, namespace, held):
        whole = f"/api/v1/namespaces/{namespace}"
        client.delete(whole)

        def told():
            found = client.get(whole).body["status"].get("conditions", [])
            return {condition["type"]: condition["message"] for condition in found if condition["status"] == "True"}

        assert eventually(told) == {
            "NamespaceContentRemaining": "Some resources are remaining: configmaps. has 1 resource instances",
            "NamespaceFinalizersRemaining": "Some content in the namespace has finalizers remaining: "
            "example.com/hold in 1 resource instances",
        }
        assert client.get(whole).body["status"]["phase"] == "Terminating"
        client.patch(held, {"metadata": {"finalizers": None}})
        assert gone(client, whole)

    def test_nothing_is_made_in_one_that_goes(self, client, namespace, held):
        client.delete(f"/api/v1/namespaces/{namespace}")
        refused = client.post(collection(config_map(), namespace), config_map("late"))
        assert (refused.status, refused.body["details"]["causes"][0]["reason"]) == (403, "NamespaceTerminating")
        assert (
            f"unable to create new content in namespace {namespace} because it is being terminated"
            in (refused.body["message"])
        )
        client.patch(held, {"metadata": {"finalizers": None}})

    @pytest.mark.parametrize("name", ["default", "kube-system", "kube-public"])
    def test_those_that_every_cluster_has_stay(self, client, name):
        refused = client.delete(f"/api/v1/namespaces/{name}")
        assert refused.status == 403
        assert refused.body["message"] == f'namespaces "{name}" is forbidden: this namespace may not be deleted'


def test_a_collection_by_label(client, namespace):
    for name, label in (("a", "x"), ("b", "x"), ("d", "y")):
        value = config_map(name)
        value["metadata"]["labels"] = {"which": label}
        client.apply(path_of(value, namespace), value)
    where = collection(config_map(), namespace)
    client.delete(where, labelSelector="which=x")
    assert [item["metadata"]["name"] for item in client.get(where, labelSelector="which").body["items"]] == ["d"]
