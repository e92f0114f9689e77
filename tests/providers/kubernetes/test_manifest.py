"""An object of a cluster through its life, with a plain client of the API as the judge of what there is."""

from __future__ import annotations

import pytest

from providers.contract.errors import AlreadyExists, Failed, Invalid
from tests.providers.aws.support import TurnedClock
from tests.providers.kubernetes.support import KIND, interrupted
from tests.providers.kubernetes.test_plan import path, settings, web, web_path


class TestCreate:
    def test_it_is_applied_as_freehold_and_known_by_its_uid(self, managed, judge, namespace):
        found = managed().create(settings(namespace))

        live = judge.get(path(namespace)).body
        (entry,) = live["metadata"]["managedFields"]
        assert (entry["manager"], entry["operation"]) == ("freehold", "Apply")
        assert found.observed.identity == {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "namespace": namespace,
            "name": "settings",
            "uid": live["metadata"]["uid"],
        }
        assert found.observed.values["object"] == settings(namespace)

    def test_what_the_server_keeps_about_it_is_no_part_of_it(self, managed, namespace):
        found = managed().create(web(namespace, replicas=1))
        assert "status" not in found.observed.values["object"]
        assert {*found.observed.values["object"]["metadata"]} == {"name", "namespace"}

    def test_a_deployment_is_waited_for(self, managed, judge, namespace):
        managed().create(web(namespace, replicas=2))
        assert judge.get(web_path(namespace)).body["status"]["availableReplicas"] == 2

    def test_what_is_not_ready_in_time_is_an_error_that_keeps_it(self, managed, namespace):
        clock = TurnedClock()
        paused = web(namespace, replicas=2, paused=True)
        with pytest.raises(Failed) as caught:
            managed(clock=clock).create(paused, timeout=30)
        assert caught.value.summary == "The object is not ready in time"
        # the clock is turned on faster than the controller may get to it
        assert any(
            said in caught.value.detail for said in ("0 of 2 replicas updated", "its controller has not seen it yet")
        )
        assert "wait = false" in caught.value.advice
        assert caught.value.observed.identity["name"] == "web"
        assert 30 <= clock.time < 40

    def test_a_wait_ends_when_it_is_given_up(self, managed, namespace):
        with pytest.raises(Failed) as caught:
            managed(clock=TurnedClock(), cancelled=interrupted()).create(web(namespace, replicas=2, paused=True))
        assert caught.value.summary == "Waiting was given up"
        assert caught.value.observed is not None

    def test_without_wait_nothing_is_waited_for(self, managed, namespace):
        clock = TurnedClock()
        managed(clock=clock).create(web(namespace, replicas=2, paused=True), wait=False)
        assert clock.slept == []

    def test_the_users_own_rule_of_readiness_goes_before_ours(self, managed, namespace):
        with pytest.raises(Failed) as caught:
            managed(clock=TurnedClock()).create(settings(namespace), ready={"condition": "Ripe"}, timeout=5)
        assert "its condition Ripe is not there yet" in caught.value.detail

    def test_what_somebody_made_since_the_plan_is_not_taken(self, managed, judge, namespace):
        found = managed()
        planned = found.planned(settings(namespace))
        judge.apply(path(namespace), settings(namespace, a="9"), manager="somebody")
        with pytest.raises(AlreadyExists):
            KIND.create(found.client, planned.values, planned.values, found.call)
        assert judge.get(path(namespace)).body["data"] == {"a": "9"}

    def test_a_kind_that_was_defined_just_now_is_waited_for(self, managed, judge, namespace):
        group = f"{namespace}.example.com"
        version = {
            "name": "v1",
            "served": True,
            "storage": True,
            "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
        }
        definition = {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"lamps.{group}"},
            "spec": {
                "group": group,
                "scope": "Namespaced",
                "names": {"plural": "lamps", "singular": "lamp", "kind": "Lamp"},
                "versions": (version,),
            },
        }
        lamp = {"apiVersion": f"{group}/v1", "kind": "Lamp", "metadata": {"name": "a", "namespace": namespace}}
        made = managed()
        planned = made.planned(lamp)
        managed().create(definition)
        KIND.create(made.client, planned.values, planned.values, made.call)
        assert judge.get(f"/apis/{group}/v1/namespaces/{namespace}/lamps/a").status == 200


class TestRead:
    def test_one_list_for_all_of_a_kind_in_a_namespace(self, managed, client, pool, namespace):
        made = [managed().create(settings(namespace, name)).observed for name in ("a", "b", "c")]
        pool.requests.clear()
        assert [found.identity["name"] for found in KIND.read(client, made)] == ["a", "b", "c"]
        assert len(pool.requests) == 1

    def test_one_list_for_a_kind_in_many_namespaces(self, managed, client, pool, judge, namespace):
        names = [f"{namespace}-{letter}" for letter in "abcd"]
        for name in names:
            judge.post("/api/v1/namespaces", {"metadata": {"name": name}})
        made = [managed().create(settings(name)).observed for name in names]
        pool.requests.clear()
        assert [found.identity["namespace"] for found in KIND.read(client, made)] == names
        assert [request[:2] for request in pool.requests] == [("GET", "/api/v1/configmaps")]

    def test_what_was_deleted_is_gone(self, managed, judge, namespace):
        found = managed().create(settings(namespace))
        judge.delete(path(namespace))
        assert found.read() is None

    def test_another_object_of_the_same_name_is_not_it(self, managed, judge, namespace):
        found = managed().create(settings(namespace))
        judge.delete(path(namespace))
        judge.apply(path(namespace), settings(namespace))
        assert found.read() is None


