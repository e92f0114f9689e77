"""How long it takes until anything can happen at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.harness import FREEHOLD, Contestant, Race, race, tool

RUNS = 9


def measure(folder: Path) -> Iterator[Race]:
    """`version` and `--help`, beside terraform's."""
    terraform = tool("terraform")
    for argument, theirs in (("version", "version"), ("--help", "-help")):
        contestants = {"freehold": Contestant([FREEHOLD, argument], folder)}
        if terraform:
            contestants["terraform"] = Contestant(
                [terraform, theirs], folder, environment={"CHECKPOINT_DISABLE": "1"}, accepted=(0, 127)
            )
        yield Race(argument, "terraform", race(contestants, RUNS))
