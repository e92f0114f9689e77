"""References, attributes, indexes and splats."""

from __future__ import annotations

from typing import Any

from language import operators
from language.compile.node import compile_node, report
from language.conversion import ConversionError, convert
from language.diagnostics import Diagnostics, Lines
from language.marks import marked, unmark
from language.operators import OperationError
from language.scope import Compiled, Scope
from language.syntax import nodes as n
from language.syntax.nodes import Node
from language.traversal import static_traversal
from language.types import ANY, List
from language.values import BROKEN, ListValue, SetValue, Unknown

_ITEM = "*"
"""The name of a splat's element among the names of a scope; no identifier can be this."""


def item(node: Node, lines: Lines) -> Compiled:
    """The element of the splat around it."""
    return lambda scope, diagnostics: scope.names[_ITEM]


def reference(node: Node, lines: Lines) -> Compiled:
    """A reference that is static as a whole; else the last accessor, on what comes before it."""
    traversal = static_traversal(node, lines)
    if traversal is None:
        return _attribute(node, lines) if node[0] == n.ATTRIBUTE else _index(node, lines)
    root = traversal.root
    steps = [
        (operators.attribute, step) if isinstance(step, str) else (operators.index, step.value)
        for step in traversal.steps
    ]

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        if root in scope.names:
            value, taken = scope.names[root], 0
        else:
            value, taken = scope.resolve(traversal, diagnostics)
        try:
            for access, step in steps[taken:]:
                value = access(value, step)
        except OperationError as failure:
            return report(diagnostics, failure, node, lines)
        return value

    return evaluate


def _attribute(node: Node, lines: Lines) -> Compiled:
    inner, name = compile_node(node[3], lines), node[4]

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        try:
            return operators.attribute(inner(scope, diagnostics), name)
        except OperationError as failure:
            return report(diagnostics, failure, node, lines)

    return evaluate


def _index(node: Node, lines: Lines) -> Compiled:
    inner, key = compile_node(node[3], lines), compile_node(node[4], lines)

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        try:
            return operators.index(inner(scope, diagnostics), key(scope, diagnostics))
        except OperationError as failure:
            return report(diagnostics, failure, node, lines)

    return evaluate


def splat(node: Node, lines: Lines) -> Compiled:
    """Every element of a list, or the one value that is none."""
    source, each = compile_node(node[3], lines), compile_node(node[4], lines)

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        value, marks = unmark(source(scope, diagnostics))
        if isinstance(value, Unknown):
            return value if value is BROKEN else marked(Unknown(), marks)
        if value is None:
            items: Any = ()
        else:
            items = value if isinstance(value, tuple | SetValue) else (value,)
        names: dict[str, Any] = {**scope.names}
        inner = scope.within(names)
        results = []
        for item in items:
            names[_ITEM] = item
            results.append(each(inner, diagnostics))
        return marked(_splatted(value, tuple(results)), marks)

    return evaluate


def _splatted(source: Any, results: tuple[Any, ...]) -> Any:
    """Of a list or a set it is a list, where the results have a type in common; of anything else a tuple."""
    if not isinstance(source, ListValue | SetValue):
        return results
    try:
        return convert(results, List(ANY))
    except ConversionError:
        return results
