"""What a provider may take from outside: time, variables, the stack's folder, randomness."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from providers.contract.values import Values


class Clock:
    """Time as the machine has it. Tests hand in their own."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds of a clock that only moves forward."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait so many seconds."""
        time.sleep(seconds)


@dataclass(frozen=True)
class Environment:
    """All that a provider may take from outside: variables, the stack's folder, time and randomness.

    `outputs_of` gives the outputs of another stack by the type and the arguments of the backend that keeps its state,
    marked where they are sensitive; None where there is no state.
    """

    variables: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    directory: Path = Path()
    clock: Clock = field(default_factory=Clock)
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex
    outputs_of: Callable[[str, Values], Values | None] = lambda backend, config: None

    def timestamp(self) -> str:
        """Now, as RFC 3339 has it in UTC, to the second."""
        return datetime.fromtimestamp(self.clock.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
