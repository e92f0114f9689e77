"""The difference of two values as lines: only what changed, and a count of what did not.

Lists of objects that have names (containers, env, ports) are compared name by name, other lists by their longest common
run, texts line by line, and texts that hold JSON by what they hold.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from language.values import Sensitive, SetValue, Unknown, equal, key
from planner.render.masks import masked
from planner.render.notation import SECRET, UNKNOWN, Encoded, Notation, hcl_key, is_container
from planner.render.theme import counted
from providers.contract import ValuePath

FORCES = "# forces replacement"
_LONGEST_SEQUENCE = 2000
"""Elements up to which the longest common run is looked for; its cost is quadratic."""

Sign: TypeAlias = Literal["+", "-", "~", " "]


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its sign, how deep it stands, its text, and for a changed value the two that `text` leads up to."""

    sign: Sign
    depth: int
    text: str
    change: tuple[str, str] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is shown: `room`, the longest value with parts on one line; `longest`, characters of a value; `lines` of
    a text."""

    room: int = 68
    longest: int = 400
    lines: int = 40


UNLIMITED = Limits(longest=1 << 30, lines=1 << 30)


class Diff:
    """One difference. `replacing` are the paths that force a replacement; `hidden` counts what is unchanged."""

    def __init__(
        self, notation: Notation, *, replacing: tuple[ValuePath, ...] = (), limits: Limits | None = None
    ) -> None:
        self._notation = notation
        self._replacing = frozenset(replacing)
        self._limits = limits or Limits()
        self.hidden = 0

    def lines(self, before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[Line]:
        """The lines of two objects; either may be None."""
        return list(self._members(*masked(before, after), 0, ()))

    # -- members of objects ---------------------------------------------------------------------------------------

    def _members(
        self, before: dict[str, Any] | None, after: dict[str, Any] | None, depth: int, at: ValuePath
    ) -> Iterator[Line]:
        if before is None or after is None:
            sign: Sign = "+" if before is None else "-"
            yield from self._side(sign, (after if before is None else before) or {}, depth, at)
            return
        changed = []
        for name in dict.fromkeys((*before, *after)):
            if self._same(before.get(name), after.get(name)):
                self.hidden += before.get(name) is not None
            else:
                changed.append(name)
        width = self._width(changed, depth, before, after)
        for name in changed:
            yield from self._changed(name, before.get(name), after.get(name), depth, (*at, name), width)

    def _side(self, sign: Sign, members: dict[str, Any], depth: int, at: ValuePath) -> Iterator[Line]:
        """Members that are there on one side only."""
        shown = {name: member for name, member in members.items() if not self._notation.is_empty(member)}
        width = self._width(shown, depth, shown)
        for name, member in shown.items():
            yield from self._one(sign, name, member, depth, (*at, name), width)

    def _width(self, names: Iterable[str], depth: int, *sides: dict[str, Any]) -> int:
        """How wide the names are of those members that take one line."""
        if not self._notation.aligned:
            return 0
        flat = (name for name in names if not any(self._has_lines(side.get(name), depth) for side in sides))
        return max((len(hcl_key(name)) for name in flat), default=0)

    def _one(self, sign: Sign, name: str, value: Any, depth: int, path: ValuePath, width: int) -> Iterator[Line]:
        notation = self._notation
        note = FORCES if path in self._replacing else ""
        value = notation.opened(value)
        if isinstance(value, str) and "\n" in value:
            yield from self._text(sign, name, value, depth, note)
        elif not self._has_lines(value, depth):
            yield Line(sign, depth, notation.pair(name, width) + self._short(value), note=note)
        else:
            yield Line(sign, depth, notation.opening(name, value), note=note)
            yield from self._inside(sign, value, depth + 1, path)
            yield from self._close(sign, value, depth)

    def _has_lines(self, value: Any, depth: int) -> bool:
        """Whether a value takes lines of its own: it has parts or lines, and does not fit on one."""
        if isinstance(value, str):
            return "\n" in value
        held = value.value if isinstance(value, Encoded) else value
        if not is_container(held):
            return False
        parts = held.values() if isinstance(held, dict) else held
        if any(isinstance(part, str) and "\n" in part for part in parts):
            return True
        if not self._notation.aligned and any(is_container(part) for part in parts):
            return True
        return len(self._notation.scalar(value)) > self._limits.room - 2 * depth

    def _inside(self, sign: Sign, value: Any, depth: int, path: ValuePath) -> Iterator[Line]:
        if isinstance(value, Encoded):
            value = value.value
        if isinstance(value, dict):
            yield from self._side(sign, value, depth, path)
            return
        for index, element in enumerate(value):
            yield from self._element(sign, element, depth, (*path, index))

    def _close(self, sign: Sign, value: Any, depth: int) -> Iterator[Line]:
        closing = self._notation.closing(value)
        if closing:
            yield Line(sign, depth, closing)

    # -- what changed ---------------------------------------------------------------------------------------------

    def _changed(self, name: str, old: Any, new: Any, depth: int, path: ValuePath, width: int) -> Iterator[Line]:
        note = FORCES if path in self._replacing else ""
        if isinstance(old, Sensitive) and isinstance(new, Sensitive | Unknown):
            yield Line("~", depth, self._notation.pair(name, width) + SECRET, note=note)
        elif self._notation.is_empty(old):
            yield from self._one("+", name, new, depth, path, width)
        elif new is None:
            yield from self._one("-", name, old, depth, path, width)
        elif isinstance(old, str) and isinstance(new, str):
            yield from self._texts(name, old, new, depth, path, width)
        elif not _comparable(old, new):
            change = (self._brief(old), self._brief(new))
            yield Line("~", depth, self._notation.pair(name, width), change, note)
        else:
            yield Line("~" if note else " ", depth, self._notation.opening(name, new), note=note)
            yield from self._parts(old, new, depth + 1, path)
            yield from self._close(" ", new, depth)

    def _parts(self, old: Any, new: Any, depth: int, path: ValuePath) -> Iterator[Line]:
        if isinstance(old, dict):
            yield from self._members(old, new, depth, path)
        else:
            yield from self._sequence(tuple(old), tuple(new), depth, path)

    def _texts(self, name: str, old: str, new: str, depth: int, path: ValuePath, width: int) -> Iterator[Line]:
        notation = self._notation
        note = FORCES if path in self._replacing else ""
        before, after = notation.opened(old), notation.opened(new)
        if isinstance(before, Encoded) and isinstance(after, Encoded) and _comparable(before.value, after.value):
            yield Line("~" if note else " ", depth, notation.opening(name, after), note=note)
            yield from self._parts(before.value, after.value, depth + 1, path)
            yield from self._close(" ", after, depth)
            return
        if "\n" not in old and "\n" not in new:
            yield Line("~", depth, notation.pair(name, width), (self._short(old), self._short(new)), note)
            return
        begin, end = notation.text_bounds(name)
        yield Line("~" if note else " ", depth, begin, note=note)
        yield from _text_difference(old, new, depth + 1)
        if end:
            yield Line(" ", depth, end)

    # -- elements of lists ----------------------------------------------------------------------------------------

    def _sequence(self, old: tuple[Any, ...], new: tuple[Any, ...], depth: int, path: ValuePath) -> Iterator[Line]:
        if _named(old) and _named(new):
            yield from self._by_name(old, new, depth, path)
            return
        for tag, a, b, c, d in _opcodes(old, new):
            if tag == "equal":
                self.hidden += b - a
            elif tag == "replace" and b - a == d - c and all(isinstance(e, dict) for e in (*old[a:b], *new[c:d])):
                for offset in range(b - a):
                    yield from self._pair(old[a + offset], new[c + offset], depth, (*path, c + offset))
            else:
                for index in range(a, b):
                    yield from self._element("-", old[index], depth, (*path, index))
                for index in range(c, d):
                    yield from self._element("+", new[index], depth, (*path, index))

    def _by_name(self, old: tuple[Any, ...], new: tuple[Any, ...], depth: int, path: ValuePath) -> Iterator[Line]:
        before = {element["name"]: element for element in old}
        after = {element["name"]: element for element in new}
        places = {element["name"]: index for index, element in enumerate(new)}
        for name in dict.fromkeys((*before, *after)):
            here = (*path, places.get(name, len(new)))
            if name not in after:
                yield from self._element("-", before[name], depth, here)
            elif name not in before:
                yield from self._element("+", after[name], depth, here)
            elif self._same(before[name], after[name]):
                self.hidden += 1
            else:
                yield from self._pair(before[name], after[name], depth, here)
        if [name for name in before if name in after] != [name for name in after if name in before]:
            yield Line("~", depth, "# in another order: " + ", ".join(after))

    def _pair(self, old: dict[str, Any], new: dict[str, Any], depth: int, path: ValuePath) -> Iterator[Line]:
        """An element that is still there, and changed. Its name, where it has one, says which it is."""
        name = new.get("name")
        title, note = "", f"# [{path[-1]}]"
        if isinstance(name, str) and name == old.get("name"):
            title, note = self._notation.pair("name", 0) + self._short(name), ""
            old, new = ({key: member for key, member in side.items() if key != "name"} for side in (old, new))
        if self._notation.aligned:
            yield Line(" ", depth, "{", note=note)
            if title:
                yield Line(" ", depth + 1, title)
            yield from self._members(old, new, depth + 1, path)
            yield Line(" ", depth, "},")
        else:
            yield Line(" ", depth, f"- {title}".rstrip(), note=note)
            yield from self._members(old, new, depth + 1, path)

    def _element(self, sign: Sign, element: Any, depth: int, path: ValuePath) -> Iterator[Line]:
        in_block = isinstance(element, dict) and bool(element) and not self._notation.aligned
        if isinstance(element, str) or not (in_block or self._has_lines(element, depth)):
            yield Line(sign, depth, self._cut(self._notation.element(element)))
            return
        if self._notation.aligned:
            yield Line(sign, depth, "{" if isinstance(element, dict) else "[")
            yield from self._inside(sign, element, depth + 1, path)
            yield Line(sign, depth, self._notation.closing(element) + ",")
            return
        for index, line in enumerate(self._inside(sign, element, depth + 1, path)):
            yield line if index else Line(line.sign, depth, f"- {line.text}", line.change, line.note)

    # -- texts ----------------------------------------------------------------------------------------------------

    def _text(self, sign: Sign, name: str, value: str, depth: int, note: str) -> Iterator[Line]:
        begin, end = self._notation.text_bounds(name)
        yield Line(sign, depth, begin, note=note)
        lines = value.rstrip("\n").split("\n")
        for line in lines[: self._limits.lines]:
            yield Line(sign, depth + 1, self._cut(line))
        if len(lines) > self._limits.lines:
            yield Line(sign, depth + 1, f"... ({len(lines) - self._limits.lines} more lines)")
        if end:
            yield Line(sign, depth, end)

    def _short(self, value: Any) -> str:
        if isinstance(value, Unknown):
            return UNKNOWN
        return self._cut(self._notation.scalar(value))

    def _brief(self, value: Any) -> str:
        """One side of a change from or to something else altogether."""
        text = self._short(value)
        if not is_container(value) or len(text) <= self._limits.room:
            return text
        return f"({counted(len(value), 'attribute' if isinstance(value, dict) else 'element')})"

    def _same(self, old: Any, new: Any) -> bool:
        return equal(old, new) or (self._notation.is_empty(old) and self._notation.is_empty(new))

    def _cut(self, text: str) -> str:
        longest = self._limits.longest
        return text if len(text) <= longest else f"{text[:longest]}... ({len(text)} characters)"


def _text_difference(old: str, new: str, depth: int) -> Iterator[Line]:
    ended = old.endswith("\n") and new.endswith("\n")
    before, after = (text.removesuffix("\n").split("\n") if ended else text.split("\n") for text in (old, new))
    difference = list(difflib.unified_diff(before, after, n=1, lineterm=""))[2:]
    for index, line in enumerate(difference):
        if line.startswith("@@"):
            if index:
                yield Line(" ", depth, "...")
            continue
        sign: Sign = "+" if line[0] == "+" else "-" if line[0] == "-" else " "
        yield Line(sign, depth, line[1:])


def _comparable(old: Any, new: Any) -> bool:
    """Whether both have parts of one sort, and differ in them."""
    sorts = (dict, (tuple, SetValue))
    return any(isinstance(old, sort) and isinstance(new, sort) for sort in sorts) and not equal(old, new)


def _opcodes(old: tuple[Any, ...], new: tuple[Any, ...]) -> Sequence[tuple[str, int, int, int, int]]:
    """How one list becomes the other, as difflib tells it; beyond a size by place alone."""
    before, after = [key(element) for element in old], [key(element) for element in new]
    if len(old) + len(new) <= _LONGEST_SEQUENCE:
        return difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    both = min(len(old), len(new))
    made = [("equal" if before[i] == after[i] else "replace", i, i + 1, i, i + 1) for i in range(both)]
    return [*made, ("replace", both, len(old), both, len(new))]


def _named(elements: tuple[Any, ...]) -> bool:
    names = [element.get("name") if isinstance(element, dict) else None for element in elements]
    return all(isinstance(name, str) for name in names) and len(set(names)) == len(names)
