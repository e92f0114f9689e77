"""Runs the control plane while a block lasts: etcd, the API server, the controllers, and a stand-in for nodes.

Everything listens on loopback, lives in one temporary directory, and ends with the process that started it.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import urllib3
import yaml

from tools.control_plane import build
from tools.control_plane.certificates import write_certificates, write_private
from tools.control_plane.client import Client
from tools.control_plane.kubeconfigs import kubeconfig
from tools.control_plane.nodes import Nodes

READY_WITHIN = 60.0
_STOP_WITHIN = 10.0
_ATTEMPTS = 3
_PR_SET_PDEATHSIG = 1
_AUDITED = "admin"
_AUDIT_POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [{"level": "Metadata", "users": [_AUDITED]}, {"level": "None"}],
}


class NotStarted(Exception):
    """The control plane did not become ready; the text ends with what its parts said last."""


@dataclass
class ControlPlane:
    """A running control plane. The kubeconfig is an administrator's, and is readable by its owner only."""

    directory: Path
    endpoint: str
    client: Client
    kubeconfig: Path
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def requests(self) -> list[tuple[str, str]]:
        """The verb and the path of each request so far that came by the kubeconfig, as the audit log has them."""
        lines = (self.directory / "audit.log").read_text().splitlines()
        return [(event["verb"], event["requestURI"]) for event in map(json.loads, lines)]


@contextlib.contextmanager
def running() -> Iterator[ControlPlane]:
    """A control plane of one node. Raises FileNotFoundError where none is built, and NotStarted."""
    binary = build.path()
    if not binary.exists():
        raise FileNotFoundError(f"{binary} is not there: `make control-plane` builds it")
    with tempfile.TemporaryDirectory(prefix="control-plane-", ignore_cleanup_errors=True) as name:
        plane = _started(binary, Path(name))
        nodes = Nodes(plane.client)
        try:
            nodes.start()
            yield plane
        finally:
            _stop(plane._processes)
            nodes.stop()


def _started(binary: Path, directory: Path) -> ControlPlane:
    """Start it on free ports; another process may take one of them first, which makes for another attempt."""
    for attempt in range(_ATTEMPTS):
        home = directory / str(attempt)
        home.mkdir()
        plane = _prepared(home)
        try:
            _start(binary, plane)
            return plane
        except NotStarted:
            _stop(plane._processes)
            if attempt == _ATTEMPTS - 1:
                raise
        except BaseException:
            _stop(plane._processes)
            raise
    raise AssertionError("every attempt returns or raises")


def _prepared(home: Path) -> ControlPlane:
    authority = write_certificates(home).authority.read_bytes()
    endpoint = f"https://127.0.0.1:{_free_port()}"
    token, controllers = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    users = f"{token},{_AUDITED},1,system:masters\n{controllers},controllers,2,system:masters\n"
    write_private(home / "tokens.csv", users.encode())
    write_private(home / "kubeconfig", kubeconfig(endpoint, authority, token))
    write_private(home / "controllers.kubeconfig", kubeconfig(endpoint, authority, controllers))
    (home / "audit.yaml").write_text(yaml.safe_dump(_AUDIT_POLICY))
    client = Client(endpoint, authority.decode(), controllers)
    return ControlPlane(home, endpoint, client, home / "kubeconfig")


def _start(binary: Path, plane: ControlPlane) -> None:
    home = plane.directory
    store, peers = f"http://127.0.0.1:{_free_port()}", f"http://127.0.0.1:{_free_port()}"
    _launch(plane, binary, "etcd", str(home / "etcd"), store, peers)
    _launch(
        plane,
        binary,
        "kube-apiserver",
        f"--etcd-servers={store}",
        "--bind-address=127.0.0.1",
        f"--secure-port={urllib3.util.parse_url(plane.endpoint).port}",
        f"--tls-cert-file={home / 'tls.crt'}",
        f"--tls-private-key-file={home / 'tls.key'}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={home / 'service-accounts.key'}",
        f"--service-account-signing-key-file={home / 'service-accounts.key'}",
        "--service-cluster-ip-range=10.0.0.0/16",
        "--allow-privileged=true",
        "--disable-admission-plugins=ServiceAccount,TaintNodesByCondition",
        "--authorization-mode=RBAC",
        f"--token-auth-file={home / 'tokens.csv'}",
        "--endpoint-reconciler-type=none",
        f"--audit-policy-file={home / 'audit.yaml'}",
        f"--audit-log-path={home / 'audit.log'}",
    )
    _wait(plane, lambda: plane.client.get("/readyz").ok, "the API server")
    _launch(
        plane,
        binary,
        "kube-controller-manager",
        f"--kubeconfig={home / 'controllers.kubeconfig'}",
        f"--service-account-private-key-file={home / 'service-accounts.key'}",
        "--leader-elect=false",
        f"--secure-port={_free_port()}",
        "--bind-address=127.0.0.1",
        f"--cert-dir={home / 'controllers'}",
        "--controllers=*,-node-lifecycle-controller",
    )
    default = "/api/v1/namespaces/default/serviceaccounts/default"
    _wait(plane, lambda: plane.client.get(default).ok, "the controllers")


def _launch(plane: ControlPlane, binary: Path, part: str, *arguments: str) -> None:
    with open(plane.directory / f"{part}.log", "wb") as log:
        process = subprocess.Popen(
            [binary, part, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=plane.directory,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
    plane._processes.append(process)


def _die_with_parent() -> None:
    """Called in the child: the kernel kills it when the thread that started it is gone, however that ended."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _wait(plane: ControlPlane, ready: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while True:
        with contextlib.suppress(urllib3.exceptions.HTTPError, OSError):
            if ready():
                return
        ended = next((process for process in plane._processes if process.poll() is not None), None)
        if ended is not None or time.monotonic() > deadline:
            raise NotStarted(f"{what} did not become ready\n{_last_words(plane.directory)}")
        time.sleep(0.1)


def _last_words(home: Path) -> str:
    logs = sorted(home.glob("*.log"))
    return "\n".join(f"{log.name}: {log.read_text(errors='replace')[-800:]}" for log in logs if log.name != "audit.log")


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """End them at once, the last one first: nothing here is worth a tidy shutdown."""
    for process in reversed(processes):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    for process in processes:
        process.wait(timeout=_STOP_WITHIN)
    processes.clear()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
