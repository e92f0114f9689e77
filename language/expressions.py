"""An expression as other rooms hold it: where it stands, what it refers to, and its value in a scope.

Compiled to closures when it is first evaluated, once for all instances of its block (`language.compile`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from language.diagnostics import Diagnostics, Lines, Span
from language.syntax import nodes as n
from language.syntax.nodes import Node

if TYPE_CHECKING:
    from language.compile import Compiled


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
        return self.lines.span(self.start, self.end)

    def __str__(self) -> str:
        text = self.root
        for step in self.steps:
            text += f".{step}" if isinstance(step, str) else f"[{_quoted(step.value)}]"
        return text


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


Resolve: TypeAlias = Callable[[Traversal, Diagnostics], tuple[Any, int]]
"""Gives the value that a reference begins with, and how many of its steps that took."""


def _nothing(traversal: Traversal, diagnostics: Diagnostics) -> tuple[Any, int]:
    from language.values import Unknown

    detail = "The value here has to be constant: it may not refer to anything."
    diagnostics.error("Variables not allowed", detail, traversal.span)
    return Unknown(), len(traversal.steps)


class Scope:
    """What names mean: `names` first (for variables, each, count, self), then `resolve`. `folder`: where paths begin.

    `planning`: what a function would make anew each time is left unknown. `planned_at`: when that was, as RFC 3339.
    """

    __slots__ = ("folder", "names", "planned_at", "planning", "resolve")

    def __init__(
        self,
        resolve: Resolve,
        *,
        folder: str = ".",
        names: Mapping[str, Any] | None = None,
        planning: bool = False,
        planned_at: str = "",
    ) -> None:
        self.resolve = resolve
        self.folder = folder
        self.planning = planning
        self.planned_at = planned_at
        self.names: Mapping[str, Any] = {} if names is None else names

    def child(self, names: Mapping[str, Any]) -> Scope:
        """The same scope with more names, which hide those of the outer one."""
        return self.within({**self.names, **names})

    def within(self, names: Mapping[str, Any]) -> Scope:
        """The same scope with other names."""
        return Scope(self.resolve, folder=self.folder, names=names, planning=self.planning, planned_at=self.planned_at)

    @staticmethod
    def constant(*, planning: bool = False) -> Scope:
        """A scope in which nothing can be referred to."""
        return Scope(_nothing, planning=planning)

    @property
    def is_constant(self) -> bool:
        return self.resolve is _nothing


class Expression:
    """A parsed expression and the text that it stands in."""

    __slots__ = ("_compiled", "_evaluated", "_references", "lines", "node")

    def __init__(self, node: Node, lines: Lines) -> None:
        self.node = node
        self.lines = lines
        self._compiled: Compiled | None = None
        self._evaluated = False
        self._references: tuple[Traversal, ...] | None = None

    @property
    def span(self) -> Span:
        return self.lines.span(self.node[1], self.node[2])

    @property
    def text(self) -> str:
        """As it was written."""
        return self.lines.text[self.node[1] : self.node[2]]

    def evaluate(self, scope: Scope, diagnostics: Diagnostics) -> Any:
        """Its value. What is in error is reported and unknown."""
        node = self.node
        if node[0] == n.LITERAL:
            return node[3]
        before = len(diagnostics)
        compiled = self._compiled
        if compiled is None:
            from language.compile import compile_node

            compiled = compile_node(node, self.lines)
            if self._evaluated:  # most expressions are evaluated once, and what they compile to takes memory
                self._compiled = compiled
            self._evaluated = True
        value = compiled(scope, diagnostics)
        if len(diagnostics) > before:
            from language.explanations import explain

            explain(self, scope, diagnostics, before)
        return value

    def constant(self, diagnostics: Diagnostics) -> Any:
        """Its value, which may refer to nothing, nor be another each time; what is in error is reported and unknown."""
        from language.values import Unknown

        before = len(diagnostics)
        value = self.evaluate(Scope.constant(planning=True), diagnostics)
        if isinstance(value, Unknown) and len(diagnostics) == before:
            detail = "The value here has to be constant: it may not be another each time."
            diagnostics.error("Function calls not allowed", detail, self.span)
        return value

    @property
    def references(self) -> tuple[Traversal, ...]:
        """Every reference in it, but to the names that its own for expressions introduce."""
        if self._references is None:
            found = () if self.node[0] == n.LITERAL else tuple(_references(self.node, self.lines, frozenset()))
            self._references = found
        return self._references

    # -- static readings, for what is not evaluated ---------------------------------------------------------------

    def traversal(self) -> Traversal | None:
        """The reference that the whole expression is, or None."""
        found = static_traversal(self.node, self.lines)
        return found if found is not None and found.end == self.node[2] else None

    def static_string(self) -> str | None:
        """The text that it is, where it is a constant one."""
        return self.node[3] if self.node[0] == n.LITERAL and isinstance(self.node[3], str) else None

    def path(self) -> tuple[str | Expression, ...] | None:
        """The steps of a reference from its root on, the keys in brackets as expressions; None for anything else."""
        steps: list[str | Expression] = []
        node = self.node
        while node[0] in (n.ATTRIBUTE, n.INDEX):
            steps.append(node[4] if node[0] == n.ATTRIBUTE else Expression(node[4], self.lines))
            node = node[3]
        return (node[3], *reversed(steps)) if node[0] == n.VARIABLE else None

    def elements(self) -> tuple[Expression, ...] | None:
        """The elements, where it is a tuple."""
        if self.node[0] != n.TUPLE:
            return None
        return tuple(Expression(element, self.lines) for element in self.node[3])

    def pairs(self) -> tuple[tuple[Expression, Expression], ...] | None:
        """The keys and values, where it is an object."""
        if self.node[0] != n.OBJECT:
            return None
        return tuple((Expression(key, self.lines), Expression(value, self.lines)) for key, value in self.node[3])

    def call(self) -> tuple[str, tuple[Expression, ...]] | None:
        """The function's name and its arguments, where it is a call."""
        if self.node[0] != n.CALL:
            return None
        return self.node[3], tuple(Expression(argument, self.lines) for argument in self.node[4])


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


def _references(node: Node, lines: Lines, hidden: frozenset[str]) -> Iterator[Traversal]:
    kind = node[0]
    if kind in (n.VARIABLE, n.ATTRIBUTE, n.INDEX):
        found = static_traversal(node, lines)
        if found is not None:
            if found.root not in hidden:
                yield found
            return
        yield from _references(node[3], lines, hidden) if kind != n.VARIABLE else ()
        if kind == n.INDEX:
            yield from _references(node[4], lines, hidden)
        return
    if kind == n.FOR:
        _, _, _, key_name, value_name, collection, key, value, condition, _ = node
        yield from _references(collection, lines, hidden)
        inner = hidden | {name for name in (key_name, value_name) if name}
        for part in (key, value, condition):
            if part is not None:
                yield from _references(part, lines, inner)
        return
    for part in _parts(node):
        yield from _references(part, lines, hidden)


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
