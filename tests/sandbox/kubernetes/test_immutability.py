"""Fields that cannot change, and those beside them that can: from the `ValidateXUpdate` functions of Kubernetes.

The words matter: a plan tells a replacement by them.
"""

from __future__ import annotations

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


def _claim(**spec):
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, **spec}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "c"}, "spec": spec}


def _binding(role):
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role}
    base = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "b"}}
    return {**base, "roleRef": reference, "subjects": []}


def _pod(image, **spec):
    spec = {"schedulerName": "none", "containers": [{"name": "main", "image": image}], **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}


def _selecting(kind, label):
    return workload(kind, "w", replicas=0, selector={"matchLabels": {"app": label}}, template=template(label))


FIXED = {
    "a selector": (_selecting("Deployment", "a"), _selecting("Deployment", "b"), "spec.selector", "field is immutable"),
    "the service of a StatefulSet": (
        workload("StatefulSet", serviceName="a", replicas=0),
        workload("StatefulSet", serviceName="b", replicas=0),
        "spec",
        "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
        "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' "
        "are forbidden",
    ),
    "the template of a Job": (
        job(),
        job(template={"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "other"}]}}),
        "spec.template",
        "field is immutable",
    ),
    "the completions of a Job": (
        job(completions=1),
        job(completions=2),
        "spec.completions",
        "Invalid value: 2: field is immutable",
    ),
    "the address of a Service": (
        service(clusterIP="None"),
        service(clusterIP="10.96.7.7"),
        "spec.clusterIPs[0]",
        'Invalid value: ["10.96.7.7"]: may not change once set',
    ),
    "the address of a Service taken away": (
        service(),
        service(clusterIP="None"),
        "spec.clusterIPs[0]",
        'Invalid value: ["None"]: may not change once set',
    ),
    "the type of a Secret": (
        secret(type="Opaque"),
        secret(type="example.com/other"),
        "type",
        'Invalid value: "example.com/other": field is immutable',
    ),
    "an immutable ConfigMap": (
        {**config_map(a="1"), "immutable": True},
        {**config_map(a="2"), "immutable": True},
        "data",
        "Forbidden: field is immutable when `immutable` is set",
    ),
    "the class of a claim": (
        _claim(storageClassName="a"),
        _claim(storageClassName="b"),
        "spec",
        "Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for "
        "bound claims",
    ),
    "the role of a binding": (_binding("a"), _binding("b"), "roleRef", "cannot change roleRef"),
    "where a Pod goes": (
        _pod("a"),
        _pod("a", nodeSelector={"x": "y"}),
        "spec",
        "Forbidden: pod updates may not change fields other than `spec.containers[*].image`",
    ),
}


@pytest.mark.parametrize("case", FIXED)
@pytest.mark.parametrize("dry_run", [None, "All"])
def test_a_change_is_refused_and_not_made(client, namespace, case, dry_run):
    before, after, field, said = FIXED[case]
    path = path_of(before, namespace)
    assert client.apply(path, before).status == 201

    refused = client.apply(path, after, force="true", dryRun=dry_run)

    assert (refused.status, refused.body["reason"]) == (422, "Invalid")
    (cause,) = refused.body["details"]["causes"]
    assert cause["field"] == field
    assert said in cause["message"]
    assert client.apply(path, before).status == 200


MOVABLE = {
    "a Deployment's template": (deployment(), deployment("w", {"name": "main", "image": "other"})),
    "a StatefulSet's replicas": (workload("StatefulSet", replicas=0), workload("StatefulSet", replicas=1)),
    "a Job's parallelism": (job(parallelism=1), job(parallelism=2)),
    "where the pods of a suspended Job go": (
        job(),
        job(
            template={
                "spec": {
                    "restartPolicy": "Never",
                    "nodeSelector": {"x": "y"},
                    "containers": [{"name": "main", "image": "i"}],
                }
            }
        ),
    ),
    "a Pod's image": (_pod("a"), _pod("b")),
    "a ConfigMap": (config_map(a="1"), {**config_map(a="2"), "immutable": True}),
}


@pytest.mark.parametrize("case", MOVABLE)
def test_what_may_change(client, namespace, case):
    before, after = MOVABLE[case]
    client.apply(path_of(before, namespace), before)
    assert client.apply(path_of(before, namespace), after).status == 200


@pytest.mark.parametrize("write", ["patch", "put"])
def test_the_uid_belongs_to_the_object(client, namespace, write):
    path = path_of(config_map(), namespace)
    client.apply(path, config_map())
    other = config_map()
    other["metadata"]["uid"] = "11111111-1111-1111-1111-111111111111"

    refused = getattr(client, write)(path, other)

    expected = {"patch": (422, "Invalid"), "put": (409, "Conflict")}
    assert (refused.status, refused.body["reason"]) == expected[write]
