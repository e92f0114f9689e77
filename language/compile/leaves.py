"""Nodes without operands: literals, numbers, what is in parentheses, what did not parse."""

from __future__ import annotations

from language.compile.node import compile_node, report
from language.conversion import ConversionError, parse_number
from language.diagnostics import Lines
from language.operators import OperationError
from language.scope import Compiled
from language.syntax.nodes import Node
from language.values import BROKEN


def literal(node: Node, lines: Lines) -> Compiled:
    """A text, true, false or null."""
    value = node[3]
    return lambda scope, diagnostics: value


def number(node: Node, lines: Lines) -> Compiled:
    """A number, exact."""
    try:
        value = parse_number(node[3])
    except ConversionError as problem:
        failure = OperationError("Number too large", f"{problem}.".capitalize())
        return lambda scope, diagnostics: report(diagnostics, failure, node, lines)
    return lambda scope, diagnostics: value


def invalid(node: Node, lines: Lines) -> Compiled:
    """What did not parse, and was reported then."""
    return lambda scope, diagnostics: BROKEN


def inner(node: Node, lines: Lines) -> Compiled:
    """What is in parentheses, or alone in a template: as it is."""
    return compile_node(node[3], lines)
