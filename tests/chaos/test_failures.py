"""A service or a network that fails half way: it is told, what was done is kept, and the next apply finishes."""

from __future__ import annotations

import pytest


@pytest.fixture
def hasty(stack):
    """The stack with a provider that gives up soon."""
    stack.write('provider "aws" { max_retries = 2 }', "provider.hcl")
    return stack


def test_a_service_that_fails_half_way(hasty, account, sandbox):
    fault = {"code": "InternalError", "message": "broken", "status": 500}
    sandbox.set_faults({"service": "ec2", "operation": "CreateNatGateway", "times": 50, "error": fault})

    broken = hasty.run("apply", "-auto-approve")

    assert broken.code == 1
    assert "cluster.main/aws_nat_gateway" in broken.errors
    assert "apply again to go on" in broken.words
    sandbox.set_faults()
    hasty.apply()
    assert set(account.by_address().values()) == {1}
    hasty.unchanged()


def test_a_network_that_goes_away_half_way(hasty, account, sandbox):
    done = 30
    sandbox.set_faults({"after": done, "drop": "before"})

    broken = hasty.run("apply", "-auto-approve")

    assert broken.code == 1
    assert "Error:" in broken.errors
    before = set(hasty.addresses())
    assert before, "what was done before is in the state"
    sandbox.set_faults()
    hasty.apply()
    assert before <= set(hasty.addresses())
    assert set(account.by_address().values()) == {1}
    hasty.unchanged()


def test_a_network_that_is_not_there_changes_nothing(hasty, account, sandbox):
    hasty.apply()
    before, state = hasty.addresses(), (hasty.folder / "freehold.state").read_bytes()
    sandbox.set_faults({"drop": "before"})

    for command in (("plan",), ("apply", "-auto-approve"), ("destroy", "-auto-approve", "-allow-data-loss")):
        refused = hasty.run(*command)
        assert refused.code == 1, command
        assert "Error:" in refused.errors

    assert (hasty.folder / "freehold.state").read_bytes() == state
    sandbox.set_faults()
    assert hasty.addresses() == before
    hasty.unchanged()


@pytest.mark.parametrize("code", ["Throttling", "RequestLimitExceeded"])
def test_being_throttled_is_waited_out(stack, account, sandbox, code):
    fault = {"code": code, "message": "Rate exceeded", "status": 400}
    sandbox.set_faults({"service": "ec2", "probability": 0.2, "seed": 7, "error": fault})

    stack.apply()

    sandbox.set_faults()
    assert set(account.by_address().values()) == {1}
    stack.unchanged()
