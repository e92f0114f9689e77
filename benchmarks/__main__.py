"""`make bench`: a table of figures, each the median of several runs, beside the other tool's in the same run."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import kubernetes, stacks
from benchmarks.harness import TIMEOUT, Contestant, Figures, race

FREEHOLD = str(Path(sys.executable).with_name("freehold"))
TERRAFORM = shutil.which("terraform")
OBJECTS = 300


def main() -> int:
    """Print the table."""
    model = platform.processor() or platform.machine()
    print(f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}; medians; whole processes\n")
    if TERRAFORM is None:
        print("(terraform is not installed here, so its column is empty)\n")
    print(f"{'':44} {'freehold':>16} {'terraform':>16} {'ratio':>7}")
    with tempfile.TemporaryDirectory(prefix="freehold-bench-") as name:
        folder = Path(name)
        _row("version", _pair(folder, ["version"], ["version"]), 9)
        for count, runs in ((1000, 5), (3000, 3)):
            place = _stack(folder / f"data-{count}", count)
            _row(f"plan of {count} terraform_data, from nothing", _pair(place, ["plan"], ["plan"], before=_empty), runs)
        place = _stack(folder / "apply", 300)
        apply = ["apply", "-auto-approve"]
        _row("apply of 300 terraform_data", _pair(place, apply, apply, before=_empty), 3)
        _applied(place)
        _row("plan of 300 with nothing to do", _pair(place, ["plan"], ["plan"]), 5)
        _objects(folder)
    return 0


def _stack(place: Path, count: int) -> Path:
    stacks.data(place, count)
    if TERRAFORM is not None:
        subprocess.run(
            [TERRAFORM, "init"],
            cwd=place,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=TIMEOUT,
            check=True,
        )
    return place


def _empty(folder: Path) -> None:
    for name in ("freehold.state", "freehold.state.backup", "freehold.state.journal", "terraform.tfstate"):
        (folder / name).unlink(missing_ok=True)


def _applied(place: Path) -> None:
    _empty(place)
    for tool in filter(None, (FREEHOLD, TERRAFORM)):
        command = [tool, "apply", "-auto-approve"]
        subprocess.run(
            command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=TIMEOUT, check=True
        )


def _pair(
    place: Path, ours: list[str], theirs: list[str], *, before: Callable[[Path], None] = lambda folder: None
) -> dict[str, Contestant]:
    found = {"freehold": Contestant([FREEHOLD, *ours], place, before)}
    if TERRAFORM is not None:
        found["terraform"] = Contestant([TERRAFORM, *theirs], place, before)
    return found


def _row(title: str, contestants: dict[str, Contestant], runs: int) -> None:
    figures = race(contestants, runs)
    cells = [_cell(figures.get(name)) for name in ("freehold", "terraform")]
    ratio = ""
    if "terraform" in figures:
        ratio = f"{figures['freehold'].median / figures['terraform'].median:.2f}"
    print(f"{title:44} {cells[0]:>16} {cells[1]:>16} {ratio:>7}", flush=True)


def _cell(figures: Figures | None) -> str:
    return f"{figures.median:.2f} s, {figures.peak:.0f} MB" if figures else ""


def _objects(folder: Path) -> None:
    """No-op plan of Kubernetes objects, with the requests that it takes."""
    place = folder / "objects"
    place.mkdir()
    with kubernetes.cluster(place) as cluster:
        stacks.objects(place, cluster.kubeconfig, OBJECTS)
        subprocess.run(
            [FREEHOLD, "apply", "-auto-approve"],
            cwd=place,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=TIMEOUT,
            check=True,
        )
        before, runs = cluster.requests(), 5
        figures = race({"freehold": Contestant([FREEHOLD, "plan"], place)}, runs)["freehold"]
        requests = (cluster.requests() - before) // (runs + 1)
    print(
        f"{f'plan of {OBJECTS} objects, nothing to do':44} {_cell(figures):>16} {'':>16} {'':>7}  {requests} requests"
    )


if __name__ == "__main__":
    sys.exit(main())
