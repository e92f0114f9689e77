"""StatefulSets: pods with numbers, one after the other, each with claims of its own."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from sandbox.kubernetes.controllers.loop import owner_of
from sandbox.kubernetes.controllers.world import World, is_ready, pod_of
from sandbox.kubernetes.storage import Event

WATCHES = ("StatefulSet",)
_REVISION = "controller-revision-hash"
Object = dict[str, Any]


def related(world: World, event: Event) -> list[tuple[str, str]]:
    """A pod of it changed."""
    return owner_of(world, event, "StatefulSet") if event.resource == ("", "pods") else []


def reconcile(world: World, namespace: str, name: str) -> None:
    """The next pod that is missing or of an old revision."""
    stateful = world.get("StatefulSet", namespace, name)
    if stateful is None or stateful["metadata"].get("deletionTimestamp"):
        return
    wanted = stateful["spec"].get("replicas", 1)
    revision = f"{name}-{_hash_of(stateful['spec']['template'])}"
    pods = {pod["metadata"]["name"]: pod for pod in world.owned("Pod", stateful)}
    parallel = stateful["spec"].get("podManagementPolicy") == "Parallel"
    for number in range(wanted):
        pod = pods.get(f"{name}-{number}")
        if pod is None:
            _create(world, stateful, number, revision)
        elif pod["metadata"]["labels"].get(_REVISION) != revision and not pod["metadata"].get("deletionTimestamp"):
            world.delete("Pod", pod, grace=0)
        if not parallel and (pod is None or not is_ready(pod)):
            break
    for pod_name, pod in pods.items():
        if int(pod_name.rpartition("-")[2]) >= wanted:
            world.delete("Pod", pod)
    _tell(world, stateful, revision)


def _hash_of(template: Object) -> str:
    return hashlib.sha256(orjson.dumps(template, option=orjson.OPT_SORT_KEYS)).hexdigest()[:10]


def _create(world: World, stateful: Object, number: int, revision: str) -> None:
    name, namespace = stateful["metadata"]["name"], stateful["metadata"]["namespace"]
    pod_name = f"{name}-{number}"
    labels = {
        _REVISION: revision,
        "statefulset.kubernetes.io/pod-name": pod_name,
        "apps.kubernetes.io/pod-index": str(number),
    }
    pod = pod_of(stateful["spec"]["template"], pod_name, stateful, labels)
    spec = {**pod["spec"], "hostname": pod_name, "subdomain": stateful["spec"].get("serviceName", "")}
    volumes = list(spec.get("volumes") or ())
    for template in stateful["spec"].get("volumeClaimTemplates") or ():
        claim = f"{template['metadata']['name']}-{pod_name}"
        if world.get("PersistentVolumeClaim", namespace, claim) is None:
            metadata = {"name": claim, "labels": (stateful["spec"]["selector"].get("matchLabels") or {})}
            body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": template["spec"]}
            world.create("PersistentVolumeClaim", namespace, body)
        volumes.append({"name": template["metadata"]["name"], "persistentVolumeClaim": {"claimName": claim}})
    if volumes:
        spec["volumes"] = volumes
    world.create("Pod", namespace, {**pod, "spec": spec})


def _tell(world: World, stateful: Object, revision: str) -> None:
    pods = [pod for pod in world.owned("Pod", stateful) if not pod["metadata"].get("deletionTimestamp")]
    ready = sum(is_ready(pod) for pod in pods)
    updated = sum(pod["metadata"]["labels"].get(_REVISION) == revision for pod in pods)
    before = stateful.get("status") or {}
    finished = updated == stateful["spec"].get("replicas", 1) and ready == updated
    current = revision if finished or not before.get("currentRevision") else before["currentRevision"]
    status: Object = {
        "observedGeneration": stateful["metadata"].get("generation", 1),
        "replicas": len(pods),
        "readyReplicas": ready,
        "availableReplicas": ready,
        "currentReplicas": sum(pod["metadata"]["labels"].get(_REVISION) == current for pod in pods),
        "updatedReplicas": updated,
        "currentRevision": current,
        "updateRevision": revision,
        "collisionCount": 0,
    }
    kept = {
        key: value
        for key, value in status.items()
        if value or key in ("replicas", "availableReplicas", "collisionCount")
    }
    world.status("StatefulSet", stateful, kept)
