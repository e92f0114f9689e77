"""A real Kubernetes control plane for tests, built by `make control-plane`; where it is not, tests say so and skip.

`FREEHOLD_REQUIRE_CONTROL_PLANE=1` makes its absence a failure.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import pytest

from tools.control_plane import build
from tools.control_plane.running import ControlPlane, running

__all__ = ["ControlPlane", "running", "running_or_skip"]


@contextlib.contextmanager
def running_or_skip() -> Iterator[ControlPlane]:
    """A running control plane; skips the test that asks, or fails it where the environment requires one."""
    if not build.path().exists():
        reason = "the control plane is not built here: `make control-plane` builds it"
        if os.environ.get("FREEHOLD_REQUIRE_CONTROL_PLANE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with running() as plane:
        yield plane
