"""Objects that are refused: the status, the words and the causes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.conformance.kubernetes.protocol.objects import collection, path_of
from tools.control_plane.client import Answer

OBJECTS = yaml.safe_load(Path(__file__).with_name("refused.yaml").read_text())


@pytest.mark.parametrize("case", OBJECTS)
def test_not_created(pair, namespace, case):
    assert pair.post(collection(OBJECTS[case], namespace), OBJECTS[case]).status >= 400


@pytest.mark.parametrize("case", [case for case in OBJECTS if "name" in OBJECTS[case]["metadata"]])
def test_not_applied(pair, namespace, case):
    assert pair.apply(path_of(OBJECTS[case], namespace), OBJECTS[case], dryRun="All").status >= 400


@pytest.mark.parametrize("validation", ["Strict", "Warn", "Ignore"])
def test_unknown_fields(pair, namespace, validation):
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "nome": "b"}, "dota": {"a": "b"}}
    answer = pair.post(collection(manifest, namespace), manifest, fieldValidation=validation)
    assert (answer.status == 400) == (validation == "Strict")

    def warnings(client):
        again = client.post(collection(manifest, namespace), manifest, fieldValidation=validation, dryRun="All")
        return Answer(again.status, {"Warning": again.headers.get("Warning")}, {})

    pair.each(warnings)


def test_what_exists_is_not_created_again(pair, namespace):
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    pair.post(collection(manifest, namespace), manifest)
    assert pair.post(collection(manifest, namespace), manifest).status == 409


def test_a_generated_name(pair, namespace):
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "a-"}}
    assert pair.post(collection(manifest, namespace), manifest).body["metadata"]["name"].startswith("a-")


def test_a_stale_version_is_not_replaced(pair, namespace):
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": "b"}}
    pair.post(collection(manifest, namespace), manifest)
    stale = {**manifest, "metadata": {"name": "a", "resourceVersion": "1"}}
    assert pair.put(path_of(manifest, namespace), stale).status == 409
    assert pair.put(path_of(manifest, namespace), manifest).status == 200


@pytest.mark.parametrize(
    "path",
    ["/apis/none.example.com/v1/things", "/api/v1/namespaces/default/things", "/apis/apps/v9/deployments", "/other"],
)
def test_paths_that_nothing_serves(pair, path):
    assert pair.get(path).status == 404


def test_methods_that_are_not_served(pair, namespace):
    pair.put(f"/api/v1/namespaces/{namespace}/configmaps", {"kind": "ConfigMap", "apiVersion": "v1"})
    pair.post(f"/api/v1/namespaces/{namespace}/configmaps/a", {"kind": "ConfigMap", "apiVersion": "v1"})


def test_bodies_that_are_not_understood(pair, namespace):
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    pair.post(path, "{")
    pair.post(path, {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "a"}})
    pair.request("POST", path, "a: b", content="text/plain")
