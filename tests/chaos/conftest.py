"""One sandbox for the tests of a module, and a stack with a cluster and an app in an account that holds nothing yet."""

from __future__ import annotations

import pytest

from sandbox.testing import running
from tests.chaos.account import Account
from tests.conformance.stack import Stack

SPEED = 1800.0
CLUSTER_AND_APP = """
stack "chaos" {}

cluster "main" {
  provider = "aws"
  region   = "eu-west-1"
  version  = "1.34"
  node_pool "general" {
    cpu       = 2
    memory_gb = 8
    min       = 1
    max       = 2
  }
}

app "web" {
  cluster   = cluster.main
  namespace = "web"
  manifest "settings" {
    apiVersion = "v1"
    kind       = "ConfigMap"
    metadata   = { name = "settings" }
    data       = { endpoint = cluster.main.endpoint }
  }
  manifest "web" {
    apiVersion = "apps/v1"
    kind       = "Deployment"
    metadata   = { name = "web" }
    spec = {
      replicas = 2
      selector = { matchLabels = { app = "web" } }
      template = {
        metadata = { labels = { app = "web" } }
        spec     = { containers = [{ name = "web", image = "registry.example.com/web:1" }] }
      }
    }
  }
}
"""


@pytest.fixture(scope="module")
def sandbox():
    with running(speed=SPEED) as found:
        yield found


@pytest.fixture
def account(sandbox):
    """The account's content; it is emptied behind each test."""
    yield Account(sandbox)
    sandbox.reset()


@pytest.fixture
def stack(tmp_path, sandbox):
    made = Stack(tmp_path / "stack", sandbox.env)
    made.write(CLUSTER_AND_APP)
    return made
