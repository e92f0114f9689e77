"""Killed while EKS goes on by itself: the next plan tells of it, and the next apply waits instead of asking again."""

from __future__ import annotations

import signal
import time

import pytest

from sandbox.testing import running
from tests.chaos.account import Account
from tests.chaos.killing import WITHIN
from tests.conformance.stack import Stack

SPEED = 60.0
"""Slow enough to plan while a control plane is upgraded, which takes nine minutes."""
DURABLE = 1.0
"""Seconds after an answer within which its handle is durable."""
CLUSTER = """
stack "chaos" {}

cluster "main" {
  provider = "aws"
  region   = "eu-west-1"
  version  = "%s"
  %s
  node_pool "general" {
    cpu       = 2
    memory_gb = 8
    min       = 1
  }
}
"""
LOGS = 'aws { log_types = ["api"] }'
UPGRADE, CONFIG, CREATE, DELETE = "UpdateClusterVersion", "UpdateClusterConfig", "CreateCluster", "DeleteCluster"
CONTROL_PLANE = "cluster.main/aws_eks_cluster"


@pytest.fixture(scope="module")
def sandbox():
    with running(speed=SPEED) as found:
        yield found


@pytest.fixture
def account(sandbox):
    yield Account(sandbox)
    sandbox.reset()


@pytest.fixture
def stack(tmp_path, sandbox):
    return Stack(tmp_path / "stack", sandbox.env)


def killed_after(operation, account, stack, *arguments):
    """Run a command, and kill it when EKS has answered an operation and its handle is to be durable."""
    before = account.asked(operation)
    with stack.start(*arguments) as process:
        deadline = time.monotonic() + WITHIN
        while process.poll() is None and account.asked(operation) == before and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(DURABLE)
        assert process.poll() is None, process.stdout.read()
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=WITHIN)


def test_an_upgrade_that_was_killed_is_resumed_and_not_asked_for_again(stack, account):
    stack.write(CLUSTER % ("1.34", ""))
    stack.apply()
    stack.write(CLUSTER % ("1.35", ""))
    killed_after(UPGRADE, account, stack, "apply", "-auto-approve")

    planned = stack.plan()
    assert "resume update (since " in planned.output
    assert planned.actions[CONTROL_PLANE] == ["update"]
    stack.apply()

    assert account.asked(UPGRADE) == 1
    stack.unchanged()

    stack.write(CLUSTER % ("1.35", LOGS))
    killed_after(CONFIG, account, stack, "apply", "-auto-approve")
    stack.write(CLUSTER % ("1.35", ""))
    changes = [each for each in stack.plan().document["resource_changes"] if each["address"] == CONTROL_PLANE]
    assert [each["change"]["actions"] for each in changes] == [["update"], ["update"]]
    stack.apply()

    assert account.asked(CONFIG) == 2
    stack.unchanged()


def test_a_creation_and_a_deletion_that_were_killed_are_waited_for(stack, account):
    stack.write(CLUSTER % ("1.35", ""))
    killed_after(CREATE, account, stack, "apply", "-auto-approve")
    assert "resume create (since " in stack.plan().output
    stack.apply()
    assert account.asked(CREATE) == 1
    stack.unchanged()

    killed_after(DELETE, account, stack, "destroy", "-auto-approve", "-allow-data-loss")
    assert "resume delete (since " in stack.run("plan", "-destroy").output
    stack.destroy("-allow-data-loss")

    assert account.asked(DELETE) == 1
    assert account.by_address() == {}
    assert stack.addresses() == []
