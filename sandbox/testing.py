"""A sandbox for a test: its own process, port and directory, gone when the test is."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox import command


@dataclass(frozen=True)
class RunningSandbox:
    """What a test holds of a sandbox. `env` is what clients need to reach it; `directory` what its commands take."""

    env: dict[str, str]
    port: int
    endpoint: str
    log: Path
    directory: Path

    def counters(self) -> dict[str, dict[str, int]]:
        """The requests served so far: `{"ec2": {"DescribeVpcs": 2}}`."""
        counts: dict[str, dict[str, int]] = command.control("GET", "counters", directory=self.directory)
        return counts

    def reset_counters(self) -> None:
        """Count requests from zero again."""
        command.control("POST", "counters/reset", directory=self.directory)

    def set_faults(self, *rules: dict[str, Any]) -> None:
        """Put these rules (`sandbox.faults`) in the place of those in force; none clears them."""
        command.control("POST", "faults", json.dumps(rules).encode(), directory=self.directory)

    def reset(self) -> None:
        """Empty the clouds; faults and counters go too."""
        command.reset(self.directory)

    def status(self) -> dict[str, Any] | None:
        """What the running sandbox says of itself; None where none runs."""
        return command.status(self.directory)


@contextlib.contextmanager
def running(speed: float = 600.0, faults: Path | str | None = None) -> Iterator[RunningSandbox]:
    """A sandbox on a free port while the block runs. It ends with this process at the latest."""
    with tempfile.TemporaryDirectory(prefix="freehold-sandbox-") as name:
        directory = Path(name)
        info = command.start(0, speed, faults, directory=directory, exit_with_parent=os.getpid())
        try:
            yield RunningSandbox(command.env(directory), info.port, info.endpoint, info.log, directory)
        finally:
            command.stop(directory)
