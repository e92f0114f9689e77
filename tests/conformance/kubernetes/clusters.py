"""The two API servers that the same tests run against: Kubernetes' own, and the sandbox's."""

from __future__ import annotations

import contextlib
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.control_plane import running_or_skip
from tools.control_plane.certificates import write_private
from tools.control_plane.client import Client
from tools.control_plane.kubeconfigs import kubeconfig

SPEED = 60.0


@dataclass(frozen=True)
class Cluster:
    """A cluster to test against: `client` is an administrator's, as is the kubeconfig."""

    name: str
    client: Client
    kubeconfig: Path


@contextlib.contextmanager
def control_plane() -> Iterator[Cluster]:
    """Kubernetes' own API server and controllers."""
    with running_or_skip() as plane:
        yield Cluster("control-plane", Client.of_kubeconfig(plane.kubeconfig), plane.kubeconfig)


@contextlib.contextmanager
def sandbox() -> Iterator[Cluster]:
    """The sandbox's API server, with one node."""
    from sandbox.kubernetes import KubernetesServer, User

    token = secrets.token_urlsafe(24)

    def authenticate(given: str) -> User | None:
        return User("admin", ["system:masters", "system:authenticated"]) if given == token else None

    server = KubernetesServer(
        name="conformance",
        authenticate=authenticate,
        speed=SPEED,
        on_load_balancer=lambda name, namespace: f"{name}.{namespace}.example.com",
        on_load_balancer_deleted=lambda name, namespace: None,
    )
    server.start()
    try:
        server.set_nodes("general", 1, {}, "m7i.xlarge")
        with tempfile.TemporaryDirectory(prefix="sandbox-cluster-") as directory:
            path = Path(directory, "kubeconfig")
            write_private(path, kubeconfig(server.endpoint, server.ca_certificate, token))
            yield Cluster("sandbox", Client.of_kubeconfig(path), path)
    finally:
        server.stop()
