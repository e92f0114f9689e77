"""What the server fills in: the defaults of Kubernetes' API reference and of `pkg/apis/*/v1/defaults.go`."""

from __future__ import annotations

import pytest

from tests.conformance.kubernetes.protocol.objects import collection, config_map, deployment, job, service, workload

POD = {
    "restartPolicy": "Always",
    "terminationGracePeriodSeconds": 30,
    "dnsPolicy": "ClusterFirst",
    "securityContext": {},
    "schedulerName": "default-scheduler",
}
CONTAINER = {
    "imagePullPolicy": "IfNotPresent",
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "resources": {},
}


@pytest.fixture
def made(client, namespace):
    """`made(manifest)`: the object that a dry run of its creation answers with."""

    def make(manifest):
        answer = client.post(collection(manifest, namespace), manifest, dryRun="All")
        assert answer.status == 201, answer.body
        return answer.body

    return make


def within(value, expected):
    return {name: value.get(name) for name in expected}


def test_of_a_deployment(made):
    spec = made(deployment(paused=False))["spec"]
    expected = {
        "replicas": 1,
        "revisionHistoryLimit": 10,
        "progressDeadlineSeconds": 600,
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
    }
    assert within(spec, expected) == expected
    assert within(spec["template"]["spec"], POD) == POD
    assert within(spec["template"]["spec"]["containers"][0], CONTAINER) == CONTAINER


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        (
            workload("StatefulSet"),
            {
                "replicas": 1,
                "podManagementPolicy": "OrderedReady",
                "revisionHistoryLimit": 10,
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
                "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
            },
        ),
        (
            workload("DaemonSet"),
            {
                "revisionHistoryLimit": 10,
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}},
            },
        ),
        (
            job(),
            {"parallelism": 1, "completions": 1, "backoffLimit": 6, "completionMode": "NonIndexed", "suspend": True},
        ),
        (
            service(),
            {
                "type": "ClusterIP",
                "sessionAffinity": "None",
                "internalTrafficPolicy": "Cluster",
                "ipFamilyPolicy": "SingleStack",
                "ipFamilies": ["IPv4"],
                "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}],
            },
        ),
    ],
    ids=lambda value: value.get("kind", "") if isinstance(value, dict) else "",
)
def test_of_other_kinds(made, manifest, expected):
    assert within(made(manifest)["spec"], expected) == expected


@pytest.mark.parametrize(
    ("image", "policy"),
    [("i", "Always"), ("i:latest", "Always"), ("i:1", "IfNotPresent"), ("registry:5000/i", "Always")],
)
def test_an_image_is_pulled_always_where_it_has_no_tag_or_the_latest(made, image, policy):
    container = made(deployment("w", {"name": "main", "image": image}))["spec"]["template"]["spec"]["containers"][0]
    assert container["imagePullPolicy"] == policy


def test_a_job_finds_its_pods_by_its_own_uid(made):
    value = made(job())
    uid = value["metadata"]["uid"]
    assert value["spec"]["selector"] == {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}
    labels = {"batch.kubernetes.io/controller-uid": uid, "batch.kubernetes.io/job-name": "j"}
    labels |= {"controller-uid": uid, "job-name": "j"}
    assert value["spec"]["template"]["metadata"]["labels"] == labels
    assert value["metadata"]["labels"] == labels


@pytest.mark.parametrize(
    ("given", "canonical"),
    [("1000m", "1"), ("0.5Gi", "512Mi"), ("1024Mi", "1Gi"), ("1.5", "1500m"), ("1e9", "1e9"), ("100m", "100m")],
)
def test_quantities_have_one_spelling(made, given, canonical):
    resources = {"limits": {"cpu": given}, "requests": {"cpu": given}}
    made_of = made(deployment("w", {"name": "main", "image": "i", "resources": resources}))
    container = made_of["spec"]["template"]["spec"]["containers"][0]
    assert container["resources"]["limits"] == {"cpu": canonical}


def test_generations_count_changes_of_the_specification(client, namespace):
    path = f"{collection(deployment(), namespace)}/w"
    assert client.apply(path, deployment()).body["metadata"]["generation"] == 1
    assert client.patch(path, {"metadata": {"labels": {"a": "b"}}}).body["metadata"]["generation"] == 1
    assert client.patch(path, {"spec": {"minReadySeconds": 5}}).body["metadata"]["generation"] == 2
    client.patch(f"{path}/scale", {"spec": {"replicas": 2}})
    assert client.get(path).body["metadata"]["generation"] == 3


def test_a_config_map_has_none(made):
    assert "generation" not in made(config_map(a="1"))["metadata"]
