"""Server-side apply: expected is what Kubernetes' documentation says of it ("Server-Side Apply"), and its source of
`managedFields` (structured-merge-diff, apimachinery's managed fields)."""

from __future__ import annotations

import pytest

from tests.conformance.kubernetes.protocol.objects import config_map, deployment, path_of, secret, service


@pytest.fixture
def path(namespace):
    return path_of(config_map(), namespace)


@pytest.fixture
def web(namespace):
    return path_of(deployment(), namespace)


def owned(answer, manager):
    """The fields that a manager owns, as managedFields has them."""
    entries = [entry for entry in answer.body["metadata"]["managedFields"] if entry["manager"] == manager]
    return entries[0]["fieldsV1"] if entries else None


def containers(answer):
    return answer.body["spec"]["template"]["spec"]["containers"]


class TestManagedFields:
    def test_an_applier_owns_what_it_applied(self, client, path):
        made = client.apply(path, config_map(a="1"), manager="one")

        (entry,) = made.body["metadata"]["managedFields"]
        assert made.status == 201
        assert {name: entry[name] for name in ("manager", "operation", "apiVersion", "fieldsType", "fieldsV1")} == {
            "manager": "one",
            "operation": "Apply",
            "apiVersion": "v1",
            "fieldsType": "FieldsV1",
            "fieldsV1": {"f:data": {"f:a": {}}},
        }

    def test_a_writer_of_another_kind_owns_what_it_changed(self, client, path):
        client.apply(path, config_map(a="1", b="1"), manager="one")

        changed = client.patch(path, {"data": {"a": "2"}}, fieldManager="kubectl-edit")

        assert owned(changed, "kubectl-edit") == {"f:data": {"f:a": {}}}
        assert owned(changed, "one") == {"f:data": {"f:b": {}}}

    def test_elements_of_a_list_with_keys_are_owned_by_their_keys(self, client, web):
        made = client.apply(web, deployment("w", {"name": "main", "image": "i", "ports": [{"containerPort": 80}]}))

        pod = owned(made, "tester")["f:spec"]["f:template"]["f:spec"]
        port = pod["f:containers"]['k:{"name":"main"}']["f:ports"]
        assert port == {'k:{"containerPort":80,"protocol":"TCP"}': {".": {}, "f:containerPort": {}}}

    def test_applying_the_same_again_changes_nothing(self, client, path):
        before = client.apply(path, config_map(a="1")).body["metadata"]
        assert client.apply(path, config_map(a="1")).body["metadata"] == before

    def test_the_scale_subresource_is_named_with_what_was_scaled(self, client, web):
        client.apply(web, deployment(replicas=1))
        client.patch(f"{web}/scale", {"spec": {"replicas": 3}}, fieldManager="autoscaler")

        (entry,) = [e for e in client.get(web).body["metadata"]["managedFields"] if e["manager"] == "autoscaler"]
        assert (entry["subresource"], entry["fieldsV1"]) == ("scale", {"f:spec": {"f:replicas": {}}})


class TestConflicts:
    def test_a_field_of_another_applier_is_refused_with_its_path_and_manager(self, client, path):
        client.apply(path, config_map(a="1"), manager="one")

        refused = client.apply(path, config_map(a="2"), manager="two")

        assert refused.status == 409
        assert refused.body["reason"] == "Conflict"
        assert refused.body["details"]["causes"] == [
            {"reason": "FieldManagerConflict", "message": 'conflict with "one"', "field": ".data.a"}
        ]
        assert refused.body["message"] == 'Apply failed with 1 conflict: conflict with "one": .data.a'

    def test_an_updater_is_named_with_the_version_that_it_wrote(self, client, path):
        client.apply(path, config_map(a="1"))
        client.patch(path, {"data": {"a": "2"}}, fieldManager="kubectl")

        (cause,) = client.apply(path, config_map(a="1")).body["details"]["causes"]
        assert cause["message"] == 'conflict with "kubectl" using v1'

    def test_the_path_of_an_element_has_its_keys(self, client, web):
        client.apply(web, deployment("w", {"name": "main", "image": "a"}), manager="one")
        (cause,) = client.apply(web, deployment("w", {"name": "main", "image": "b"}), manager="two").body["details"][
            "causes"
        ]
        assert cause["field"] == '.spec.template.spec.containers[name="main"].image'

    def test_force_takes_it_and_the_other_loses_it(self, client, path):
        client.apply(path, config_map(a="1", b="1"), manager="one")

        taken = client.apply(path, config_map(a="2"), manager="two", force="true")

        assert taken.body["data"] == {"a": "2", "b": "1"}
        assert owned(taken, "one") == {"f:data": {"f:b": {}}}
        assert owned(taken, "two") == {"f:data": {"f:a": {}}}

    def test_the_same_value_is_shared_without_a_conflict(self, client, path):
        client.apply(path, config_map(a="1"), manager="one")
        shared = client.apply(path, config_map(a="1"), manager="two")
        assert owned(shared, "one") == owned(shared, "two") == {"f:data": {"f:a": {}}}

    def test_a_refused_apply_leaves_all_as_it_was(self, client, path):
        before = client.apply(path, config_map(a="1"), manager="one").body
        client.apply(path, config_map(a="2", b="2"), manager="two")
        assert client.get(path).body == before


