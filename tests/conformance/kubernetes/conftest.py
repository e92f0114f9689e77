"""Both clusters, once for all tests, and a namespace of its own for each test."""

from __future__ import annotations

import itertools

import pytest

from tests.conformance.kubernetes import clusters
from tests.conformance.kubernetes.comparing import Pair


@pytest.fixture(scope="session")
def real():
    with clusters.control_plane() as started:
        yield started


@pytest.fixture(scope="session")
def sandboxed():
    with clusters.sandbox() as started:
        yield started


@pytest.fixture(scope="session", params=["control-plane", "sandbox"])
def cluster(request):
    """Each of the clusters in turn."""
    return request.getfixturevalue("real" if request.param == "control-plane" else "sandboxed")


@pytest.fixture(scope="session")
def pair(real, sandboxed):
    """A client of both, whose every request asserts that they answer alike."""
    return Pair(real.client, sandboxed.client)


_numbers = itertools.count(1)


@pytest.fixture
def name():
    """A name that no other test uses."""
    return f"t{next(_numbers)}"


@pytest.fixture
def namespace(pair, name):
    """A new namespace on both clusters."""
    for client in (pair.real, pair.sandbox):
        assert client.post("/api/v1/namespaces", {"metadata": {"name": name}}).status == 201
    return name
