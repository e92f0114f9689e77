"""How large and how deep a value is: collections are measured where they are made, those of some size once."""

from __future__ import annotations

from typing import Any

from language.limits import MAX_ELEMENTS, MAX_NESTING, TOO_DEEP, TOO_LARGE, TOO_MANY_TURNS
from language.values import Sensitive, SetValue

_REMEMBERED_FROM = 500
"""Elements, or in hundreds of levels; what is smaller is measured again as fast."""
_MOST_REMEMBERED = 64
_measured: dict[int, tuple[Any, int, int]] = {}
"""By `id`: the value, which is kept so that no other one gets its id, its elements and its depth; newest last."""
_LEAVES = frozenset({str, bool, int, type(None)})


def excess(value: Any) -> str:
    """What is wrong with the size of a value, as an end of a sentence; empty where nothing is."""
    elements, depth = _measure(value)
    return TOO_LARGE if elements > MAX_ELEMENTS else TOO_DEEP if depth > MAX_NESTING else ""


def size(value: Any) -> int:
    """The elements of a value, at any depth; past the limit no more are counted."""
    return _measure(value)[0]


def _measure(value: Any) -> tuple[int, int]:
    """Elements and depth of a value; once one of them is past its limit it is not looked further."""
    elements = depth = 0
    pending = [(value, 0)]
    while pending and elements <= MAX_ELEMENTS and depth <= MAX_NESTING:
        part, above = pending.pop()
        if isinstance(part, Sensitive):
            part = part.value
        if not isinstance(part, dict | tuple | SetValue):
            continue
        known = _measured.get(id(part))
        if known is not None and known[0] is part:
            elements += known[1]
            depth = max(depth, above + known[2])
            continue
        above += 1
        depth = max(depth, above)
        elements += len(part)
        parts = part.values() if isinstance(part, dict) else part
        pending += [(inner, above) for inner in parts if type(inner) not in _LEAVES]
    if elements >= _REMEMBERED_FROM or depth >= _REMEMBERED_FROM // 5:
        _remember(value, elements, depth)
    return elements, depth


def _remember(value: Any, elements: int, depth: int) -> None:
    if isinstance(value, Sensitive):
        value = value.value
    _measured[id(value)] = (value, elements, depth)
    kept = list(_measured.items())  # at once, since threads evaluate side by side
    while len(kept) > _MOST_REMEMBERED or (len(kept) > 1 and sum(each[1][1] for each in kept) > MAX_ELEMENTS):
        _measured.pop(kept.pop(0)[0], None)


WORK = "*work"
"""The name, which nobody can write, of a loop's `Work` among the names of the scopes inside of it."""


class Work:
    """What a `for` may still do, all that is inside of it included: turns, and elements of what functions give."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MAX_ELEMENTS

    def take(self, count: int) -> str:
        """Take so much; what is wrong where there is not as much left, and an empty text else."""
        self.left -= count
        return TOO_MANY_TURNS if self.left < 0 else ""
