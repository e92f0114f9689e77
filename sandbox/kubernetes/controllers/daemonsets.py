"""DaemonSets: a pod on every node."""

from __future__ import annotations

from sandbox.kubernetes.controllers.loop import owner_of
from sandbox.kubernetes.controllers.world import World, is_ready, pod_of
from sandbox.kubernetes.storage import Event

WATCHES = ("DaemonSet",)


def related(world: World, event: Event) -> list[tuple[str, str]]:
    """A pod of it changed, or a node came or went."""
    if event.resource == ("", "nodes") and event.type != "MODIFIED":
        found = world.every("DaemonSet")
        return [(one["metadata"]["namespace"], one["metadata"]["name"]) for one in found]
    return owner_of(world, event, "DaemonSet") if event.resource == ("", "pods") else []


def reconcile(world: World, namespace: str, name: str) -> None:
    """A pod where one is missing, none where there is no node."""
    daemon = world.get("DaemonSet", namespace, name)
    if daemon is None or daemon["metadata"].get("deletionTimestamp"):
        return
    selector = daemon["spec"]["template"]["spec"].get("nodeSelector") or {}
    nodes = {
        node["metadata"]["name"]
        for node in world.every("Node")
        if all((node["metadata"].get("labels") or {}).get(key) == value for key, value in selector.items())
    }
    pods = {pod["spec"].get("nodeName"): pod for pod in world.owned("Pod", daemon)}
    for node in sorted(nodes - set(pods)):
        pod = pod_of(daemon["spec"]["template"], f"{name}-", daemon)
        world.create("Pod", namespace, {**pod, "spec": {**pod["spec"], "nodeName": node}})
    for node, pod in pods.items():
        if node not in nodes:
            world.delete("Pod", pod, grace=0)
    pods = {pod["spec"].get("nodeName"): pod for pod in world.owned("Pod", daemon)}
    ready = sum(is_ready(pod) for pod in pods.values())
    status = {
        "currentNumberScheduled": len(pods),
        "desiredNumberScheduled": len(nodes),
        "numberMisscheduled": 0,
        "numberReady": ready,
        "observedGeneration": daemon["metadata"].get("generation", 1),
    }
    more = {"updatedNumberScheduled": len(pods), "numberAvailable": ready, "numberUnavailable": len(nodes) - ready}
    world.status("DaemonSet", daemon, {**status, **{key: count for key, count in more.items() if count}})
