"""When an object is ready. Expected is what `kubectl rollout status` says (kubectl's `rollout_status.go`), and for the
kinds that it does not know what kstatus and the API reference of Kubernetes say of their statuses."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies

from providers.kubernetes.ready import _rules, status_of

READY, FAILED, WAITING = "ready", "failed", "waiting"


def verdict(live, ready=None):
    status = status_of(live, ready)
    assert not (status.ready and status.failed)
    assert status.ready or status.message
    return READY if status.ready else FAILED if status.failed else WAITING


def live(api_version, kind, status, spec=None, **metadata):
    found = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a", "generation": 2, **metadata}}
    return {**found, "spec": spec or {}, "status": status}


def condition(type_, status="True", **more):
    return {"type": type_, "status": status, **more}


AVAILABLE = condition("Available")
ROLLED_OUT = {
    "observedGeneration": 2,
    "replicas": 3,
    "updatedReplicas": 3,
    "readyReplicas": 3,
    "availableReplicas": 3,
    "conditions": (AVAILABLE,),
}
LATE = condition("Progressing", "False", reason="ProgressDeadlineExceeded", message="too late")
DEPLOYMENT = {
    "rolled out": ({}, READY),
    "not seen yet": ({"observedGeneration": 1}, WAITING),
    "not seen at all": ({"observedGeneration": None}, WAITING),
    "not all updated": ({"updatedReplicas": 2}, WAITING),
    "an old one ends": ({"replicas": 4}, WAITING),
    "not all available": ({"availableReplicas": 2}, WAITING),
    "not all ready": ({"readyReplicas": 2}, WAITING),
    "past its deadline": ({"updatedReplicas": 1, "conditions": (LATE,)}, FAILED),
    "not available": ({"conditions": (condition("Available", "False"),)}, WAITING),
}


@pytest.mark.parametrize("case", DEPLOYMENT)
def test_deployments(case):
    changes, expected = DEPLOYMENT[case]
    status = {name: value for name, value in {**ROLLED_OUT, **changes}.items() if value is not None}
    assert verdict(live("apps/v1", "Deployment", status, {"replicas": 3})) == expected


def test_a_deployment_scaled_to_nothing_is_ready():
    assert verdict(live("apps/v1", "Deployment", {"observedGeneration": 2}, {"replicas": 0})) == READY


def test_what_a_deployment_waits_for_is_told():
    failure = condition("ReplicaFailure", message="exceeded quota")
    status = {**ROLLED_OUT, "updatedReplicas": 1, "conditions": (failure,)}
    assert status_of(live("apps/v1", "Deployment", status, {"replicas": 3})).message == (
        "1 of 3 replicas updated (exceeded quota)"
    )


SETTLED = {
    "observedGeneration": 2,
    "readyReplicas": 3,
    "updatedReplicas": 3,
    "currentRevision": "a-2",
    "updateRevision": "a-2",
}
STATEFUL_SET = {
    "rolled out": ({}, {}, READY),
    "not seen at all": ({"observedGeneration": None}, {}, WAITING),
    "not all ready": ({"readyReplicas": 2}, {}, WAITING),
    "an old revision runs": ({"updatedReplicas": 2, "currentRevision": "a-1"}, {}, WAITING),
    "all updated and not yet current": ({"currentRevision": "a-1"}, {}, WAITING),
    "up to its partition": (
        {"updatedReplicas": 1, "currentRevision": "a-1"},
        {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}},
        READY,
    ),
    "short of its partition": (
        {"updatedReplicas": 0, "currentRevision": "a-1"},
        {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}},
        WAITING,
    ),
    "updated by hand": ({"updatedReplicas": 0, "currentRevision": "a-1"}, {"type": "OnDelete"}, READY),
}


@pytest.mark.parametrize("case", STATEFUL_SET)
def test_stateful_sets(case):
    changes, strategy, expected = STATEFUL_SET[case]
    status = {name: value for name, value in {**SETTLED, **changes}.items() if value is not None}
    assert verdict(live("apps/v1", "StatefulSet", status, {"replicas": 3, "updateStrategy": strategy})) == expected


EVERYWHERE = {
    "observedGeneration": 2,
    "desiredNumberScheduled": 3,
    "updatedNumberScheduled": 3,
    "numberAvailable": 3,
    "numberReady": 3,
}
DAEMON_SET = {
    "rolled out": ({}, "RollingUpdate", READY),
    "not seen at all": ({"observedGeneration": None}, "RollingUpdate", WAITING),
    "not all updated": ({"updatedNumberScheduled": 2}, "RollingUpdate", WAITING),
    "not all available": ({"numberAvailable": 2}, "RollingUpdate", WAITING),
    "not all ready": ({"numberReady": 2}, "RollingUpdate", WAITING),
    "on no node": ({"desiredNumberScheduled": 0, "updatedNumberScheduled": 0, "numberAvailable": 0}, "", READY),
    "updated by hand": ({"updatedNumberScheduled": 0}, "OnDelete", READY),
}


@pytest.mark.parametrize("case", DAEMON_SET)
def test_daemon_sets(case):
    changes, strategy, expected = DAEMON_SET[case]
    status = {name: value for name, value in {**EVERYWHERE, **changes}.items() if value is not None}
    assert verdict(live("apps/v1", "DaemonSet", status, {"updateStrategy": {"type": strategy}})) == expected


JOB = {
    "running": ({"active": 1}, {}, WAITING),
    "complete": ({"succeeded": 1, "conditions": (condition("Complete"),)}, {}, READY),
    "about to complete": ({"succeeded": 1, "conditions": (condition("SuccessCriteriaMet"),)}, {}, WAITING),
    "failed": ({"conditions": (condition("Failed", reason="BackoffLimitExceeded", message="m"),)}, {}, FAILED),
    "suspended": ({"conditions": (condition("Suspended"),)}, {"suspend": True}, READY),
    "nothing of it yet": ({}, {}, WAITING),
}


@pytest.mark.parametrize("case", JOB)
def test_jobs(case):
    status, spec, expected = JOB[case]
    assert verdict(live("batch/v1", "Job", status, spec)) == expected


def blocked(reason):
    state = {"waiting": {"reason": reason, "message": "m"}}
    return {"phase": "Pending", "containerStatuses": ({"name": "main", "state": state},)}


POD = {
    "ready": ({"phase": "Running", "conditions": (condition("Ready"),)}, READY),
    "running and not ready": ({"phase": "Running", "conditions": (condition("Ready", "False"),)}, WAITING),
    "done": ({"phase": "Succeeded"}, READY),
    "failed": ({"phase": "Failed", "message": "evicted"}, FAILED),
    "pending": ({"phase": "Pending"}, WAITING),
    "unschedulable": ({"phase": "Pending", "conditions": (condition("PodScheduled", "False", message="m"),)}, WAITING),
    "starting": (blocked("ContainerCreating"), WAITING),
    "its image is fetched again": (blocked("ImagePullBackOff"), WAITING),
    "crashing": (blocked("CrashLoopBackOff"), FAILED),
    "wrongly configured": (blocked("CreateContainerConfigError"), FAILED),
    "of an image that is none": (blocked("InvalidImageName"), FAILED),
    "crashing while it begins": (
        {"phase": "Pending", "initContainerStatuses": blocked("CrashLoopBackOff")["containerStatuses"]},
        FAILED,
    ),
}


@pytest.mark.parametrize("case", POD)
def test_pods(case):
    status, expected = POD[case]
    assert verdict(live("v1", "Pod", status)) == expected


ADDRESS = {"loadBalancer": {"ingress": ({"ip": "192.0.2.1"},)}}
OTHERS = {
    "a Service": (live("v1", "Service", {"loadBalancer": {}}, {"type": "ClusterIP"}), READY),
    "a load balancer without address": (live("v1", "Service", {"loadBalancer": {}}, {"type": "LoadBalancer"}), WAITING),
    "a load balancer": (live("v1", "Service", ADDRESS, {"type": "LoadBalancer"}), READY),
    "a bound claim": (live("v1", "PersistentVolumeClaim", {"phase": "Bound"}), READY),
    "a claim that waits for its pod": (live("v1", "PersistentVolumeClaim", {"phase": "Pending"}), READY),
    "a lost claim": (live("v1", "PersistentVolumeClaim", {"phase": "Lost"}), FAILED),
    "a Namespace": (live("v1", "Namespace", {"phase": "Active"}), READY),
    "a Namespace that goes": (live("v1", "Namespace", {"phase": "Terminating"}), WAITING),
    "a ConfigMap": (live("v1", "ConfigMap", {}), READY),
    "an Ingress without address": (live("networking.k8s.io/v1", "Ingress", {"loadBalancer": {}}), READY),
    "an autoscaler that cannot scale": (
        live("autoscaling/v2", "HorizontalPodAutoscaler", {"conditions": (condition("AbleToScale", "False"),)}),
        READY,
    ),
    "an APIService": (live("apiregistration.k8s.io/v1", "APIService", {"conditions": (AVAILABLE,)}), READY),
    "an APIService that is missing": (
        live(
            "apiregistration.k8s.io/v1", "APIService", {"conditions": (condition("Available", "False", message="m"),)}
        ),
        WAITING,
    ),
    "an APIService that is new": (live("apiregistration.k8s.io/v1", "APIService", {}), WAITING),
}


@pytest.mark.parametrize("case", OTHERS)
def test_other_kinds(case):
    found, expected = OTHERS[case]
    assert verdict(found) == expected


DEFINITION = {
    "served": ((condition("NamesAccepted"), condition("Established")), READY),
    "not served yet": ((condition("NamesAccepted"), condition("Established", "False")), WAITING),
    "new": ((), WAITING),
    "of a name that is taken": ((condition("NamesAccepted", "False", message="m"),), FAILED),
}


@pytest.mark.parametrize("case", DEFINITION)
def test_definitions(case):
    conditions, expected = DEFINITION[case]
    found = live("apiextensions.k8s.io/v1", "CustomResourceDefinition", {"conditions": conditions})
    assert verdict(found) == expected


CUSTOM = {
    "without a status": ({}, READY),
    "ready": ({"conditions": (condition("Ready"),)}, READY),
    "not ready": ({"conditions": (condition("Ready", "False", reason="R", message="m"),)}, WAITING),
    "of unknown readiness": ({"conditions": (condition("Ready", "Unknown"),)}, WAITING),
    "reconciling": ({"conditions": (condition("Ready"), condition("Reconciling"))}, WAITING),
    "stalled": ({"conditions": (condition("Stalled", message="m"), condition("Ready"))}, FAILED),
    "not stalled": ({"conditions": (condition("Stalled", "False"), condition("Ready"))}, READY),
    "accepted": ({"conditions": (condition("Accepted"),)}, READY),
    "seen as it was before": ({"observedGeneration": 1, "conditions": (condition("Ready"),)}, WAITING),
    "with conditions of its own": ({"conditions": (condition("Painted", "False"),)}, READY),
    "with conditions in another form": ({"conditions": {"Ready": "False"}}, READY),
}


@pytest.mark.parametrize("case", CUSTOM)
def test_custom_resources(case):
    status, expected = CUSTOM[case]
    assert verdict(live("example.com/v1", "Lamp", status)) == expected


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [((condition("Painted"),), READY), ((condition("Painted", "False"),), WAITING), ((), WAITING)],
)
def test_the_users_own_condition(conditions, expected):
    found = live("example.com/v1", "Lamp", {"conditions": (condition("Ready", "False"), *conditions)})
    assert verdict(found, {"condition": "Painted"}) == expected


def test_what_is_being_deleted_will_never_be_ready():
    found = live("v1", "ConfigMap", {}, deletionTimestamp="2026-01-01T00:00:00Z")
    assert verdict(found) == FAILED
    assert verdict(found, {"condition": "Ready"}) == FAILED


NUMBERS_AS_TEXTS = {
    "the generation of now": ("2", READY),
    "one before": ("1", WAITING),
    "no number": ("unknown", READY),
    "not whole": (1.5, READY),
    "truth": (True, READY),
    "a list": ((1,), READY),
}


@pytest.mark.parametrize("case", NUMBERS_AS_TEXTS)
def test_a_generation_is_read_where_it_is_a_number(case):
    """A generation that is a text is read as a number: Argo Rollouts writes it so (argo-rollouts #4672)."""
    observed, expected = NUMBERS_AS_TEXTS[case]
    assert verdict(live("c11.example.com/v1", "Canary", {"observedGeneration": observed})) == expected


def test_a_status_that_is_no_map_has_nothing_to_say():
    assert verdict(live("c11.example.com/v1", "Canary", "Active")) == READY


WRITTEN = [
    *("conditions", "observedGeneration", "phase", "replicas", "type", "status", "containerStatuses", "state", "spec"),
    *("waiting", "loadBalancer", "ingress", "updatedReplicas", "readyReplicas", "message", "metadata"),
]
ANYTHING = strategies.recursive(
    strategies.none()
    | strategies.booleans()
    | strategies.integers()
    | strategies.floats()
    | strategies.text(max_size=3)
    | strategies.sampled_from(["True", "Ready", "Failed", "type", "status", "Running"]),
    lambda inner: (
        strategies.lists(inner, max_size=3).map(tuple)
        | strategies.dictionaries(
            strategies.sampled_from(WRITTEN),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
KINDS = sorted(set(_rules()) | {("c11.example.com", "Canary")})


@given(strategies.sampled_from(KINDS), ANYTHING, ANYTHING)
def test_whatever_a_controller_writes_has_a_verdict(kind, status, spec):
    found = live(f"{kind[0]}/v1" if kind[0] else "v1", kind[1], status, spec)
    assert verdict({**found, "spec": spec}) in (READY, FAILED, WAITING)
