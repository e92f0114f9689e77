"""One cluster's API server: its objects, its controllers, its nodes, and the socket that it serves on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sandbox.kubernetes import controllers, kinds
from sandbox.kubernetes.api import Api
from sandbox.kubernetes.catalogue import Catalogue
from sandbox.kubernetes.controllers.loop import Loop
from sandbox.kubernetes.controllers.world import World, condition
from sandbox.kubernetes.objects import Objects, Write
from sandbox.kubernetes.serving import ApiSocket
from sandbox.kubernetes.storage import Store
from sandbox.kubernetes.tls import server_context
from sandbox.kubernetes.users import User

_NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")
_POOL = "sandbox.freehold/pool"
_ADMINISTRATORS = "system:masters"


class KubernetesServer:
    """A cluster. `authenticate` makes a user of a bearer token; `authorize` is asked about every request.

    `on_load_balancer(service, namespace)` gives a hostname; both hooks are the embedding cloud's. Controllers work at
    once: `speed` is taken for the cloud's waiting, which is its own.
    """

    def __init__(
        self,
        *,
        name: str,
        version: str = "1.35",
        authenticate: Callable[[str], User | None],
        authorize: Callable[..., Any] | None = None,
        clock: Callable[[], float] = time.time,
        speed: float = 1.0,
        host: str = "127.0.0.1",
        port: int = 0,
        directory: Path | None = None,
        on_load_balancer: Callable[[str, str], str] | None = None,
        on_load_balancer_deleted: Callable[[str, str], None] | None = None,
    ) -> None:
        self.name = name
        self._objects = Objects(Store(), Catalogue(), _minor(version), clock)
        self._world = World(self._objects, clock, on_load_balancer, on_load_balancer_deleted)
        self._loop = Loop(self._world, controllers.ALL)
        context, self.ca_certificate = server_context(host)
        api = Api(self._objects, authenticate, authorize or _administrators_only, clock)
        self._socket = ApiSocket(host, port, context, api)
        self.endpoint = f"https://{host}:{self._socket.server_address[1]}"
        self._thread = threading.Thread(target=self._socket.serve_forever, args=(0.2,), name=name, daemon=True)

    def start(self) -> None:
        """Serve; what every cluster has is there when this returns."""
        self._loop.start()
        for namespace in _NAMESPACES:
            body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
            self._world.create("Namespace", "", body, "kube-apiserver")
        self._thread.start()

    def stop(self) -> None:
        """Serve no more."""
        self._loop.stop()
        self._socket.shutdown()
        self._socket.server_close()

    def upgrade(self, version: str) -> None:
        """Be of another minor version."""
        self._objects.minor = _minor(version)

    def set_nodes(self, pool: str, count: int, labels: dict[str, str], instance_type: str) -> None:
        """Let the pool have so many nodes, all of them ready."""
        names = {f"{pool}-{number}" for number in range(count)}
        there = {
            node["metadata"]["name"]: node
            for node in self._world.every("Node")
            if (node["metadata"].get("labels") or {}).get(_POOL) == pool
        }
        for name in sorted(names - set(there)):
            self._join(name, {**labels, _POOL: pool}, instance_type)
        for name in sorted(set(there) - names):
            for pod in self._world.every("Pod"):
                if pod["spec"].get("nodeName") == name:
                    self._world.delete("Pod", pod, grace=0)
            self._world.delete("Node", there[name])

    def _join(self, name: str, labels: dict[str, str], instance_type: str) -> None:
        own = {
            "kubernetes.io/hostname": name,
            "kubernetes.io/os": "linux",
            "kubernetes.io/arch": "amd64",
            "node.kubernetes.io/instance-type": instance_type,
        }
        metadata = {"name": name, "labels": {**own, **labels}}
        made = self._world.create("Node", "", {"apiVersion": "v1", "kind": "Node", "metadata": metadata}, "kubelet")
        if made is None:
            return
        now = self._objects.now()
        status: dict[str, Any] = {
            "capacity": {"cpu": "4", "memory": "16Gi", "pods": "110"},
            "allocatable": {"cpu": "4", "memory": "15Gi", "pods": "110"},
            "nodeInfo": {"kubeletVersion": f"v{self._objects.minor}.0-sandbox", "operatingSystem": "linux"},
        }
        status["conditions"] = condition({}, "Ready", True, "KubeletReady", "kubelet is posting ready status", now)
        live = self._world.get("Node", "", name)
        if live is not None:
            write = Write("kubelet", field_validation="Ignore")
            self._objects.change(
                kinds.of_kind("Node"), "", name, lambda obj: {**obj, "status": status}, write, "status"
            )


def _minor(version: str) -> str:
    return ".".join(version.removeprefix("v").split(".")[:2])


def _administrators_only(user: User, verb: str, **attributes: Any) -> bool:
    return _ADMINISTRATORS in user.groups
