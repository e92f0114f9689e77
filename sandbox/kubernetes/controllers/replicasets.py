"""ReplicaSets: as many pods as they want."""

from __future__ import annotations

from sandbox.kubernetes.controllers.loop import owner_of
from sandbox.kubernetes.controllers.world import World, is_ready, pod_of
from sandbox.kubernetes.storage import Event

WATCHES = ("ReplicaSet",)


def related(world: World, event: Event) -> list[tuple[str, str]]:
    """A pod of it changed."""
    return owner_of(world, event, "ReplicaSet") if event.resource == ("", "pods") else []


def reconcile(world: World, namespace: str, name: str) -> None:
    """Make what is missing, end what is too much, count."""
    replica_set = world.get("ReplicaSet", namespace, name)
    if replica_set is None or replica_set["metadata"].get("deletionTimestamp"):
        return
    wanted = replica_set["spec"].get("replicas", 1)
    pods = [pod for pod in world.owned("Pod", replica_set) if not pod["metadata"].get("deletionTimestamp")]
    for _ in range(wanted - len(pods)):
        world.create("Pod", namespace, pod_of(replica_set["spec"]["template"], f"{name}-", replica_set))
    for pod in pods[wanted:]:
        world.delete("Pod", pod)
    pods = [pod for pod in world.owned("Pod", replica_set) if not pod["metadata"].get("deletionTimestamp")]
    ready = sum(is_ready(pod) for pod in pods)
    counts = {
        "fullyLabeledReplicas": len(pods),
        "readyReplicas": ready,
        "availableReplicas": ready,
        "observedGeneration": replica_set["metadata"].get("generation", 1),
    }
    counted = {key: count for key, count in counts.items() if count}
    status = {"replicas": len(pods), **counted, **world.terminating}
    world.status("ReplicaSet", replica_set, status)
