"""Two applies at once: one holds the state's lock; the other is refused and told by whom, or waits its turn."""

from __future__ import annotations

import time

LATENCY = 2.0


def _begun(stack, account, sandbox):
    """An apply that has begun, and that a slow answer holds up for a while."""
    sandbox.set_faults({"operation": "CreateVpc", "times": 1, "latency": LATENCY})
    process = stack.start("apply", "-auto-approve")
    deadline = time.monotonic() + 30
    while not account.asked("CreateVpc"):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return process


def _ended(process):
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, output + errors
    return output


def test_the_second_is_refused_and_told_who_holds_the_lock(stack, account, sandbox):
    with _begun(stack, account, sandbox) as first:
        refused = stack.run("apply", "-auto-approve")

        assert refused.code == 1
        assert "lock" in refused.words.lower()
        assert "apply" in refused.words
        assert "@" in refused.words  # who holds it, and where
        assert first.poll() is None
        _ended(first)
    assert set(account.by_address().values()) == {1}
    stack.unchanged()


def test_the_second_waits_when_it_may_and_finds_nothing_to_do(stack, account, sandbox):
    with _begun(stack, account, sandbox) as first, stack.start("apply", "-auto-approve", "-lock-timeout=60s") as second:
        assert "Apply complete!" in _ended(first)
        assert "No changes." in _ended(second)
    assert set(account.by_address().values()) == {1}
    stack.unchanged()


def test_a_killed_apply_leaves_a_lock_that_the_next_one_takes_over(stack, account, sandbox):
    with _begun(stack, account, sandbox) as first:
        first.kill()
        first.communicate(timeout=30)

    stack.apply("-lock-timeout=60s")

    assert set(account.by_address().values()) == {1}
    stack.unchanged()
