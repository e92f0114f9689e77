"""Stands in for nodes and a cloud: pods become Running and Ready and load balancers get an address.

No container runs. A Ready Node is registered, on which the controllers place what goes to each node.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import urllib3

from tools.control_plane.client import MERGE, Client

ADDRESS = "192.0.2.10"
"""Of every load balancer; from a block that is reserved for documentation."""
_NODE = "node-1"
_WATCH_SECONDS = 60


class Nodes:
    """Two threads, one for pods and one for services, from `start` to `stop`."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._follow, args=("/api/v1/pods", self._serve_pod), daemon=True),
            threading.Thread(target=self._follow, args=("/api/v1/services", self._serve_service), daemon=True),
        ]

    def start(self) -> None:
        """Register the node and begin."""
        self._client.post("/api/v1/nodes", {"metadata": {"name": _NODE, "labels": {"kubernetes.io/hostname": _NODE}}})
        condition = {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "kubelet is posting ready"}
        resources = {"cpu": "64", "memory": "256Gi", "pods": "1000"}
        status = {"conditions": [condition], "capacity": resources, "allocatable": resources}
        self._client.patch(f"/api/v1/nodes/{_NODE}/status", {"status": status})
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End; call it when the server has gone, so that no watch holds on."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout=10)

    def _follow(self, path: str, serve: Callable[[Any], None]) -> None:
        while not self._stopped.is_set():
            try:
                for event in self._client.watch(path, self._stopped, timeoutSeconds=_WATCH_SECONDS):
                    if event["type"] in ("ADDED", "MODIFIED"):
                        serve(event["object"])
            except (urllib3.exceptions.HTTPError, OSError):
                self._stopped.wait(0.2)

    def _serve_pod(self, pod: Any) -> None:
        metadata = pod["metadata"]
        path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}"
        if "deletionTimestamp" in metadata:
            self._client.delete(path, {"gracePeriodSeconds": 0, "preconditions": {"uid": metadata["uid"]}})
        elif pod.get("status", {}).get("phase") == "Pending" and pod["spec"]["schedulerName"] == "default-scheduler":
            self._client.patch(f"{path}/status", {"metadata": {"uid": metadata["uid"]}, "status": _running(pod)}, MERGE)

    def _serve_service(self, service: Any) -> None:
        metadata = service["metadata"]
        spec = service["spec"]
        ours = spec.get("type") == "LoadBalancer" and "loadBalancerClass" not in spec
        wants = ours and "deletionTimestamp" not in metadata
        if wants and not service.get("status", {}).get("loadBalancer"):
            path = f"/api/v1/namespaces/{metadata['namespace']}/services/{metadata['name']}/status"
            self._client.patch(path, {"status": {"loadBalancer": {"ingress": [{"ip": ADDRESS}]}}}, MERGE)


def _running(pod: Any) -> dict[str, Any]:
    """The status of the pod when all its containers run; a job's has succeeded."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    finished = any(owner["kind"] == "Job" for owner in pod["metadata"].get("ownerReferences", ()))
    ready = "False" if finished else "True"
    kinds = {"Initialized": "True", "Ready": ready, "ContainersReady": ready, "PodScheduled": "True"}
    state = (
        {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": now, "finishedAt": now}}
        if finished
        else {"running": {"startedAt": now}}
    )
    return {
        "phase": "Succeeded" if finished else "Running",
        "startTime": now,
        "conditions": [{"type": kind, "status": status, "lastTransitionTime": now} for kind, status in kinds.items()],
        "containerStatuses": [
            {
                "name": container["name"],
                "image": container["image"],
                "imageID": "",
                "ready": not finished,
                "restartCount": 0,
                "state": state,
            }
            for container in pod["spec"]["containers"]
        ],
    }
