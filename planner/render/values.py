"""Values and their differences as lines: resources as HCL writes them, Kubernetes objects as YAML does.

Only what changed is shown; how much stays the same is counted. Secrets are masked here, and nowhere later.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from language.functions.encoding import encode_json
from language.types import format_number
from language.values import Sensitive, SetValue, Unknown, equal
from providers.contract import ValuePath
from state.secrets import Digest

UNKNOWN = "(known after apply)"
SECRET = "(sensitive value)"
FORCES = "# forces replacement"
Sign = Literal["+", "-", "~", " "]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a difference: its sign, how deep it stands, its text, and what is said behind it."""

    sign: Sign
    depth: int
    text: str
    note: str = ""


def scalar(value: Any) -> str:
    """A value on one line, as HCL writes it."""
    if isinstance(value, Sensitive | Digest):
        return SECRET
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, str):
        return encode_json(value).replace("\\u003c", "<").replace("\\u003e", ">").replace("\\u0026", "&")
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | Decimal):
        return format_number(value)
    if isinstance(value, dict):
        return "{}" if not value else "{ " + ", ".join(f"{k} = {scalar(v)}" for k, v in value.items()) + " }"
    return "[" + ", ".join(scalar(element) for element in value) + "]"


def plain(value: Any) -> str:
    """A value on one line, as YAML writes it."""
    if isinstance(value, str) and value and not _needs_quotes(value):
        return value
    if isinstance(value, dict):
        return "{}" if not value else scalar(value)
    return scalar(value)


def _needs_quotes(text: str) -> bool:
    from language.yaml import plain as read

    if text != text.strip() or "\n" in text or text[0] in "&*!|>'\"%@`{[#,?-:" or ": " in text or " #" in text:
        return True
    return not isinstance(read(text), str) or text.endswith(":")


