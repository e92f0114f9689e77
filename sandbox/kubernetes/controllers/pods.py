"""Pods: put on a node that is ready, and told to run. Nothing runs."""

from __future__ import annotations

from typing import Any

from sandbox.kubernetes.controllers.world import World, condition
from sandbox.kubernetes.storage import Event

WATCHES = ("Pod",)
_DEFAULT_SCHEDULER = "default-scheduler"
_SCHEDULER, _KUBELET = "kube-scheduler", "kubelet"
Object = dict[str, Any]


def related(world: World, event: Event) -> list[tuple[str, str]]:
    """A node came, or became ready: what waited for one is looked at again."""
    if event.resource != ("", "nodes"):
        return []
    pending = (pod for pod in world.every("Pod") if not pod["spec"].get("nodeName"))
    return [(pod["metadata"]["namespace"], pod["metadata"]["name"]) for pod in pending]


def reconcile(world: World, namespace: str, name: str) -> None:
    """The next step of one pod's life."""
    pod = world.get("Pod", namespace, name)
    if pod is None:
        return
    if pod["metadata"].get("deletionTimestamp"):
        world.delete("Pod", pod, grace=0)
        return
    phase = (pod.get("status") or {}).get("phase", "Pending")
    if phase in ("Succeeded", "Failed"):
        return
    node = pod["spec"].get("nodeName")
    if node is None:
        if pod["spec"].get("schedulerName") in (None, _DEFAULT_SCHEDULER):
            _schedule(world, pod)
    elif phase == "Pending":
        _run(world, pod)
    elif phase == "Running" and pod["spec"].get("restartPolicy") in ("Never", "OnFailure") and _of_job(pod):
        _finish(world, pod)


def _of_job(pod: Object) -> bool:
    return any(one["kind"] == "Job" for one in pod["metadata"].get("ownerReferences") or ())


def _schedule(world: World, pod: Object) -> None:
    selector = pod["spec"].get("nodeSelector") or {}
    nodes = [node for node in world.every("Node") if _fits(node, selector)]
    if nodes:
        busy: dict[str, int] = {}
        for other in world.every("Pod"):
            busy[other["spec"].get("nodeName", "")] = busy.get(other["spec"].get("nodeName", ""), 0) + 1
        chosen = min(nodes, key=lambda node: (busy.get(node["metadata"]["name"], 0), node["metadata"]["name"]))
        store = world.objects.store
        with store.lock:
            live = store.get(("", "pods"), pod["metadata"]["namespace"], pod["metadata"]["name"])
            if live is not None and live["metadata"]["uid"] == pod["metadata"]["uid"]:
                status = dict(live.get("status") or {})
                status["conditions"] = condition(status, "PodScheduled", True, "", "", world.objects.now())
                store.put(
                    ("", "pods"),
                    {**live, "spec": {**live["spec"], "nodeName": chosen["metadata"]["name"]}, "status": status},
                )
        return
    status = dict(pod.get("status") or {})
    none = not world.every("Node")
    message = "no nodes available to schedule pods" if none else "no node matches the pod's nodeSelector"
    status["conditions"] = condition(status, "PodScheduled", False, "Unschedulable", message, world.objects.now())
    world.status("Pod", pod, status, _SCHEDULER)


def _fits(node: Object, selector: Object) -> bool:
    conditions = (node.get("status") or {}).get("conditions") or ()
    ready = any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
    labels = node["metadata"].get("labels") or {}
    return ready and not node["spec"].get("unschedulable") and all(labels.get(k) == v for k, v in selector.items())


def _run(world: World, pod: Object) -> None:
    now = world.objects.now()
    status: Object = {**(pod.get("status") or {}), "phase": "Running", "startTime": now, "hostIP": "127.0.0.1"}
    for word in ("Initialized", "PodReadyToStartContainers", "ContainersReady", "Ready"):
        status["conditions"] = condition(status, word, True, "", "", now)
    status["conditions"] = [{k: v for k, v in one.items() if v != ""} for one in status["conditions"]]
    status["containerStatuses"] = [
        {
            "name": container["name"],
            "image": container.get("image", ""),
            "imageID": "",
            "containerID": f"sandbox://{pod['metadata']['uid']}/{container['name']}",
            "ready": True,
            "started": True,
            "restartCount": 0,
            "lastState": {},
            "state": {"running": {"startedAt": now}},
        }
        for container in pod["spec"]["containers"]
    ]
    world.status("Pod", pod, status, _KUBELET)


def _finish(world: World, pod: Object) -> None:
    now = world.objects.now()
    status: Object = {**pod["status"], "phase": "Succeeded"}
    for word in ("ContainersReady", "Ready"):
        status["conditions"] = condition(status, word, False, "PodCompleted", "", now)
    ended = {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": now, "finishedAt": now}}
    status["containerStatuses"] = [
        {**one, "ready": False, "started": False, "state": ended} for one in status.get("containerStatuses") or ()
    ]
    world.status("Pod", pod, status, _KUBELET)
