"""A stack on each of the clusters in turn."""

from __future__ import annotations

import pytest

from tests.conformance.kubernetes.stacks.installation import Installation


@pytest.fixture
def installation(tmp_path, cluster, name):
    return Installation(tmp_path / "stack", cluster, f"app-{name}")
