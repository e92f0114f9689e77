import pytest

from tests.state.conformance import BackendConformance
from tests.state.memory_backend import MemoryBackend, Shelf


class TestMemoryBackend(BackendConformance):
    @pytest.fixture
    def fresh(self):
        shelf = Shelf()
        return lambda: MemoryBackend(shelf)
