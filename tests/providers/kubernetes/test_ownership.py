"""Conflicts of server-side apply read as people think of them. The fields are written as structured-merge-diff does."""

from __future__ import annotations

import pytest

from providers.kubernetes.answers import Refused
from providers.kubernetes.ownership import conflicts, holder_of, located

MANIFEST = {
    "metadata": {"labels": {"app.kubernetes.io/name": "web"}, "finalizers": ("example.com/a", "example.com/b")},
    "spec": {
        "replicas": 1,
        "containers": (
            {"name": "proxy", "ports": ({"containerPort": 80, "protocol": "TCP"},)},
            {
                "name": "web",
                "ports": ({"containerPort": 80, "protocol": "TCP"}, {"containerPort": 80, "protocol": "UDP"}),
            },
        ),
    },
}


@pytest.mark.parametrize(
    ("field", "path"),
    [
        (".spec.replicas", ("spec", "replicas")),
        ('.spec.containers[name="web"].image', ("spec", "containers", 1, "image")),
        (
            '.spec.containers[name="web"].ports[containerPort=80,protocol="UDP"].hostPort',
            ("spec", "containers", 1, "ports", 1, "hostPort"),
        ),
        ('.metadata.finalizers[="example.com/b"]', ("metadata", "finalizers", 1)),
        (".metadata.labels.app.kubernetes.io/name", ("metadata", "labels", "app.kubernetes.io/name")),
        (".metadata.annotations.example.com/none", ("metadata", "annotations", "example", "com/none")),
        (".spec.containers[0].image", ("spec", "containers", 0, "image")),
        ('.spec.containers[name="none"].image', ("spec", "containers", 'name="none"', "image")),
    ],
)
def test_a_field_is_found_in_the_manifest(field, path):
    assert located(field, MANIFEST) == path


def entry(manager, operation="Update", **more):
    return {"manager": manager, "operation": operation, **more}


@pytest.mark.parametrize(
    ("manager", "operation", "holder"),
    [
        ("kubectl-edit", "Update", "person"),
        ("kubectl-client-side-apply", "Update", "person"),
        ("kubectl", "Update", "person"),
        ("helm", "Update", "person"),
        ("Mozilla", "Update", "person"),
        ("kube-controller-manager", "Update", "controller"),
        ("cainjector", "Update", "controller"),
        ("vpa-recommender", "Update", "controller"),
        ("helm-controller", "Update", "applier"),
        ("argocd-controller", "Update", "applier"),
        ("pulumi-kubernetes", "Update", "applier"),
        ("helm-operator", "Update", "controller"),
        ("python-operator", "Update", "controller"),
        ("rancher-agent", "Update", "controller"),
        ("ocean-controller", "Update", "controller"),
        ("argocd-controller", "Apply", "applier"),
        ("kubectl", "Apply", "applier"),
    ],
)
def test_who_holds_a_field(manager, operation, holder):
    found = {"metadata": {"managedFields": (entry("freehold", "Apply"), entry(manager, operation))}}
    assert holder_of(manager, found) == holder


def refusal(*causes):
    details = {"causes": tuple({"reason": "FieldManagerConflict", **cause} for cause in causes)}
    return Refused(409, {"kind": "Status", "apiVersion": "v1", "reason": "Conflict", "details": details}, "PATCH /x")


def test_a_refusal_is_told_field_by_field():
    found = {"metadata": {"managedFields": (entry("argocd", "Apply"), entry("kubectl-scale"))}}
    refused = refusal(
        {"message": 'conflict with "kubectl-scale" with subresource "scale" using apps/v1', "field": ".spec.replicas"},
        {"message": 'conflict with "argocd"', "field": '.spec.containers[name="web"].image'},
        {"reason": "FieldValueInvalid", "message": "other", "field": ".spec"},
    )
    assert [(held.path, held.manager, held.holder) for held in conflicts(refused, found, MANIFEST)] == [
        (("spec", "replicas"), "kubectl-scale", "person"),
        (("spec", "containers", 1, "image"), "argocd", "applier"),
    ]


def test_a_refusal_without_causes_names_nobody():
    assert conflicts(Refused(409, {"kind": "Status"}, "PATCH /x"), {}, {}) == []


@pytest.mark.parametrize("field", [".spec.containers[name=[red]].image", '.data."a', ".spec.containers[=x]", ".[", "5"])
def test_a_field_that_cannot_be_read_is_told_as_it_is(field):
    refused = refusal({"message": 'conflict with "x"', "field": field})

    (held,) = conflicts(refused, {}, MANIFEST)

    assert held.manager == "x"
