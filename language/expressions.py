"""An expression as other rooms hold it: where it stands, what it refers to, and its value in a scope.

Compiled to closures when it is first evaluated, once for all instances of its block (`language.compile`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from language.diagnostics import Diagnostics, Lines, Span
from language.syntax import nodes as n
from language.syntax.nodes import Node
from language.traversal import Traversal, references_of, static_traversal

if TYPE_CHECKING:  # loaded when something is evaluated, so that parsing alone starts faster
    from language.scope import Compiled, Scope


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
        """Where it stands."""
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
            from language.compile import compile_node  # to start faster, as above

            compiled = compile_node(node, self.lines)
            if self._evaluated:  # most expressions are evaluated once, and what they compile to takes memory
                self._compiled = compiled
            self._evaluated = True
        value = compiled(scope, diagnostics)
        if len(diagnostics) > before:
            from language.explanations import explain  # to start faster, as above

            explain(self.node, self.lines, self.references, scope, diagnostics, before)
        return value

    @property
    def references(self) -> tuple[Traversal, ...]:
        """Every reference in it, but to the names that its own for expressions introduce."""
        if self._references is None:
            found = () if self.node[0] == n.LITERAL else tuple(references_of(self.node, self.lines))
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
