"""Server-side apply: who owns what, conflicts, removal, lists by key, and what is refused."""

from __future__ import annotations

import pytest

from tests.conformance.kubernetes.protocol.objects import config_map, deployment, path_of, secret, service, workload
from tools.control_plane.client import APPLY, MERGE


def test_create_owns_what_was_applied(pair, namespace):
    answer = pair.apply(path_of(config_map(), namespace), config_map(a="1", b="2"))

    assert answer.status == 201
    (entry,) = answer.body["metadata"]["managedFields"]
    assert entry["fieldsV1"] == {"f:data": {"f:a": {}, "f:b": {}}}


def test_yaml_is_taken_as_well_as_json(pair, namespace):
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  text: |\n    a\n    b\n"
    assert pair.apply(path_of(config_map(), namespace), text).body["data"] == {"text": "a\nb\n"}


def test_nothing_new_keeps_the_version(pair, namespace):
    path = path_of(config_map(), namespace)  # which no controller changes meanwhile
    pair.apply(path, config_map(a="1"))

    def unchanged(client):
        before = client.get(path).body["metadata"]
        after = client.apply(path, config_map(a="1"))
        assert after.body["metadata"]["resourceVersion"] == before["resourceVersion"]
        assert after.body["metadata"]["managedFields"] == before["managedFields"]
        return after

    assert pair.each(unchanged).status == 200


def test_a_field_no_longer_applied_goes(pair, namespace):
    path = path_of(config_map(), namespace)
    pair.apply(path, config_map(a="1", b="2"))
    assert pair.apply(path, config_map(a="1")).body["data"] == {"a": "1"}


def test_a_field_with_a_default_goes_back_to_it(pair, namespace):
    path = path_of(deployment(), namespace)
    pair.apply(path, deployment(replicas=3, minReadySeconds=5))
    spec = pair.apply(path, deployment()).body["spec"]
    assert spec["replicas"] == 1
    assert "minReadySeconds" not in spec


def test_a_field_of_another_manager_conflicts(pair, namespace):
    path = path_of(config_map(), namespace)
    pair.apply(path, config_map(a="1"), manager="one")

    refused = pair.apply(path, config_map(a="2"), manager="two")

    assert refused.status == 409
    assert refused.body["details"]["causes"][0]["field"] == ".data.a"


def test_several_conflicts_are_told_together(pair, namespace):
    path = path_of(deployment(), namespace)
    pair.apply(path, deployment(replicas=1, minReadySeconds=1), manager="one")
    pair.apply(path, {**deployment(), "spec": {"revisionHistoryLimit": 3}}, manager="two")
    changed = deployment("w", {"name": "main", "image": "other"}, replicas=2, revisionHistoryLimit=4)
    refused = pair.apply(path, changed, manager="three")
    assert len(refused.body["details"]["causes"]) == 3


@pytest.mark.parametrize("manager", ["kubectl-edit", "kubectl"])
def test_a_field_that_somebody_updated_conflicts(pair, namespace, manager):
    path = path_of(config_map(), namespace)
    pair.apply(path, config_map(a="1"))
    pair.patch(path, {"data": {"a": "2"}}, fieldManager=manager)
    refused = pair.apply(path, config_map(a="1"))
    assert f'conflict with "{manager}"' in refused.body["message"]


def test_force_takes_the_field_over(pair, namespace):
    path = path_of(config_map(), namespace)
    pair.apply(path, config_map(a="1", b="1"), manager="one")
    taken = pair.apply(path, config_map(a="2"), manager="two", force="true").body
    assert taken["data"] == {"a": "2", "b": "1"}


def test_the_same_value_is_shared(pair, namespace):
    path = path_of(config_map(), namespace)
    pair.apply(path, config_map(a="1"), manager="one")
    shared = pair.apply(path, config_map(a="1"), manager="two").body["metadata"]["managedFields"]
    assert {entry["manager"] for entry in shared} == {"one", "two"}
    assert pair.apply(path, config_map(), manager="one").body["data"] == {"a": "1"}
    assert "data" not in pair.apply(path, config_map(), manager="two").body


