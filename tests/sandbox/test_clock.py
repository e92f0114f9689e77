"""The scaled clock: order, scale, forgetting."""

from __future__ import annotations

import threading
import time

import pytest

from sandbox.clock import Clock


@pytest.fixture
def clock():
    made = []

    def make(speed):
        made.append(Clock(speed))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def test_actions_run_in_the_order_in_which_they_are_due(clock):
    fast, order, done = clock(1000), [], threading.Event()
    fast.after(60, lambda: (order.append("second"), done.set()))
    fast.after(20, lambda: order.append("first"))
    assert done.wait(5)
    assert order == ["first", "second"]


def test_speed_divides_what_the_cloud_waits(clock):
    assert clock(60).scaled(540) == 9
    assert clock(1).scaled(540) == 540
    assert clock(0).scaled(540) == 0
    with pytest.raises(ValueError, match="negative"):
        Clock(-1)


def test_what_is_forgotten_does_not_happen(clock):
    slow, happened = clock(10), []
    slow.after(1, lambda: happened.append(1))
    slow.forget()
    time.sleep(0.15)
    assert not happened


def test_an_action_that_fails_does_not_stop_the_clock(clock, caplog):
    instant, done = clock(0), threading.Event()
    instant.after(0, lambda: 1 / 0)
    instant.after(0, done.set)
    assert done.wait(5)
    assert "what was due failed" in caplog.text


def test_an_action_may_ask_for_another(clock):
    instant, done = clock(0), threading.Event()
    instant.after(5, lambda: instant.after(5, done.set))
    assert done.wait(5)
