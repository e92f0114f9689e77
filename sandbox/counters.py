"""How many requests each operation had: what tests of batching and retrying look at."""

from __future__ import annotations

import threading
from collections import Counter


class Counters:
    """Counts by service and operation; safe from many threads."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def count(self, service: str, operation: str) -> None:
        """Add one request."""
        with self._lock:
            self._counts[service, operation or "(unknown)"] += 1

    def snapshot(self) -> dict[str, dict[str, int]]:
        """The counts as `{service: {operation: requests}}`."""
        services: dict[str, dict[str, int]] = {}
        with self._lock:
            for (service, operation), number in sorted(self._counts.items()):
                services.setdefault(service, {})[operation] = number
        return services

    def reset(self) -> None:
        """Begin at zero again."""
        with self._lock:
            self._counts.clear()
