"""What is refused: status, field and words of `pkg/apis/*/validation` and of apimachinery's field errors."""

from __future__ import annotations

import pytest

from tests.conformance.kubernetes.protocol.objects import (
    collection,
    config_map,
    deployment,
    job,
    path_of,
    secret,
    service,
    template,
    workload,
)


def _labelled(labels):
    return {**config_map(), "metadata": {"name": "c", "labels": labels}}


def _ports(*ports):
    return deployment("w", {"name": "main", "image": "i", "ports": [{"containerPort": port} for port in ports]})


SUBDOMAIN = "a lowercase RFC 1123 subdomain must consist of"
INVALID = {
    "a name in capitals": (config_map("Big"), "metadata.name", f'Invalid value: "Big": {SUBDOMAIN}'),
    "a label key": (_labelled({"a b": "c"}), "metadata.labels", 'Invalid value: "a b": name part must consist of'),
    "a label": (_labelled({"a": "b c"}), "metadata.labels", 'Invalid value: "b c": a valid label must be'),
    "a key of data": ({**config_map(), "data": {"a b": "c"}}, "data[a b]", 'Invalid value: "a b"'),
    "no image": (deployment("w", {"name": "a"}), "spec.template.spec.containers[0].image", "Required value"),
    "no containers": (
        {
            **deployment(),
            "spec": {**deployment()["spec"], "template": {"metadata": {"labels": {"app": "w"}}, "spec": {}}},
        },
        "spec.template.spec.containers",
        "Required value",
    ),
    "one name twice": (
        deployment("w", {"name": "a", "image": "i"}, {"name": "a", "image": "i"}),
        "spec.template.spec.containers[1].name",
        'Duplicate value: "a"',
    ),
    "a port too high": (
        _ports(65536),
        "spec.template.spec.containers[0].ports[0].containerPort",
        "Invalid value: 65536: must be between 1 and 65535, inclusive",
    ),
    "a negative number": (
        deployment(replicas=-1),
        "spec.replicas",
        "Invalid value: -1: must be greater than or equal to 0",
    ),
    "labels that are not selected": (
        workload("Deployment", "w", template=template("other")),
        "spec.template.metadata.labels",
        'Invalid value: {"app":"other"}: `selector` does not match template `labels`',
    ),
    "a job that restarts": (
        job(template={"spec": {"containers": [{"name": "a", "image": "i"}]}}),
        "spec.template.spec.restartPolicy",
        'Required value: valid values: "OnFailure", "Never"',
    ),
    "an unknown policy": (
        service(externalTrafficPolicy="Nowhere", type="NodePort"),
        "spec.externalTrafficPolicy",
        'Unsupported value: "Nowhere": supported values: "Cluster", "Local"',
    ),
}


@pytest.mark.parametrize("case", INVALID)
def test_an_invalid_object_is_refused_with_its_field(client, namespace, case):
    manifest, field, said = INVALID[case]
    refused = client.post(collection(manifest, namespace), manifest)
    assert (refused.status, refused.body["reason"]) == (422, "Invalid")
    assert said in {cause["field"]: cause["message"] for cause in refused.body["details"]["causes"]}[field]
    assert refused.body["message"].startswith(f'{_qualified(manifest)} "{manifest["metadata"]["name"]}" is invalid: ')


def _qualified(manifest):
    group = manifest["apiVersion"].rpartition("/")[0]
    return f"{manifest['kind']}.{group}" if group else manifest["kind"]


UNREADABLE = {
    "a number for a text": ({**config_map(), "data": {"a": 1}}, "cannot unmarshal number into Go struct field"),
    "a text for a number": (deployment(replicas="many"), "cannot unmarshal string into Go struct field"),
    "no base64": (secret(data={"a": "?"}), "illegal base64 data at input byte 0"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_read_is_a_bad_request(client, namespace, case):
    manifest, said = UNREADABLE[case]
    refused = client.post(collection(manifest, namespace), manifest)
    assert (refused.status, refused.body["reason"]) == (400, "BadRequest")
    assert said in refused.body["message"]


@pytest.mark.parametrize(
    ("validation", "status", "warning"),
    [("Strict", 400, None), ("Warn", 201, '299 - "unknown field \\"dota\\""'), ("Ignore", 201, None)],
)
def test_unknown_fields(client, namespace, validation, status, warning):
    answer = client.post(
        collection(config_map(), namespace), {**config_map(), "dota": {}}, fieldValidation=validation, dryRun="All"
    )
    assert answer.status == status
    assert answer.headers.get("Warning") == warning
    if status == 400:
        assert 'strict decoding error: unknown field "dota"' in answer.body["message"]


def test_a_name_is_taken_once(client, namespace):
    where = collection(config_map(), namespace)
    client.post(where, config_map())
    refused = client.post(where, config_map())
    assert (refused.status, refused.body["reason"]) == (409, "AlreadyExists")
    assert refused.body["message"] == 'configmaps "c" already exists'


def test_a_missing_namespace_is_not_made(client):
    refused = client.apply("/api/v1/namespaces/missing/configmaps/c", config_map())
    assert (refused.status, refused.body["reason"]) == (404, "NotFound")
    assert refused.body["message"] == 'namespaces "missing" not found'


def test_what_is_not_there(client, namespace):
    refused = client.get(path_of(config_map(), namespace))
    assert refused.body == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": 'configmaps "c" not found',
        "reason": "NotFound",
        "details": {"name": "c", "kind": "configmaps"},
        "code": 404,
    }


def test_nobody_without_a_token(client):
    from tools.control_plane.client import Client

    refused = Client(client.endpoint, client.authority, "wrong").get("/api/v1/namespaces")
    assert (refused.status, refused.body["reason"]) == (401, "Unauthorized")
