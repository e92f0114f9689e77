"""Where the sandbox is known to differ from Kubernetes, strictly: what is listed has to differ, and nothing else may.

`differences.yaml` lists reasons, and below each the tests and the JSON paths in their answers that differ by it. The
sandbox is wrong in all of them; an entry has to go when it is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.conformance.kubernetes.comparing import Pair

_LIST = Path(__file__).with_name("differences.yaml")


def _known() -> dict[str, set[str]]:
    """The paths by test."""
    found: dict[str, set[str]] = {}
    for entry in yaml.safe_load(_LIST.read_text(encoding="utf-8")):
        assert entry["reason"]
        for test, paths in entry["tests"].items():
            assert found.setdefault(test, set()).isdisjoint(paths), f"{test} has a path twice"
            found[test] |= {*paths}
    return found


KNOWN = _known()


def _name(item: pytest.Item) -> str:
    return item.nodeid.rpartition("kubernetes/protocol/")[2]


@pytest.fixture(autouse=True)
def _nothing_found_yet(pair: Pair) -> None:
    pair.found.clear()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    result = yield
    listed, found = KNOWN.get(_name(pyfuncitem), set()), pyfuncitem.funcargs["pair"].found
    unlisted = [str(difference) for difference in found if difference.path not in listed]
    assert not unlisted, "the sandbox differs from Kubernetes:\n" + "\n".join(unlisted)
    vanished = sorted(listed - {difference.path for difference in found})
    assert not vanished, f"the sandbox is right by now: take {vanished} of this test from {_LIST.name}"
    return result


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A listed test that is no more would never be missed; where the folder is collected as a whole, it is."""
    collected = {_name(item) for item in items if "kubernetes/protocol/" in item.nodeid}
    files = {test.partition("::")[0] for test in collected}
    gone = {test for test in KNOWN if test.partition("::")[0] in files} - collected
    if gone and not any("::" in argument for argument in items[0].config.args):
        raise pytest.UsageError(f"{_LIST.name} lists what is no test: {', '.join(sorted(gone))}")