def test_list_elements_are_found_by_their_keys(pair, namespace):
    path = path_of(deployment(), namespace)
    one, two = {"name": "one", "image": "i"}, {"name": "two", "image": "j"}
    pair.apply(path, deployment("w", one), manager="one")
    both = pair.apply(path, deployment("w", two), manager="two").body
    assert [c["name"] for c in both["spec"]["template"]["spec"]["containers"]] == ["one", "two"]

    ports = {**one, "ports": [{"containerPort": 80}, {"containerPort": 80, "protocol": "UDP"}]}
    pair.apply(path, deployment("w", ports), manager="one")
    left = pair.apply(
        path, deployment("w", {**one, "ports": [{"containerPort": 80, "protocol": "UDP"}]}), manager="one"
    )
    assert len(left.body["spec"]["template"]["spec"]["containers"][0]["ports"]) == 1


def test_the_order_of_a_list_by_key_follows_who_applies(pair, namespace):
    path = path_of(deployment(), namespace)
    names = [{"name": name, "image": "i"} for name in "abc"]
    pair.apply(path, deployment("w", *names))
    turned = pair.apply(path, deployment("w", *reversed(names))).body
    assert [c["name"] for c in turned["spec"]["template"]["spec"]["containers"]] == ["c", "b", "a"]


def test_environment_variables_are_owned_one_by_one(pair, namespace):
    path = path_of(deployment(), namespace)
    main = {"name": "main", "image": "i"}
    pair.apply(path, deployment("w", {**main, "env": [{"name": "A", "value": "1"}]}), manager="one")
    pair.apply(path, deployment("w", {"name": "main", "env": [{"name": "B", "value": "2"}]}), manager="two")
    left = pair.apply(path, deployment("w", main), manager="one").body["spec"]["template"]["spec"]["containers"][0]
    assert left["env"] == [{"name": "B", "value": "2"}]


def test_sets_are_merged(pair, namespace):
    path = path_of(config_map(), namespace)
    one = config_map()
    one["metadata"]["finalizers"] = ["example.com/a"]
    two = config_map()
    two["metadata"]["finalizers"] = ["example.com/b"]
    pair.apply(path, one, manager="one")
    assert len(pair.apply(path, two, manager="two").body["metadata"]["finalizers"]) == 2
    assert pair.apply(path, config_map(), manager="one").body["metadata"]["finalizers"] == ["example.com/b"]
    assert pair.apply(path, config_map(), manager="two").status == 200


def test_atomic_lists_are_owned_whole(pair, namespace):
    path = path_of(deployment(), namespace)
    main = {"name": "main", "image": "i", "args": ["a", "b"]}
    pair.apply(path, deployment("w", main), manager="one")
    refused = pair.apply(path, deployment("w", {**main, "args": ["a"]}), manager="two")
    assert refused.body["details"]["causes"][0]["field"].endswith(".args")


def test_metadata_is_owned_by_name(pair, namespace):
    path = path_of(config_map(), namespace)
    marked = config_map()
    marked["metadata"] |= {"labels": {"app.kubernetes.io/name": "x"}, "annotations": {"example.com/a": "1"}}
    pair.apply(path, marked)
    other = config_map()
    other["metadata"]["labels"] = {"app.kubernetes.io/name": "y"}
    refused = pair.apply(path, other, manager="two")
    assert refused.body["details"]["causes"][0]["field"] == ".metadata.labels.app.kubernetes.io/name"


def test_dry_run_tells_and_writes_nothing(pair, namespace):
    path = path_of(deployment(), namespace)
    assert pair.apply(path, deployment(), dryRun="All").status == 201
    assert pair.get(path).status == 404
    pair.apply(path, deployment(replicas=1))
    assert pair.apply(path, deployment(replicas=5), dryRun="All").body["spec"]["replicas"] == 5
    assert pair.get(path).body["spec"]["replicas"] == 1


