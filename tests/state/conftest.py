import itertools
from datetime import UTC, datetime

import pytest

from state.manager import StateManager
from state.resources import ResourceState
from tests.state.memory_backend import MemoryBackend, Shelf


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def manager_on(tmp_path):
    """`manager_on(backend)` makes a manager whose ids are small numbers."""
    numbers = itertools.count(1)
    made = []

    def make(backend, **more):
        more.setdefault("linger", 0.01)
        manager = StateManager(
            MemoryBackend(backend) if isinstance(backend, Shelf) else backend,
            directory=tmp_path,
            clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
            ids=lambda: f"id-{next(numbers)}",
            who="ada@host",
            version="0.1.0",
            **more,
        )
        made.append(manager)
        return manager

    yield make
    for manager in made:
        manager.close()


@pytest.fixture
def resource():
    """`resource("terraform_data.a")` is one of that address."""
    return lambda address, **more: ResourceState(address, address.split(".")[0], "builtin", {"id": address}, **more)
