"""Planning and applying resources that cost nothing: what is left is the tool's own time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import stacks
from benchmarks.harness import FREEHOLD, Contestant, Race, once, race, tool

_STATES = ("freehold.state*", "terraform.tfstate*")
_APPLY = ("apply", "-auto-approve")


def measure(folder: Path) -> Iterator[Race]:
    """Plans from nothing, applies, and plans with nothing to do."""
    for count, runs in ((1000, 5), (3000, 3)):
        place = _stack(folder, count)
        contestants = _contestants(place, ("plan",), empty=True)
        yield Race(f"plan of {count:,} resources, from nothing", "terraform", race(contestants, runs))
    for count, runs in ((300, 3), (1000, 1)):
        place = _stack(folder, count)
        contestants = _contestants(place, _APPLY, empty=True)
        yield Race(f"apply of {count:,} resources", "terraform", race(contestants, runs, warm=runs > 1))
    yield Race("plan of 1,000 resources, nothing to do", "terraform", race(_contestants(place, ("plan",)), 5))


def _stack(folder: Path, count: int) -> Path:
    place = stacks.terraform_data(folder / str(count), count)
    terraform = tool("terraform")
    if terraform:
        once(Contestant([terraform, "init"], place))
    return place


def _contestants(place: Path, command: Sequence[str], *, empty: bool = False) -> dict[str, Contestant]:
    before = _without_state if empty else lambda folder: None
    found = {"freehold": Contestant([FREEHOLD, *command], place, before)}
    terraform = tool("terraform")
    if terraform:
        found["terraform"] = Contestant([terraform, *command], place, before, {"CHECKPOINT_DISABLE": "1"})
    return found


def _without_state(folder: Path) -> None:
    """Both tools' states go at the start of each run of either: none is left that this run would read."""
    for pattern in _STATES:
        for file in folder.glob(pattern):
            file.unlink()
