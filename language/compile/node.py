"""What compiling any kind of node takes: the table of how each is compiled, and how what is wrong is reported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from language.diagnostics import Diagnostics, Lines
from language.operators import OperationError
from language.scope import Compiled
from language.sizes import excess
from language.syntax.nodes import Node
from language.values import BROKEN, Unknown

COMPILERS: dict[str, Callable[[Node, Lines], Compiled]] = {}
"""By the kind of a node; the package fills it."""


def compile_node(node: Node, lines: Lines) -> Compiled:
    """The closure of one node and all below it."""
    return COMPILERS[node[0]](node, lines)


def report(diagnostics: Diagnostics, failure: OperationError, node: Node, lines: Lines) -> Unknown:
    """Report what is wrong at a node; the value that goes on in its place."""
    span = lines.span(node[1], node[2])
    diagnostics.error(failure.summary, failure.detail, span, advice=failure.advice)
    return BROKEN


def operand_at_fault(node: Node, failure: OperationError) -> Node:
    """The operand of an operation that is wrong, or the whole."""
    return node if failure.operand is None else node[4 + failure.operand]


def within_limits(made: Any, diagnostics: Diagnostics, node: Node, lines: Lines) -> Any:
    """What was made at a node; where it is too large or too deep that is reported, and it is BROKEN."""
    if (problem := excess(made)) == "":
        return made
    return report(diagnostics, OperationError("Value too large", f"{problem}.".capitalize()), node, lines)
