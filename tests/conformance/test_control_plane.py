"""The control plane for tests itself: it serves, its secrets are private, and nothing of it outlives who started it."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

from tests.conformance.control_plane import running_or_skip
from tools.control_plane import build

ROOT = Path(__file__).parents[2]
HOLD = """
import time
from tools.control_plane.running import running
with running() as plane:
    print(plane.directory, *[process.pid for process in plane._processes], flush=True)
    time.sleep(60)
"""


def test_pods_become_ready_and_requests_are_recorded():
    with running_or_skip() as plane:
        template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
        spec = {"replicas": 2, "selector": {"matchLabels": {"a": "b"}}, "template": template}
        path = "/apis/apps/v1/namespaces/default/deployments"
        created = plane.client.post(path, {"metadata": {"name": "web"}, "spec": spec})
        assert created.status == 201
        assert _eventually(lambda: plane.client.get(f"{path}/web").body["status"].get("readyReplicas") == 2)
        assert plane.client.get("/version").body["gitVersion"] == f"v{build.KUBERNETES}"
        assert plane.requests() == []  # none by the kubeconfig so far


def test_files_with_secrets_are_private():
    with running_or_skip() as plane:
        for name in ("kubeconfig", "controllers.kubeconfig", "tokens.csv", "tls.key", "service-accounts.key"):
            assert stat.S_IMODE((plane.directory / name).stat().st_mode) == 0o600


def test_nothing_outlives_the_process_that_started_it():
    with running_or_skip():
        pass
    with subprocess.Popen([sys.executable, "-c", HOLD], cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        _, *processes = holder.stdout.readline().split()
        holder.send_signal(signal.SIGKILL)
    assert len(processes) == 3
    assert _eventually(lambda: not any(_alive(int(process)) for process in processes))


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False


def _eventually(holds, within=20.0):
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
