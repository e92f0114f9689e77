"""What controllers make of workloads: counts and conditions as Kubernetes' API reference has them."""

from __future__ import annotations

import pytest

from tests.conformance.kubernetes.protocol.objects import deployment, job, path_of, service, workload
from tests.sandbox.support import eventually


def settled(client, path, count, number=1):
    """The object once its controller has seen it as it is and counts so many."""

    def look():
        body = client.get(path).body
        status = body.get("status", {})
        seen = status.get("observedGeneration") == body["metadata"]["generation"]
        return body if seen and status.get(count) == number else None

    return eventually(look)


def conditions(body):
    return {one["type"]: (one["status"], one["reason"]) for one in body["status"]["conditions"]}


def test_a_deployment_rolls_out_and_then_over(client, namespace):
    path = path_of(deployment(), namespace)
    client.apply(path, deployment(paused=False, replicas=2))
    status = settled(client, path, "availableReplicas", 2)["status"]
    counts = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
    assert [status[name] for name in counts] == [2, 2, 2, 2]

    client.apply(path, deployment("w", {"name": "main", "image": "other"}, paused=False, replicas=2))

    sets = f"/apis/apps/v1/namespaces/{namespace}/replicasets"
    eventually(lambda: sorted(s["spec"]["replicas"] for s in client.get(sets).body["items"]) == [0, 2])
    done = settled(client, path, "replicas", 2)
    assert conditions(done)["Available"] == ("True", "MinimumReplicasAvailable")
    assert done["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "2"


def test_a_paused_deployment_makes_nothing(client, namespace):
    path = path_of(deployment(), namespace)
    client.apply(path, deployment(replicas=2))
    body = eventually(lambda: (b := client.get(path).body).get("status", {}).get("conditions") and b)
    assert conditions(body)["Progressing"] == ("Unknown", "DeploymentPaused")
    assert client.get(f"/apis/apps/v1/namespaces/{namespace}/replicasets").body["items"] == []


@pytest.mark.parametrize(
    ("manifest", "count"),
    [(workload("StatefulSet", replicas=1), "readyReplicas"), (workload("DaemonSet"), "numberAvailable")],
    ids=["StatefulSet", "DaemonSet"],
)
def test_other_workloads(client, namespace, manifest, count):
    client.apply(path_of(manifest, namespace), manifest)
    settled(client, path_of(manifest, namespace), count)


def test_a_job_runs_to_its_end(client, namespace):
    path = path_of(job(), namespace)
    client.apply(path, job(suspend=False))
    done = eventually(lambda: (b := client.get(path).body).get("status", {}).get("completionTime") and b)
    assert done["status"]["succeeded"] == 1
    assert conditions(done)["Complete"] == ("True", "CompletionsReached")


def test_a_pod_of_another_scheduler_waits(client, namespace):
    spec = {"schedulerName": "none", "containers": [{"name": "main", "image": "i"}]}
    path = f"/api/v1/namespaces/{namespace}/pods/p"
    client.apply(path, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec})
    other = {**spec, "schedulerName": "default-scheduler"}
    scheduled = f"/api/v1/namespaces/{namespace}/pods/q"
    client.apply(scheduled, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "q"}, "spec": other})
    eventually(lambda: client.get(scheduled).body["status"]["phase"] == "Running")
    assert client.get(path).body["status"]["phase"] == "Pending"


def test_a_load_balancer_gets_its_address(client, namespace):
    path = path_of(service(), namespace)
    client.apply(path, service(type="LoadBalancer"))
    ingress = eventually(lambda: client.get(path).body["status"]["loadBalancer"].get("ingress"))
    assert ingress == [{"hostname": f"s.{namespace}.example.com"}]
