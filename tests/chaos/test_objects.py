"""Killed while it applies objects to a cluster that exists, freehold knows its own again and finishes."""

from __future__ import annotations

import random
import secrets
import time

import pytest

from sandbox.kubernetes import KubernetesServer, User
from tests.chaos.killing import killed_after
from tests.conformance.stack import Stack
from tools.control_plane.certificates import write_private
from tools.control_plane.client import Client
from tools.control_plane.kubeconfigs import kubeconfig

COUNT = 60
KILLS = 8
DISTANCE = 0.005
MAPS = "/api/v1/namespaces/many/configmaps"


class Cluster:
    """A running API server that is as far away as a real one, and counts what it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self._token = secrets.token_urlsafe(16)
        self.server = KubernetesServer(name="chaos", authenticate=self._authenticate, speed=60.0)

    def _authenticate(self, token: str) -> User | None:
        self.asked += 1
        time.sleep(DISTANCE)
        return User("admin", ["system:masters"]) if token == self._token else None

    @property
    def kubeconfig(self) -> bytes:
        return kubeconfig(self.server.endpoint, self.server.ca_certificate, self._token)


@pytest.fixture(scope="module")
def cluster():
    made = Cluster()
    made.server.start()
    yield made
    made.server.stop()


@pytest.fixture
def stack(tmp_path, cluster):
    made = Stack(tmp_path / "stack")
    config = made.folder / "kubeconfig"
    write_private(config, cluster.kubeconfig)
    maps = [f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{n}}}\ndata: {{n: '{n}'}}\n" for n in range(COUNT)]
    made.write("---\n".join(maps), "k8s/maps.yaml")
    made.write(f"""
cluster "main" {{ kubeconfig = "{config}" }}
app "many" {{
  cluster   = cluster.main
  namespace = "many"
  manifests = "k8s"
}}
""")
    return made


def test_killed_between_objects_the_next_one_finishes(stack, cluster):
    client = Client.of_kubeconfig(stack.folder / "kubeconfig")
    chance = random.Random(8)

    def kills(most, *command):
        return sum(killed_after(chance.randint(12, most), lambda: cluster.asked, stack, *command) for _ in range(KILLS))

    assert kills(90, "apply", "-auto-approve", "-parallelism=2") >= KILLS // 2
    stack.apply()
    assert {each["metadata"]["name"] for each in client.get(MAPS).body["items"]} >= {f"c{n}" for n in range(COUNT)}
    assert len(stack.addresses()) == COUNT + 1
    stack.unchanged()

    assert kills(30, "destroy", "-auto-approve", "-parallelism=2") >= KILLS // 2
    stack.destroy()
    assert client.get("/api/v1/namespaces/many").status == 404
    assert stack.addresses() == []