class Diff:
    """The lines of a difference. `yaml` writes them as YAML; `replacing` are the paths that force a replacement."""

    def __init__(self, *, yaml: bool, replacing: tuple[ValuePath, ...] = ()) -> None:
        self._yaml = yaml
        self._replacing = set(replacing)
        self.hidden = 0

    def lines(self, before: Any, after: Any, depth: int = 0) -> list[Line]:
        """The lines of two objects; either may be None."""
        return list(self._members(_members(before), _members(after), depth, ()))

    def _members(
        self, before: dict[str, Any] | None, after: dict[str, Any] | None, depth: int, at: ValuePath
    ) -> Iterator[Line]:
        names = list(dict.fromkeys((*(before or {}), *(after or {}))))
        width = 0
        if not self._yaml:
            shown = [n for n in names if self._is_shown(before, after, n)]
            width = max((len(n) for n in shown if not self._nests(before, after, n)), default=0)
        for name in names:
            path = (*at, name)
            if before is None:
                yield from self._one("+", name, (after or {})[name], depth, path, width)
            elif after is None:
                yield from self._one("-", name, before[name], depth, path, width)
            else:
                old, new = before.get(name), after.get(name)
                if _same(old, new):
                    self.hidden += old is not None
                else:
                    yield from self._changed(name, old, new, depth, path, width, name in before, name in after)

    def _is_shown(self, before: dict[str, Any] | None, after: dict[str, Any] | None, name: str) -> bool:
        if before is not None and after is not None:
            return not _same(before.get(name), after.get(name))
        value = (after if before is None else before or {}).get(name)  # type: ignore[union-attr]
        return not _empty(value)

    def _nests(self, before: dict[str, Any] | None, after: dict[str, Any] | None, name: str) -> bool:
        return any(_is_container((side or {}).get(name)) for side in (before, after))

    def _one(self, sign: Sign, name: str, value: Any, depth: int, path: ValuePath, width: int) -> Iterator[Line]:
        """A member that is only there before, or only after."""
        if _empty(value) and not self._yaml:
            return
        note = FORCES if path in self._replacing else ""
        if not _is_container(value):
            yield from self._scalar_lines(sign, name, value, depth, width, note)
            return
        yield Line(sign, depth, self._open(name, value), note)
        yield from self._inside(sign, value, depth + 1, path)
        yield from self._close(sign, value, depth)

    def _inside(self, sign: Sign, value: Any, depth: int, path: ValuePath) -> Iterator[Line]:
        if isinstance(value, dict):
            width = 0 if self._yaml else max((len(n) for n, v in value.items() if not _is_container(v)), default=0)
            for name, member in value.items():
                yield from self._one(sign, name, member, depth, (*path, name), width)
            return
        for index, element in enumerate(value):
            yield from self._element(sign, element, depth, (*path, index))

    def _element(self, sign: Sign, element: Any, depth: int, path: ValuePath) -> Iterator[Line]:
        if not self._yaml:
            if not _is_container(element):
                yield Line(sign, depth, scalar(element) + ",")
                return
            yield Line(sign, depth, "{" if isinstance(element, dict) else "[")
            yield from self._inside(sign, element, depth + 1, path)
            yield Line(sign, depth, "}," if isinstance(element, dict) else "],")
            return
        if not _is_container(element):
            yield Line(sign, depth, f"- {plain(element)}")
            return
        inner = list(self._inside(sign, element, depth + 1, path))
        for index, line in enumerate(inner):
            first = index == 0
            yield Line(line.sign, depth if first else line.depth, ("- " if first else "") + line.text, line.note)

    def _changed(
        self, name: str, old: Any, new: Any, depth: int, path: ValuePath, width: int, had: bool, has: bool
    ) -> Iterator[Line]:
        note = FORCES if path in self._replacing else ""
        if isinstance(old, dict) and isinstance(new, dict):
            yield Line("~", depth, self._open(name, new), note)
            yield from self._members(old, new, depth + 1, path)
            yield from self._close("~", new, depth)
        elif isinstance(old, tuple | SetValue) and isinstance(new, tuple | SetValue):
            yield Line("~", depth, self._open(name, new), note)
            yield from self._sequence(tuple(old), tuple(new), depth + 1, path)
            yield from self._close("~", new, depth)
        elif old is None:
            yield from self._one("+", name, new, depth, path, width)
        elif new is None and not has:
            yield from self._one("-", name, old, depth, path, width)
        elif isinstance(old, str) and isinstance(new, str) and ("\n" in old or "\n" in new):
            yield Line("~", depth, f"{name}: |" if self._yaml else f"{name} = <<-EOT", note)
            yield from _text_lines(old, new, depth + 1)
            if not self._yaml:
                yield Line("~", depth, "EOT")
        elif self._yaml:
            yield Line("~", depth, f"{name}: {_short(old, plain)} -> {_short(new, plain)}", note)
        else:
            yield Line("~", depth, f"{name:<{width}} = {_short(old, scalar)} -> {_short(new, scalar)}", note)

    def _sequence(self, old: tuple[Any, ...], new: tuple[Any, ...], depth: int, path: ValuePath) -> Iterator[Line]:
        """Elements are matched by their names where they have them, else by the longest common run."""
        if _named(old) and _named(new):
            yield from self._by_name(old, new, depth, path)
            return
        matcher = difflib.SequenceMatcher(None, [_token(e) for e in old], [_token(e) for e in new], autojunk=False)
        for tag, a, b, c, d in matcher.get_opcodes():
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
        for index, name in enumerate(dict.fromkeys((*before, *after))):
            here = (*path, index)
            if name not in after:
                yield from self._element("-", before[name], depth, here)
            elif name not in before:
                yield from self._element("+", after[name], depth, here)
            elif _same(before[name], after[name]):
                self.hidden += 1
            else:
                yield from self._pair(before[name], after[name], depth, here)

    def _pair(self, old: dict[str, Any], new: dict[str, Any], depth: int, path: ValuePath) -> Iterator[Line]:
        title = {"name": new["name"]} if "name" in new and _same(old.get("name"), new["name"]) else {}
        if self._yaml:
            head = f"- name: {plain(title['name'])}" if title else "-"
            yield Line("~", depth, head)
            rest_old = {k: v for k, v in old.items() if k not in title}
            rest_new = {k: v for k, v in new.items() if k not in title}
            yield from self._members(rest_old, rest_new, depth + 1, path)
            return
        yield Line("~", depth, "{")
        if title:
            yield Line(" ", depth + 1, f"name = {scalar(title['name'])}")
        yield from self._members(old, new, depth + 1, path)
        yield Line("~", depth, "},")

    def _scalar_lines(self, sign: Sign, name: str, value: Any, depth: int, width: int, note: str) -> Iterator[Line]:
        if self._yaml:
            if isinstance(value, str) and "\n" in value:
                yield Line(sign, depth, f"{name}: |", note)
                for text in _capped(value.rstrip("\n").split("\n")):
                    yield Line(sign, depth + 1, text)
                return
            yield Line(sign, depth, f"{name}: {_short(value, plain)}", note)
            return
        yield Line(sign, depth, f"{name:<{width}} = {_short(value, scalar)}", note)

    def _open(self, name: str, value: Any) -> str:
        if self._yaml:
            return f"{name}:"
        if isinstance(value, dict):
            return f"{name} = {{"
        return f"{name} = ["

    def _close(self, sign: Sign, value: Any, depth: int) -> Iterator[Line]:
        if not self._yaml:
            yield Line(sign, depth, "}" if isinstance(value, dict) else "]")


LONGEST = 400
MOST_LINES = 40


def _short(value: Any, write: Any) -> str:
    text: str = write(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}... ({len(text)} characters)"


def _capped(lines: list[str]) -> list[str]:
    if len(lines) <= MOST_LINES:
        return lines
    return [*lines[:MOST_LINES], f"... ({len(lines) - MOST_LINES} more lines)"]


def _text_lines(old: str, new: str, depth: int) -> Iterator[Line]:
    for line in difflib.unified_diff(old.split("\n"), new.split("\n"), n=1, lineterm=""):
        if line.startswith(("---", "+++")):
            continue
        if line.startswith("@@"):
            yield Line(" ", depth, "...")
        else:
            sign: Sign = "+" if line[0] == "+" else "-" if line[0] == "-" else " "
            yield Line(sign, depth, line[1:])


def _members(value: Any) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


def _is_container(value: Any) -> bool:
    return isinstance(value, dict | tuple | SetValue) and len(value) > 0


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, dict | tuple | SetValue) and not len(value))


def _same(old: Any, new: Any) -> bool:
    return equal(old, new) or (_empty(old) and _empty(new))


def _named(elements: tuple[Any, ...]) -> bool:
    names = [element.get("name") if isinstance(element, dict) else None for element in elements]
    return all(isinstance(name, str) for name in names) and len(set(names)) == len(names)


def _token(value: Any) -> str:
    return scalar(value) if not isinstance(value, Sensitive) else f"secret {id(value)}"
