"""Ends commands with SIGKILL at a moment that the test chooses."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

from tests.conformance.stack import Stack

WITHIN = 60.0
_PAUSE = 0.002


def killed_after(more: int, count: Callable[[], int], stack: Stack, *arguments: str) -> bool:
    """Run a command and kill it when `count` has grown by `more`. Whether it was still running."""
    goal = count() + more
    with stack.start(*arguments) as process:
        deadline = time.monotonic() + WITHIN
        while process.poll() is None and count() < goal and time.monotonic() < deadline:
            time.sleep(_PAUSE)
        alive = process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=WITHIN)
    return alive