def test_quantities_are_written_the_servers_way(pair, namespace):
    given = {"cpu": "1000m", "memory": "0.5Gi", "ephemeral-storage": "1024Mi"}
    main = {"name": "main", "image": "i", "resources": {"requests": given, "limits": {"cpu": "1.5", "memory": "1e9"}}}
    path = path_of(deployment(), namespace)
    made = pair.apply(path, deployment("w", main)).body["spec"]["template"]["spec"]["containers"][0]["resources"]
    assert made["requests"] == {"cpu": "1", "memory": "512Mi", "ephemeral-storage": "1Gi"}
    pair.apply(path, deployment("w", main))


def test_the_same_quantity_in_other_words_conflicts_all_the_same(pair, namespace):
    path = path_of(deployment(), namespace)

    def with_cpu(cpu):
        return deployment("w", {"name": "main", "image": "i", "resources": {"requests": {"cpu": cpu}}})

    pair.apply(path, with_cpu("1"), manager="one")
    pair.apply(path, with_cpu("1000m"), manager="two")


def test_string_data_becomes_data(pair, namespace):
    path = path_of(secret(), namespace)
    made = pair.apply(path, secret(stringData={"password": "x"}, data={"user": "eA=="})).body
    assert made["data"] == {"password": "eA==", "user": "eA=="}
    pair.apply(path, secret(stringData={"password": "y"}, data={"user": "eA=="}))
    pair.apply(path, secret(data={"user": "eA=="}))


def test_ports_of_services(pair, namespace):
    path = path_of(service(), namespace)
    pair.apply(path, service(ports=[{"name": "http", "port": 80}]))
    pair.apply(path, service(ports=[{"name": "http", "port": 80}, {"name": "tls", "port": 443, "targetPort": "tls"}]))
    changed = pair.apply(path, service(ports=[{"name": "tls", "port": 443, "targetPort": "tls"}])).body
    assert [port["port"] for port in changed["spec"]["ports"]] == [443]


def test_after_an_update_the_updater_owns_what_it_changed(pair, namespace):
    path = path_of(deployment(), namespace)
    pair.apply(path, deployment(replicas=1, minReadySeconds=3))
    pair.patch(path, {"spec": {"replicas": 4}}, fieldManager="kubectl-scale")
    owned = pair.get(path).body["metadata"]["managedFields"]
    assert {entry["manager"] for entry in owned} >= {"tester", "kubectl-scale"}
    given_up = {**deployment(minReadySeconds=3)}
    assert pair.apply(path, given_up).body["spec"]["replicas"] == 4


def test_scale_is_owned_through_its_subresource(pair, namespace):
    path = path_of(deployment(), namespace)
    pair.apply(path, deployment(replicas=1))
    pair.settled(path, lambda body: len(body.get("status", {}).get("conditions", ())) == 2)
    scale = {"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": {"name": "w"}, "spec": {"replicas": 3}}

    def scaled(client):
        found = client.get(f"{path}/scale").body
        return client.put(f"{path}/scale", {**found, "spec": scale["spec"]}, fieldManager="autoscaler")

    assert pair.each(scaled).body["spec"]["replicas"] == 3
    entries = pair.get(path).body["metadata"]["managedFields"]
    assert any(entry.get("subresource") == "scale" for entry in entries)
    assert pair.apply(path, deployment(replicas=1)).status == 409


def test_a_version_makes_an_apply_conditional(pair, namespace):
    path = path_of(config_map(), namespace)
    pair.apply(path, config_map(a="1"))
    stale = config_map(a="2")
    stale["metadata"]["resourceVersion"] = "1"
    assert pair.apply(path, stale).status == 409


def test_an_apply_with_a_uid_is_only_for_that_object(pair, namespace):
    path = path_of(config_map(), namespace)
    other = config_map(a="2")
    other["metadata"]["uid"] = "11111111-1111-1111-1111-111111111111"
    assert pair.apply(path, other).status == 409
    pair.apply(path, config_map(a="1"))
    assert pair.apply(path, other).status == 422


