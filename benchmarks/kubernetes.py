"""A plan of objects on a cluster where nothing changed: seconds, memory, and requests, on an API server of the sandbox.

The server runs in a process of its own and counts what it is asked.
"""

from __future__ import annotations

import base64
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_SERVER = """
import sys, threading
from sandbox.kubernetes import KubernetesServer, User
from sandbox.kubernetes.api import Api
asked = [0]
answer = Api.__call__
def counted(self, request, token):
    asked[0] += 1
    return answer(self, request, token)
Api.__call__ = counted
def known(token):
    return User("bench", ["system:masters"]) if token == "bench" else None
server = KubernetesServer(name="bench", authenticate=known)
server.start()
server.set_nodes("bench", 3, {}, "m7i.large")
print(server.endpoint, server.ca_certificate.hex(), flush=True)
for line in sys.stdin:
    print(asked[0], flush=True)
"""


class Cluster:
    """A running API server."""

    def __init__(self, process: subprocess.Popen[str], kubeconfig: Path) -> None:
        self._process = process
        self.kubeconfig = kubeconfig

    def requests(self) -> int:
        """How many requests it was asked so far."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """An API server while the block runs, with a kubeconfig for it in `folder`."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        endpoint, authority = process.stdout.readline().split()
        path = folder / "kubeconfig"
        data = base64.b64encode(bytes.fromhex(authority)).decode()
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(
                "apiVersion: v1\nkind: Config\ncurrent-context: b\n"
                f"clusters: [{{name: b, cluster: {{server: '{endpoint}', certificate-authority-data: {data}}}}}]\n"
                "contexts: [{name: b, context: {cluster: b, user: b}}]\nusers: [{name: b, user: {token: bench}}]\n"
            )
        yield Cluster(process, path)
    finally:
        process.kill()
        process.wait(10)
