"""The report: what machine this is, and a line for each race, as a table or as JSON."""

from __future__ import annotations

import json
import os
import platform
import statistics
from pathlib import Path
from typing import Any

from benchmarks.harness import Figures, Race

_WIDTHS = (52, 26, 26, 7)


def machine() -> str:
    """The processor, how many cores may be used, how much memory, and what runs on it."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"{_processor()}, {cores} cores, {memory:.0f} GiB; {system}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def heading() -> str:
    """The first line of the table."""
    return _row("", "freehold", "the other", "ratio")


def line(race: Race) -> str:
    """The race as a line of the table: median seconds, peak memory, and requests where they are counted."""
    other = race.figures.get(race.other)
    beside = f"{_cell(other)} {race.other}" if other else f"({race.other} is not installed)"
    ratio = f"{race.ratio:.2f}" if race.ratio is not None else ""
    return _row(race.title, _cell(race.figures["freehold"]), beside, ratio)


def document(races: list[Race]) -> str:
    """All races as JSON."""
    return json.dumps({"machine": machine(), "races": [_plain(race) for race in races]}, indent=2)


def _row(*cells: str) -> str:
    title, *rest = cells
    return " ".join([f"{title:{_WIDTHS[0]}}", *(f"{c:>{w}}" for c, w in zip(rest, _WIDTHS[1:], strict=True))]).rstrip()


def _cell(figures: Figures) -> str:
    requested = f", {figures.requests} req" if figures.requests is not None else ""
    return f"{figures.median:.2f} s, {figures.peak:.0f} MB{requested}"


def _plain(race: Race) -> dict[str, Any]:
    figures = {
        name: {
            "seconds": [round(each, 4) for each in found.seconds],
            "median_seconds": round(statistics.median(found.seconds), 4),
            "peak_megabytes": round(found.peak, 1),
            "requests": found.requests,
        }
        for name, found in race.figures.items()
    }
    return {"title": race.title, "ratio": race.ratio, "beside": race.other, "figures": figures}
