"""Killed at any point of an apply or a destroy, the next one finishes: nothing twice, nothing orphaned."""

from __future__ import annotations

import random
import time
from collections import Counter

import pytest

from tests.chaos.killing import killed_after

KILLS = 20
APPLY = ("apply", "-auto-approve", "-parallelism=3")
DESTROY = ("destroy", "-auto-approve", "-allow-data-loss", "-parallelism=2")
CREATES = (
    "CreateVpc",
    "CreateInternetGateway",
    "CreateSubnet",
    "AllocateAddress",
    "CreateNatGateway",
    "CreateRouteTable",
    "CreateRoute",
    "CreateRole",
    "CreateCluster",
    "CreateOpenIDConnectProvider",
    "CreateNodegroup",
    "CreateAddon",
)
LATENCY = 0.4


def _whole(stack, account):
    """All is there, once, and known; and all of it goes."""
    stack.unchanged()
    found = account.by_address()
    assert {address: number for address, number in found.items() if number != 1} == {}
    assert set(found) <= set(stack.addresses())
    assert len(found) > 20
    assert account.untagged() == {"networks": 0, "addresses": 0, "gateways": 0}
    stack.destroy("-allow-data-loss")
    assert account.by_address() == Counter()
    assert stack.addresses() == []


def test_killed_at_twenty_points_of_an_apply_the_next_one_finishes(stack, account):
    chance = random.Random(20)
    kills = sum(killed_after(chance.randint(1, 4), account.asked, stack, *APPLY) for _ in range(KILLS))
    assert kills >= KILLS - 2, "the apply was over before it could be killed often enough"

    stack.apply()

    _whole(stack, account)


def test_killed_while_a_create_is_on_its_way_the_next_apply_finds_what_it_made(stack, account, sandbox):
    """The server goes on with a request whose sender is gone, so that nobody was told what it made."""
    sandbox.set_faults(*({"operation": operation, "times": 1, "latency": LATENCY} for operation in CREATES))

    def slow():
        return sum(rule["applied"] for rule in sandbox.status()["faults"])

    kills = 0
    while killed_after(1, slow, stack, *APPLY):
        kills += 1
        time.sleep(LATENCY + 0.1)
    assert kills >= len(CREATES) // 2
    sandbox.set_faults()

    stack.apply()

    _whole(stack, account)


def test_killed_during_a_destroy_the_next_one_finishes(stack, account):
    stack.apply()
    kills = sum(killed_after(6, account.asked, stack, *DESTROY) for _ in range(4))
    assert kills >= 3

    stack.destroy("-allow-data-loss")

    assert account.by_address() == Counter()
    assert stack.addresses() == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_connection_that_is_lost_around_a_create_leaves_nothing_behind(stack, account, sandbox, when):
    """Each create loses its connection once, before or after it took effect; an SDK may try again by itself."""
    sandbox.set_faults(*({"operation": operation, "times": 1, "drop": when} for operation in CREATES))
    for _ in CREATES:
        if stack.run("apply", "-auto-approve").code == 0:
            break
    sandbox.set_faults()

    stack.apply()

    _whole(stack, account)
