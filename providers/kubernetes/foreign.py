"""Parts of an object that others write: a controller's status may hold anything where its kind has no schema.

What is not of the shape that is asked for counts as not given.
"""

from __future__ import annotations

from typing import Any

from providers.contract import Values


def part(value: Any, *path: str) -> Any:
    """What is below these keys; None where there is nothing."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def mapping(value: Any, *path: str) -> Values:
    """The mapping below these keys."""
    found = part(value, *path)
    return found if isinstance(found, dict) else {}


def mappings(value: Any, *path: str) -> tuple[Values, ...]:
    """The mappings in the list below these keys."""
    found = part(value, *path)
    return tuple(each for each in found if isinstance(each, dict)) if isinstance(found, tuple | list) else ()


def count(value: Any, *path: str, default: int = 0) -> int:
    """The whole number below these keys, also where it is written as a text (Argo Rollouts' observedGeneration is)."""
    found = part(value, *path)
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) < 20:
        return int(found)
    if isinstance(found, bool) or not isinstance(found, int | float) or found != found // 1:
        return default
    return int(found)
