"""A sandbox a module, and what its tests look at it with: boto3 and kubectl."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sandbox.testing import running
from tests.conformance.stack import Stack

SPEED = 600.0
TIMEOUT = 30.0


@pytest.fixture(scope="module")
def sandbox():
    with running(speed=SPEED) as started:
        yield started


@pytest.fixture(scope="module")
def client(sandbox):
    """`client("ec2")`: a client of boto3 that reaches the sandbox as the administrator."""
    boto3 = pytest.importorskip("boto3")
    session = boto3.Session(
        aws_access_key_id=sandbox.env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=sandbox.env["AWS_SECRET_ACCESS_KEY"],
        region_name=sandbox.env["AWS_REGION"],
    )
    return lambda service: session.client(service, endpoint_url=sandbox.endpoint)


@pytest.fixture
def stack(tmp_path, sandbox):
    """An empty folder for a stack, whose commands reach the sandbox."""
    return Stack(tmp_path / "stack", sandbox.env)


class Kubectl:
    """kubectl, on the cluster of a stack, by the kubeconfig that freehold prints."""

    def __init__(self, stack: Stack) -> None:
        if shutil.which("kubectl") is None:
            pytest.skip("kubectl is not installed here")
        self._environment = stack.environment
        self._config: Path = stack.folder / "kubeconfig"
        printed = stack.run("kubeconfig")
        assert printed.code == 0, printed.text
        self._config.touch(0o600)
        self._config.write_text(printed.output)

    def __call__(self, *arguments: str) -> str:
        done = subprocess.run(
            ["kubectl", f"--kubeconfig={self._config}", *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def get(self, *arguments: str) -> dict[str, Any]:
        """An object, or a list of them."""
        found: dict[str, Any] = json.loads(self("get", "-o", "json", *arguments))
        return found
