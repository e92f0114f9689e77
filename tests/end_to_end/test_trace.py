"""The whole way at the level `trace`: every room speaks, and nothing sensitive is in what it says."""

from __future__ import annotations

import base64
import stat

import pytest

from tests.conformance.stack import Stack

CANARIES = {"variable": "canary-of-a-variable", "secret": "canary-in-a-manifest", "ephemeral": "canary-ephemeral-1"}
STACK = """
stack "traced" {}
variable "password" {
  sensitive = true
}
variable "once" {
  ephemeral = true
}
cluster "main" {
  provider = "aws"
  region   = "eu-west-1"
  version  = "1.34"
  node_pool "general" {
    cpu       = 2
    memory_gb = 4
  }
}
app "web" {
  cluster   = cluster.main
  namespace = "web"
  manifest "login" {
    apiVersion = "v1"
    kind       = "Secret"
    metadata   = { name = "login" }
    stringData = { password = var.password, other = "canary-in-a-manifest" }
  }
}
"""


@pytest.fixture(scope="module")
def traced(tmp_path_factory, sandbox):
    """The log of a plan, an apply and a destroy."""
    folder = tmp_path_factory.mktemp("traced")
    log = folder / "log"
    variables = {"FREEHOLD_VAR_password": CANARIES["variable"], "FREEHOLD_VAR_once": CANARIES["ephemeral"]}
    stack = Stack(
        folder / "stack",
        {**sandbox.env, **variables, "FREEHOLD_LOG": "trace", "FREEHOLD_LOG_PATH": str(log)},
    )
    stack.write(STACK)
    stack.apply()
    stack.unchanged()
    stack.destroy("-allow-data-loss")
    return log, sandbox.env


def test_every_room_speaks(traced):
    text = traced[0].read_text()

    assert "freehold.providers.aws: eks:CreateCluster 200 request " in text
    assert "freehold.providers.kubernetes: PATCH https://" in text
    assert "freehold.providers.kubernetes: sent: " in text
    assert "freehold.state: appended segment" in text
    assert "freehold.planner: started address=cluster.main/aws_vpc verb=create" in text
    assert "botocore.endpoint: " in text


def test_no_secret_of_the_stack_and_no_credential_is_in_it(traced):
    log, environment = traced
    text = log.read_text()

    secrets = [*CANARIES.values(), environment["AWS_SECRET_ACCESS_KEY"]]
    for secret in secrets:
        assert secret not in text
        assert base64.b64encode(secret.encode()).decode().rstrip("=") not in text
    assert "AWS4-HMAC-SHA256 Credential" not in text
    assert "k8s-aws-v1.aHR0" not in text
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
