"""Marks of values: put around them, taken off, and found again. Source: the semantics of go-cty's marks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from language.redaction import REDACTOR
from language.values import Path, Sensitive, SetValue, Unknown, contains_sensitive, rebuilt, transform


def marked(value: Any, marks: int) -> Any:
    """The value with marks around it, where there are any."""
    return Sensitive(value, marks) if marks else value


def unmark(value: Any) -> tuple[Any, int]:
    """The value without the marks around it, and these. Marks inside stay."""
    if isinstance(value, Sensitive):
        return value.value, value.marks
    return value, 0


def marks_in(value: Any) -> int:
    """All marks around the value and anything in it."""
    if isinstance(value, str | bool | int) or value is None:
        return 0
    if isinstance(value, Sensitive):
        return value.marks | marks_in(value.value)
    marks = 0
    if isinstance(value, dict | tuple | SetValue):
        for part in value.values() if isinstance(value, dict) else value:
            marks |= marks_in(part)
    return marks


def unmark_all(value: Any) -> tuple[Any, int]:
    """The value without any mark, and all that there were."""
    marks = marks_in(value)
    return (unmark_deep(value)[0] if marks else value), marks


def unmark_deep(value: Any) -> tuple[Any, tuple[Path, ...]]:
    """The value without any mark, and the paths where they were. A mark in a set counts for the whole set.

    What loses its mark leaves our sight, so it is remembered: logs are searched for it.
    """
    if not contains_sensitive(value):
        return value, ()
    paths: list[Path] = []

    def strip(part: Any, at: Path) -> Any:
        if isinstance(part, SetValue) and contains_sensitive(part):
            paths.append(at)
            return SetValue(part.element_type, [unmark_deep(element)[0] for element in part])
        if isinstance(part, Sensitive):
            paths.append(at)
            REDACTOR.remember(part.value)
            return part.value
        return part

    stripped = transform(value, strip)
    return stripped, tuple(sorted(set(paths), key=repr))


def mark_paths(value: Any, paths: Iterable[Path]) -> Any:
    """The value with a mark at each of the paths that it has. A path that ends early marks what is there."""
    for path in paths:
        value = _mark(value, path)
    return value


def _mark(value: Any, path: Path) -> Any:
    if not path or value is None or isinstance(value, Sensitive | Unknown | SetValue):
        return value if value is None else Sensitive(value)
    step, rest = path[0], path[1:]
    if isinstance(value, dict) and step in value:
        changed = {**value, step: _mark(value[step], rest)}
        return rebuilt(value, changed)
    if isinstance(value, tuple) and isinstance(step, int) and step < len(value):
        elements = (*value[:step], _mark(value[step], rest), *value[step + 1 :])
        return rebuilt(value, elements)
    return value
