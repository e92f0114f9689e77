"""The static part of references, read off the syntax tree: what an expression refers to, before it has a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from language.diagnostics import Lines, Span
from language.overriding import override
from language.syntax import nodes as n
from language.syntax.nodes import Node


@dataclass(frozen=True, slots=True)
class Key:
    """A step of a reference in brackets: `["x"]` or `[0]`."""

    value: Any


@dataclass(frozen=True, slots=True)
class Traversal:
    """The static, leading part of a reference: `aws_vpc.a["x"].id` is root "aws_vpc", steps "a", Key("x"), "id"."""

    root: str
    steps: tuple[str | Key, ...]
    start: int
    end: int
    lines: Lines = field(compare=False, repr=False)

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.lines.span(self.start, self.end)

    @override
    def __str__(self) -> str:
        text = self.root
        for step in self.steps:
            text += f".{step}" if isinstance(step, str) else f"[{_quoted(step.value)}]"
        return text


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def static_traversal(node: Node, lines: Lines) -> Traversal | None:
    """The longest static reference that `node` begins with, if it is built on one without a dynamic step."""
    steps: list[str | Key] = []
    end = node[2]
    while True:
        kind = node[0]
        if kind == n.ATTRIBUTE:
            steps.append(node[4])
        elif kind == n.INDEX:
            key = constant_key(node[4])
            if key is None:
                return None
            steps.append(key)
        elif kind == n.VARIABLE:
            return Traversal(node[3], tuple(reversed(steps)), node[1], end, lines)
        else:
            return None
        node = node[3]


def constant_key(node: Node) -> Key | None:
    """The key in brackets, where it is written as a text or a whole number."""
    if node[0] == n.LITERAL and isinstance(node[3], str):
        return Key(node[3])
    if node[0] == n.NUMBER and node[3].isdigit():
        return Key(int(node[3]))
    return None


def references_of(node: Node, lines: Lines, hidden: frozenset[str] = frozenset()) -> Iterator[Traversal]:
    """Every reference below a node, but to `hidden` names and to those that for expressions in it introduce."""
    kind = node[0]
    if kind in (n.VARIABLE, n.ATTRIBUTE, n.INDEX):
        found = static_traversal(node, lines)
        if found is not None:
            if found.root not in hidden:
                yield found
            return
        yield from references_of(node[3], lines, hidden) if kind != n.VARIABLE else ()
        if kind == n.INDEX:
            yield from references_of(node[4], lines, hidden)
        return
    if kind == n.FOR:
        _, _, _, key_name, value_name, collection, key, value, condition, _ = node
        yield from references_of(collection, lines, hidden)
        inner = hidden | {name for name in (key_name, value_name) if name}
        for part in (key, value, condition):
            if part is not None:
                yield from references_of(part, lines, inner)
        return
    for part in _parts(node):
        yield from references_of(part, lines, hidden)


def _parts(node: Node) -> Iterator[Node]:
    for item in node[3:]:
        if isinstance(item, tuple):
            yield from _nodes_in(item)


def _nodes_in(item: tuple[Any, ...]) -> Iterator[Node]:
    if item and isinstance(item[0], str):
        yield item
        return
    for inner in item:
        if isinstance(inner, tuple):
            yield from _nodes_in(inner)