class TestUpdate:
    def test_what_is_no_longer_in_the_manifest_goes(self, managed, judge, namespace):
        found = managed().create(settings(namespace, a="1", b="1")).refresh()
        found.update(settings(namespace, a="2"))
        assert judge.get(path(namespace)).body["data"] == {"a": "2"}
        assert found.refresh().planned(settings(namespace, a="2")).values == found.observed.values

    def test_another_object_of_the_same_name_is_not_changed(self, managed, judge, namespace):
        found = managed().create(settings(namespace)).refresh()
        planned = found.planned(settings(namespace, a="2"))
        judge.delete(path(namespace))
        judge.apply(path(namespace), settings(namespace), manager="freehold")
        with pytest.raises(Invalid):
            KIND.update(found.client, found.observed, planned.values, planned.values, found.call)
        assert judge.get(path(namespace)).body["data"] == {"a": "1"}


class TestDelete:
    def test_it_is_gone_and_gone_is_success(self, managed, judge, namespace):
        found = managed().create(settings(namespace))
        found.delete()
        assert judge.get(path(namespace)).status == 404
        found.delete()

    def test_another_object_of_the_same_name_stays(self, managed, judge, namespace):
        found = managed().create(settings(namespace))
        judge.delete(path(namespace))
        judge.apply(path(namespace), settings(namespace))
        found.delete()
        assert judge.get(path(namespace)).status == 200

    def test_what_a_workload_made_goes_before_it(self, managed, judge, namespace):
        found = managed().create(web(namespace, replicas=2))
        found.delete()
        assert judge.get(web_path(namespace)).status == 404
        assert judge.get(f"/api/v1/namespaces/{namespace}/pods").body["items"] == []

    def test_what_holds_it_is_told(self, managed, judge, namespace):
        found = managed(clock=TurnedClock()).create(settings(namespace))
        judge.patch(path(namespace), {"metadata": {"finalizers": ["example.com/hold"]}})
        with pytest.raises(Failed) as caught:
            found.delete()
        assert "held by its finalizers: example.com/hold" in caught.value.detail
        judge.patch(path(namespace), {"metadata": {"finalizers": None}})

    @pytest.mark.parametrize("name", ["default", "kube-system", "kube-public", "kube-node-lease"])
    def test_the_namespaces_of_every_cluster_are_never_deleted(self, managed, pool, judge, name):
        found = managed().create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}, adopt=True)
        found.delete()
        assert pool.count("DELETE") == 0
        assert judge.get(f"/api/v1/namespaces/{name}").status == 200

    def test_its_name_is_free_for_a_new_one(self, managed, judge, namespace):
        managed().create(settings(namespace)).delete()
        managed().create(settings(namespace, a="2"))
        assert judge.get(path(namespace)).body["data"] == {"a": "2"}


class TestFind:
    def test_what_a_lost_create_left_is_found(self, managed, namespace):
        found = managed().create(settings(namespace))
        planned = {**KIND.schema.empty, "manifest": settings(namespace)}
        assert KIND.find(found.client, planned, found.call).identity == found.observed.identity

    def test_nothing_where_nothing_is(self, managed, client, namespace):
        planned = {**KIND.schema.empty, "manifest": settings(namespace)}
        assert KIND.find(client, planned, managed().call) is None

    def test_somebody_elses_is_not_ours(self, managed, client, judge, namespace):
        judge.apply(path(namespace), settings(namespace), manager="somebody")
        planned = {**KIND.schema.empty, "manifest": settings(namespace)}
        assert KIND.find(client, planned, managed().call) is None


class TestImport:
    def test_by_the_id_that_terraforms_provider_takes(self, client, judge, namespace):
        judge.apply(path(namespace), settings(namespace))
        found = KIND.found_by_id(client, f"apiVersion=v1,kind=ConfigMap,namespace={namespace},name=settings", {})
        assert found.identity["uid"] == judge.get(path(namespace)).body["metadata"]["uid"]
        assert found.values["object"] == settings(namespace)

    def test_what_is_not_there(self, client, namespace):
        assert KIND.found_by_id(client, f"apiVersion=v1,kind=ConfigMap,namespace={namespace},name=a", {}) is None

    @pytest.mark.parametrize("id", ["settings", "apiVersion=v1,kind=ConfigMap", "apiVersion=v1,kind=A,name=a,uid=b"])
    def test_ids_of_another_form(self, client, id):
        with pytest.raises(Invalid, match="Invalid import id"):
            KIND.found_by_id(client, id, {})


def test_the_data_of_secrets_is_sensitive_and_leaves_no_digest(managed, namespace):
    manifest = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s", "namespace": namespace},
        "data": {"a": "MQ=="},
        "stringData": {"b": "2"},
    }
    found = managed().create(manifest)
    assert {*KIND.sensitive_paths(found.observed.values)} == {
        ("manifest", "data", "a"),
        ("manifest", "stringData", "b"),
        ("object", "data", "a"),
        ("object", "data", "b"),
    }
    assert not {*found.observed.private.values()} - {""}
    assert not {*found.read().private.values()} - {""}


@pytest.mark.parametrize(
    ("api_version", "kind", "spec", "holds"),
    [
        ("v1", "PersistentVolumeClaim", {}, True),
        ("v1", "PersistentVolume", {}, True),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition", {}, True),
        ("apps/v1", "StatefulSet", {"volumeClaimTemplates": ({"metadata": {"name": "d"}},)}, True),
        ("apps/v1", "StatefulSet", {}, False),
        ("v1", "ConfigMap", {}, False),
        ("example.com/v1", "PersistentVolumeClaim", {}, False),
    ],
)
def test_what_holds_data(api_version, kind, spec, holds):
    manifest = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}, "spec": spec}
    assert KIND.holds_data_in({"manifest": manifest}) is holds
