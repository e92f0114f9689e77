"""What is asserted of every command fails where it has to."""

from __future__ import annotations

import sys
import threading
import time

import pytest

import cli


@pytest.mark.parametrize(
    "text", ["\x1b]0;owned\x07", "\x1b[2Jx", "a\rb", "\x9b31m", "\u202eabc", "\x00", "\x1b[31\x1bm"]
)
@pytest.mark.parametrize("terminal", [False, True])
def test_what_a_terminal_obeys_is_found(freehold, monkeypatch, text, terminal):
    monkeypatch.setattr(cli, "main", lambda _: sys.stdout.write(text) * 0)

    with pytest.raises(AssertionError, match="reaches the terminal"):
        freehold("plan", terminal=terminal)


def test_a_traceback_in_a_thread_is_found(freehold, monkeypatch):
    def main(_: object) -> int:
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()
        return 0

    monkeypatch.setattr(cli, "main", main)

    with pytest.raises(AssertionError, match="a thread failed"):
        freehold("plan")


def test_sleeping_for_ever_is_found(freehold, monkeypatch, waited):
    def main(_: object) -> int:
        while True:
            time.sleep(60)

    monkeypatch.setattr(cli, "main", main)

    with pytest.raises(AssertionError, match="it sleeps"):
        freehold("plan")


def test_a_stack_is_planned_and_applied(freehold):
    freehold.write('resource "terraform_data" "a" { input = "x" }\noutput "o" { value = terraform_data.a.input }\n')

    assert "1 to add" in freehold("plan", code=0).text
    assert "1 added" in freehold("apply", "-auto-approve", code=0, terminal=True).words
    assert freehold("output", "-raw", "o", code=0).stdout == b"x"
