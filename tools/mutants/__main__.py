"""`python -m tools.mutants [ROOM...] [--seed N] [--count N] [--minutes N] [--jobs N]`"""

from __future__ import annotations

import argparse
import difflib
import multiprocessing
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from tools.mutants.copies import ROOT, copies
from tools.mutants.covering import Covering, measured
from tools.mutants.sites import Mutant, mutants
from tools.mutants.trying import Trier, Verdict, warm

ROOMS = ("graph", "state", "planner", "providers")
EQUIVALENT = Path(__file__).with_name("equivalent.txt")
MOST_EQUIVALENT = 0.03
"""The share of a sample that may be listed as equivalent."""


@dataclass
class Tally:
    """How a room's sample went."""

    room: str
    equivalent: int = 0
    counts: dict[Verdict, int] = field(default_factory=lambda: dict.fromkeys(Verdict, 0))

    @property
    def tried(self) -> int:
        """How many have a verdict."""
        return self.equivalent + sum(self.counts.values()) - self.counts[Verdict.UNTRIED]

    @property
    def share(self) -> float:
        """Of those that were tried, how many survived. Of the equivalent ones, no more than a few count as killed."""
        excess = max(0, self.equivalent - int(MOST_EQUIVALENT * self.tried))
        return (self.counts[Verdict.SURVIVED] + excess) / max(1, self.tried)

    def __str__(self) -> str:
        killed, timed_out = self.counts[Verdict.KILLED], self.counts[Verdict.TIMED_OUT]
        line = f"{self.room:10} {self.tried:6} {killed:7} {timed_out:10} {self.equivalent:11}"
        line += f" {self.counts[Verdict.SURVIVED]:9} {self.share:6.1%}"
        untried = self.counts[Verdict.UNTRIED]
        return line + (f"  ({untried} not tried: out of time)" if untried else "")


def main() -> None:
    """Sample each room, and print what survived."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutants")
    parser.add_argument("rooms", nargs="*", default=ROOMS, metavar="ROOM")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--count", type=int, default=150, help="mutants a room")
    parser.add_argument("--minutes", type=float, default=20.0, help="for each room")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    warm()
    tallies = [_room(room, options) for room in options.rooms]
    print("\nroom        tried  killed  timed out  equivalent  survived  share")
    print(*tallies, sep="\n")


def _room(room: str, options: argparse.Namespace) -> Tally:
    deadline, tally = time.monotonic() + options.minutes * 60, Tally(room)
    with copies(options.jobs) as trees:
        covering = measured(trees[0], room)
        files = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / room).rglob("*.py"))
        every = [mutant for file in files for mutant in mutants(ROOT, file)]
        sample = random.Random(options.seed).sample(every, min(options.count, len(every)))
        print(f"{room}: {len(sample)} of {len(every)} mutants", flush=True)
        listed = _equivalent()
        waiting = [mutant for mutant in sample if mutant.key not in listed]
        tally.equivalent = len(sample) - len(waiting)
        for mutant, verdict in _verdicts(waiting, trees, covering, deadline):
            tally.counts[verdict] += 1
            if verdict in (Verdict.SURVIVED, Verdict.TIMED_OUT):
                print(f"{verdict.value} ({len(covering.tests(mutant))} tests):", _formatted(mutant), flush=True)
    return tally


def _verdicts(
    waiting: Sequence[Mutant], trees: Sequence[Path], covering: Covering, deadline: float
) -> Iterator[tuple[Mutant, Verdict]]:
    """Each mutant with how it went, as they end; a process for each copy of the tree."""
    context = multiprocessing.get_context("fork")
    free = context.SimpleQueue()
    for tree in trees:
        free.put(tree)
    with ProcessPoolExecutor(len(trees), context, _take, (free, covering.allowance)) as pool:
        running = {}
        for mutant in waiting:
            running[pool.submit(_try, mutant, covering.tests(mutant), deadline)] = mutant
        try:
            for future in as_completed(running):
                yield running[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)


_trier: Trier
"""Of a process of the pool."""


def _take(free: multiprocessing.SimpleQueue[Path], allowance: float) -> None:
    global _trier
    _trier = Trier(free.get(), allowance)


def _try(mutant: Mutant, tests: Mapping[str, float], deadline: float) -> Verdict:
    return Verdict.UNTRIED if time.monotonic() > deadline else _trier.verdict(mutant, tests)


def _equivalent() -> set[str]:
    """The keys of the listed mutants: `path | function | before | after | reason`, a line each."""
    lines = EQUIVALENT.read_text(encoding="utf-8").splitlines()
    parts = [line.rpartition(" | ") for line in lines if line and not line.startswith("#")]
    for key, _, reason in parts:
        if key.count(" | ") < 3 or not reason.strip():
            sys.exit(f"{EQUIVALENT.name}: a line has no reason: {key or reason}")
    return {key for key, _, _ in parts}


def _formatted(mutant: Mutant) -> str:
    before = (ROOT / mutant.path).read_text(encoding="utf-8")
    lines = difflib.unified_diff(before.splitlines(), mutant.applied(before).splitlines(), lineterm="", n=0)
    changes = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    place = f"{mutant.path}:{before.count(chr(10), 0, mutant.start) + 1}"
    return "\n".join([place, *(f"    {line}" for line in changes), f"    {mutant.key}"])


if __name__ == "__main__":
    main()
