"""What controllers make of objects, compared when they have done it: statuses, owned objects, revisions."""

from __future__ import annotations

import pytest

from tests.conformance.kubernetes.protocol.objects import collection, job, path_of, service, workload

ONE = {"replicas": 1}
SETTLED = {
    "Deployment": (workload("Deployment", **ONE), lambda status: status.get("availableReplicas") == 1),
    "a paused Deployment": (workload("Deployment", paused=True), lambda status: len(status.get("conditions", ())) == 2),
    "StatefulSet": (workload("StatefulSet", **ONE), lambda status: status.get("availableReplicas") == 1),
    "DaemonSet": (workload("DaemonSet"), lambda status: status.get("numberAvailable") == 1),
    "Job": (job(suspend=False), lambda status: any(c["type"] == "Complete" for c in status.get("conditions", ()))),
}


@pytest.mark.parametrize("case", SETTLED)
def test_what_controllers_write_of_workloads(pair, namespace, case):
    manifest, is_settled = SETTLED[case]
    path = path_of(manifest, namespace)
    pair.apply(path, manifest)
    pair.settled(path, lambda body: _seen(body) and is_settled(body["status"]))


def _seen(body):
    """Whether its controller has seen it as it is; jobs do not say so."""
    status = body.get("status", {})
    return body["kind"] == "Job" or status.get("observedGeneration") == body["metadata"]["generation"]


def test_a_deployment_owns_its_replica_set(pair, namespace):
    manifest = workload("Deployment", **ONE)
    pair.apply(path_of(manifest, namespace), manifest)
    sets = collection({"apiVersion": "apps/v1", "kind": "ReplicaSet"}, namespace)
    made = pair.settled(sets, lambda body: [s for s in body["items"] if s["status"].get("availableReplicas") == 1])
    (owner,) = made.body["items"][0]["metadata"]["ownerReferences"]
    assert owner["kind"] == "Deployment"
    assert owner["controller"]


def test_a_deployment_scaled_to_nothing_keeps_its_replica_set(pair, namespace):
    path = path_of(workload("Deployment"), namespace)
    pair.apply(path, workload("Deployment", **ONE))
    pair.settled(path, lambda body: body.get("status", {}).get("availableReplicas") == 1)
    pair.apply(path, workload("Deployment", replicas=0))
    pair.settled(path, lambda body: _seen(body) and not body["status"].get("replicas"))


def test_a_service_without_pods_is_as_it_was_applied(pair, namespace):
    pair.apply(path_of(service(), namespace), service())
    pair.settled(path_of(service(), namespace), lambda body: body["spec"]["clusterIP"])
