"""One API server for all tests of it; each has a namespace of its own. No control plane is needed."""

from __future__ import annotations

import pytest

from tests.conformance.kubernetes import clusters


@pytest.fixture(scope="session")
def client():
    """A plain client of the server, as its administrator."""
    with clusters.sandbox() as started:
        yield started.client


@pytest.fixture
def namespace(client, name):
    """A new namespace."""
    assert client.post("/api/v1/namespaces", {"metadata": {"name": name}}).status == 201
    return name
