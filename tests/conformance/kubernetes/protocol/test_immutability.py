"""Fields that cannot change: what is refused, and in which words, since plans tell a replacement by them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.kubernetes.protocol.objects import (
    config_map,
    deployment,
    job,
    path_of,
    secret,
    service,
    template,
    workload,
)

_ROLE = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"}


def _binding(role: str) -> dict[str, Any]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "b"},
        "roleRef": {**_ROLE, "name": role},
        "subjects": [{"kind": "User", "name": "me", "apiGroup": "rbac.authorization.k8s.io"}],
    }


def _claim(**spec: Any) -> dict[str, Any]:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, **spec}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "c"}, "spec": spec}


def _class(**fields: Any) -> dict[str, Any]:
    return {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "c"}, **fields}


def _pod(image: str, **spec: Any) -> dict[str, Any]:
    # named, since only clusters with the admission plugin ServiceAccount would give it the default one
    spec = {
        "schedulerName": "none",
        "serviceAccountName": "default",
        "containers": [{"name": "main", "image": image}],
        **spec,
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}


def _priority(value: int) -> dict[str, Any]:
    return {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "p"}, "value": value}


def _selected(kind: str, label: str) -> dict[str, Any]:
    return workload(kind, "w", replicas=0, selector={"matchLabels": {"app": label}}, template=template(label))


_disks = [{"metadata": {"name": "d"}, "spec": _claim()["spec"]}]

CHANGES = {
    "a Deployment's selector": (_selected("Deployment", "a"), _selected("Deployment", "b")),
    "a StatefulSet's selector": (_selected("StatefulSet", "a"), _selected("StatefulSet", "b")),
    "a StatefulSet's service": (
        workload("StatefulSet", serviceName="a", replicas=0),
        workload("StatefulSet", serviceName="b", replicas=0),
    ),
    "a StatefulSet's claims": (
        workload("StatefulSet", replicas=0),
        workload("StatefulSet", replicas=0, volumeClaimTemplates=_disks),
    ),
    "a StatefulSet's pod management": (
        workload("StatefulSet", replicas=0),
        workload("StatefulSet", replicas=0, podManagementPolicy="Parallel"),
    ),
    "a StatefulSet's template may change": (
        workload("StatefulSet", replicas=0),
        workload("StatefulSet", "w", {"name": "main", "image": "other"}, replicas=0),
    ),
    "a Job's template": (
        job(),
        job(suspend=False, template={"spec": {"containers": [{"name": "main", "image": "other"}]}}),
    ),
    "a Job's completions": (job(completions=1), job(completions=2)),
    "a Job's parallelism may change": (job(parallelism=1), job(parallelism=2)),
    "a Service's address": (service(clusterIP="None"), service(clusterIP="10.0.200.200")),
    "a Service's address taken away": (service(), service(clusterIP="None")),
    "a Secret's type": (secret(type="Opaque"), secret(type="example.com/other")),
    "an immutable ConfigMap": (
        {**config_map(a="1"), "immutable": True},
        {**config_map(a="2"), "immutable": True},
    ),
    "an immutable ConfigMap made mutable": (
        {**config_map(a="1"), "immutable": True},
        {**config_map(a="1"), "immutable": False},
    ),
    "an immutable Secret": (secret(data={"a": "MQ=="}, immutable=True), secret(data={"a": "Mg=="}, immutable=True)),
    "a claim's class": (_claim(storageClassName="a"), _claim(storageClassName="b")),
    "a claim's modes": (_claim(storageClassName="a"), _claim(storageClassName="a", accessModes=["ReadWriteMany"])),
    "a claim's size shrunk": (
        _claim(storageClassName="a"),
        _claim(storageClassName="a", resources={"requests": {"storage": "512Mi"}}),
    ),
    "a binding's role": (_binding("a"), _binding("b")),
    "a StorageClass's provisioner": (_class(provisioner="a.example.com"), _class(provisioner="b.example.com")),
    "a StorageClass's parameters": (
        _class(provisioner="a.example.com", parameters={"type": "a"}),
        _class(provisioner="a.example.com", parameters={"type": "b"}),
    ),
    "a StorageClass's reclaiming": (
        _class(provisioner="a.example.com"),
        _class(provisioner="a.example.com", reclaimPolicy="Retain"),
    ),
    "a Pod's image may change": (_pod("a"), _pod("b")),
    "a Pod's node selector": (_pod("a"), _pod("a", nodeSelector={"x": "y"})),
    "a PriorityClass's value": (_priority(1), _priority(2)),
    "a Deployment's strategy, beside what was defaulted": (deployment(), deployment(strategy={"type": "Recreate"})),
}


@pytest.mark.parametrize("case", CHANGES)
@pytest.mark.parametrize("dry", ["", "All"])
def test_changed_by_apply(pair, namespace, case, dry):
    before, after = CHANGES[case]
    path = path_of(before, namespace)
    try:
        assert pair.apply(path, before).status == 201
        refused = pair.apply(path, after, force="true", dryRun=dry or None)
        assert (refused.status == 200) == ("may change" in case)
    finally:
        for client in (pair.real, pair.sandbox):
            client.delete(path, {"gracePeriodSeconds": 0})


@pytest.mark.parametrize("case", [case for case in CHANGES if "may" not in case])
def test_changed_by_replacing_the_whole(pair, namespace, case):
    before, after = CHANGES[case]
    path = path_of(before, namespace)
    try:
        pair.apply(path, before)

        assert pair.put(path, after, dryRun="All", fieldManager="tester").body["kind"]
    finally:
        for client in (pair.real, pair.sandbox):
            client.delete(path, {"gracePeriodSeconds": 0})


def test_metadata_that_cannot_change(pair, namespace):
    path = path_of(config_map(), namespace)
    pair.apply(path, config_map(a="1"))
    for field, value in (("uid", "x"), ("creationTimestamp", "2020-01-01T00:00:00Z"), ("generation", 7)):
        pair.patch(path, {"metadata": {field: value}})
