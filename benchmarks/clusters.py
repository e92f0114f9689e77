"""The API servers that benchmarks talk to, each in processes of its own, counting what it is asked."""

from __future__ import annotations

import contextlib
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.control_plane import build
from tools.control_plane.certificates import write_private
from tools.control_plane.kubeconfigs import kubeconfig
from tools.control_plane.running import running

_SERVER = """
import sys
from sandbox.kubernetes import KubernetesServer, User
from sandbox.kubernetes.api import Api

asked = 0
answer = Api.__call__

def counted(self, request, token):
    global asked
    asked += 1
    return answer(self, request, token)

Api.__call__ = counted
token = sys.stdin.readline().strip()
server = KubernetesServer(
    name="benchmark", authenticate=lambda given: User("admin", ["system:masters"]) if given == token else None
)
server.start()
server.set_nodes("benchmark", 3, {}, "m7i.large")
print(server.endpoint, server.ca_certificate.hex(), flush=True)
for _ in sys.stdin:
    print(asked, flush=True)
"""


@dataclass(frozen=True)
class Cluster:
    """A running cluster: how to reach it, and how many requests it was asked so far."""

    name: str
    kubeconfig: Path
    requests: Callable[[], int]


@contextlib.contextmanager
def sandbox(folder: Path) -> Iterator[Cluster]:
    """The sandbox's API server."""
    token = secrets.token_urlsafe(16)
    with subprocess.Popen(
        [sys.executable, "-c", _SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        questions, answers = process.stdin, process.stdout

        def ask(question: str) -> str:
            questions.write(question + "\n")
            questions.flush()
            return answers.readline()

        try:
            endpoint, authority = ask(token).split()
            path = folder / "sandbox.kubeconfig"
            write_private(path, kubeconfig(endpoint, bytes.fromhex(authority), token))
            yield Cluster("the sandbox", path, lambda: int(ask("how many?")))
        finally:
            process.kill()


@contextlib.contextmanager
def control_plane(folder: Path) -> Iterator[Cluster]:
    """Kubernetes' own, where it is built."""
    with running() as plane:
        yield Cluster("a real one", plane.kubeconfig, lambda: len(plane.requests()))


def available() -> list[Callable[[Path], contextlib.AbstractContextManager[Cluster]]]:
    """The clusters that there are on this machine."""
    return [sandbox, control_plane] if build.path().exists() else [sandbox]