REFUSED = {
    "no manager": (config_map(), {"fieldManager": None}),
    "manager too long": (config_map(), {"fieldManager": "m" * 129}),
    "managedFields": ({**config_map(), "metadata": {"name": "c", "managedFields": [{"manager": "x"}]}}, {}),
    "another name": (config_map("other"), {}),
    "another namespace": ({**config_map(), "metadata": {"name": "c", "namespace": "other"}}, {}),
    "another kind": ({**config_map(), "kind": "Secret"}, {}),
    "another version": ({**config_map(), "apiVersion": "v2"}, {}),
    "no kind": ({"apiVersion": "v1", "metadata": {"name": "c"}}, {}),
    "no version": ({"kind": "ConfigMap", "metadata": {"name": "c"}}, {}),
    "an unknown field": ({**config_map(), "dota": {}}, {"fieldValidation": "Strict"}),
    "an unknown field, by default": ({**config_map(), "dota": {}}, {}),
    "a number for a text": ({**config_map(), "data": {"a": 1}}, {}),
    "a list for a map": ({**config_map(), "data": ["a"]}, {}),
    "a null value": ({**config_map(), "data": {"a": None}}, {}),
    "not a map": ("- a\n", {}),
    "no YAML": ("a: b: c", {}),
    "unknown dry run": (config_map(), {"dryRun": "Some"}),
    "force spelt wrong": (config_map(), {"force": "maybe"}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_apply_refuses(pair, namespace, case):
    body, query = REFUSED[case]
    query = {"fieldManager": "tester", **query}
    pair.patch(path_of(config_map(), namespace), body, APPLY, **query)


REFUSED_DEPLOYMENTS = {
    "a text for a number": {"replicas": "many"},
    "a fraction": {"replicas": 1.5},
    "a negative number": {"replicas": -1},
    "an unknown field": {"replica": 1},
    "a map for a list": {"template": {"spec": {"containers": {"name": "x"}}}},
    "elements without their key": {"template": {"spec": {"containers": [{"image": "x"}]}}},
    "the same key twice": {"template": {"spec": {"containers": [{"name": "x"}, {"name": "x"}]}}},
    "an unknown strategy": {"strategy": {"type": "Sideways"}},
}


@pytest.mark.parametrize("case", REFUSED_DEPLOYMENTS)
def test_what_apply_refuses_of_deployments(pair, namespace, case):
    path = path_of(deployment(), namespace)
    made = deployment()
    made["spec"] |= REFUSED_DEPLOYMENTS[case]
    assert pair.apply(path, made).status >= 400


def test_force_is_for_apply_alone(pair, namespace):
    path = path_of(config_map(), namespace)
    pair.apply(path, config_map())
    assert pair.patch(path, {"data": {"a": "1"}}, MERGE, force="true").status >= 400


def test_apply_into_a_missing_namespace(pair):
    assert pair.apply("/api/v1/namespaces/missing/configmaps/c", config_map()).status == 404


def test_apply_of_a_created_object_shares_it(pair, namespace):
    made = workload("Deployment", "w", paused=True, replicas=2)
    pair.post(f"/apis/apps/v1/namespaces/{namespace}/deployments", made, fieldManager="creator")
    path = path_of(made, namespace)
    assert pair.apply(path, made).status == 200
    assert pair.apply(path, deployment(replicas=3)).status == 409
    assert pair.apply(path, deployment(replicas=3), force="true").status == 200


def test_a_last_applied_annotation_hands_over_from_kubectl(pair, namespace):
    made = config_map(a="1", b="2")
    last = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"a":"1","b":"2"}}'
    made["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": last}
    pair.post(f"/api/v1/namespaces/{namespace}/configmaps", made, fieldManager="kubectl-client-side-apply")
    path = path_of(made, namespace)
    answer = pair.apply(path, config_map(a="3"), manager="kubectl")
    assert answer.status == 200