class TestMerging:
    def test_what_nobody_applies_any_more_goes(self, client, path):
        client.apply(path, config_map(a="1", b="2"), manager="one")
        client.apply(path, config_map(b="2"), manager="two")
        assert client.apply(path, config_map(), manager="one").body["data"] == {"b": "2"}
        assert "data" not in client.apply(path, config_map(), manager="two").body

    def test_a_field_that_has_a_default_goes_back_to_it(self, client, web):
        client.apply(web, deployment(replicas=3))
        assert client.apply(web, deployment()).body["spec"]["replicas"] == 1

    def test_lists_with_keys_are_merged_by_them(self, client, web):
        client.apply(web, deployment("w", {"name": "one", "image": "i"}), manager="one")
        both = client.apply(web, deployment("w", {"name": "two", "image": "j"}), manager="two")
        assert [(c["name"], c["image"]) for c in containers(both)] == [("one", "i"), ("two", "j")]

    def test_an_atomic_list_is_one_value(self, client, web):
        client.apply(web, deployment("w", {"name": "main", "image": "i", "args": ["a", "b"]}), manager="one")
        other = deployment("w", {"name": "main", "image": "i", "args": ["a"]})
        assert client.apply(web, other, manager="two").status == 409
        assert containers(client.apply(web, other, manager="two", force="true"))[0]["args"] == ["a"]

    def test_a_list_that_is_a_set_is_merged_by_value(self, client, path):
        for manager, finalizer in (("one", "example.com/a"), ("two", "example.com/b")):
            value = config_map()
            value["metadata"]["finalizers"] = [finalizer]
            client.apply(path, value, manager=manager)
        assert client.get(path).body["metadata"]["finalizers"] == ["example.com/a", "example.com/b"]
        assert client.apply(path, config_map(), manager="one").body["metadata"]["finalizers"] == ["example.com/b"]
        client.apply(path, config_map(), manager="two")

    def test_secrets_are_kept_as_bytes(self, client, namespace):
        path = path_of(secret(), namespace)
        made = client.apply(path, secret(stringData={"password": "x"}))
        assert made.body["data"] == {"password": "eA=="}
        assert "stringData" not in made.body


class TestDryRun:
    def test_it_tells_what_would_be_and_writes_nothing(self, client, web):
        told = client.apply(web, deployment(replicas=2), dryRun="All")
        assert (told.status, told.body["spec"]["replicas"]) == (201, 2)
        assert client.get(web).status == 404

    def test_it_refuses_what_the_apply_would_refuse(self, client, path):
        client.apply(path, config_map(a="1"), manager="one")
        assert client.apply(path, config_map(a="2"), manager="two", dryRun="All").status == 409


@pytest.mark.parametrize(
    ("body", "query", "status", "said"),
    [
        (config_map(), {"fieldManager": None}, 422, "fieldManager: Required value: is required for apply patch"),
        (config_map(), {"fieldManager": "m" * 129}, 422, "fieldManager: Too long: may not be more than 128 bytes"),
        (config_map(), {"dryRun": "Some"}, 422, 'dryRun: Unsupported value: ["Some"]: supported values: "All"'),
        ({**config_map(), "dota": {}}, {}, 500, ".dota: field not declared in schema"),
        ({**config_map(), "data": {"a": 1}}, {}, 500, ".data.a: expected string"),
        ({**config_map(), "kind": "Secret"}, {}, 400, "invalid object type: /v1, Kind=Secret"),
        (config_map("other"), {}, 400, "the name of the object (other) does not match the name on the URL (c)"),
        (
            {**config_map(), "metadata": {"name": "c", "managedFields": [{"manager": "x"}]}},
            {},
            400,
            "metadata.managedFields must be nil",
        ),
    ],
)
def test_what_is_refused(client, path, body, query, status, said):
    refused = client.patch(path, body, "application/apply-patch+yaml", **{"fieldManager": "tester", **query})
    assert refused.status == status
    assert said in refused.body["message"]
    assert client.get(path).status == 404


def test_a_stale_version_is_a_conflict(client, path):
    client.apply(path, config_map(a="1"))
    stale = config_map(a="2")
    stale["metadata"]["resourceVersion"] = "1"
    refused = client.apply(path, stale)
    assert refused.status == 409
    assert "the object has been modified; please apply your changes to the latest version" in refused.body["message"]


def test_the_uid_of_another_object_is_refused(client, path):
    client.apply(path, config_map(a="1"))
    other = config_map(a="2")
    other["metadata"]["uid"] = "11111111-1111-1111-1111-111111111111"
    refused = client.apply(path, other)
    assert (refused.status, refused.body["details"]["causes"][0]["field"]) == (422, "metadata.uid")


def test_ports_of_a_service_keep_what_was_given_out(client, namespace):
    path = path_of(service(), namespace)
    before = client.apply(path, service(type="NodePort", ports=[{"name": "a", "port": 80}])).body["spec"]
    after = client.apply(
        path, service(type="NodePort", ports=[{"name": "a", "port": 80}, {"name": "b", "port": 81}])
    ).body["spec"]
    assert after["clusterIP"] == before["clusterIP"]
    assert after["ports"][0]["nodePort"] == before["ports"][0]["nodePort"]
    assert 30000 <= after["ports"][1]["nodePort"] < 32768
