"""Where the sandbox is known to differ from Kubernetes: each of these is expected to fail until it is mended.

`differences.txt` lists them, a test a line. The sandbox is wrong in all of them; a line has to go when it is right.
"""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
KNOWN = frozenset((HERE / "differences.txt").read_text(encoding="utf-8").splitlines())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.rpartition("kubernetes/protocol/")[2] in KNOWN:
            # what a real controller has done by then is a matter of time, so that some of them agree now and then
            item.add_marker(pytest.mark.xfail(reason="the sandbox is known to differ here", strict=False))
