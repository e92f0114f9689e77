"""Durations as Go writes them: "90s", "10m", "1h30m"."""

from __future__ import annotations

import re

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(text: str) -> float:
    """The duration in seconds. Raises ValueError, with what to write."""
    parts = _PART.findall(text)
    if text == "0":
        return 0.0
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError('a duration is written with its units, as "90s", "10m" or "1h30m"')
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def format_duration(duration: float) -> str:
    """A duration for people: "0s", "42s", "9m12s", "1h04m"."""
    whole = int(duration)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02}m"
