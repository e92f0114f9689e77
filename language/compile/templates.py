"""Templates and their loops."""

from __future__ import annotations

from typing import Any

from language.compile.node import compile_node, report
from language.conversion import ConversionError, convert
from language.diagnostics import Diagnostics, Lines
from language.graphemes import safe_prefix
from language.limits import MAX_TEXT, TOO_LONG
from language.marks import marked, unmark
from language.operators import OperationError
from language.scope import Compiled, Scope
from language.syntax.nodes import Node
from language.types import STRING
from language.values import Unknown


def template(node: Node, lines: Lines) -> Compiled:
    """Texts with values in them; while a part is not known, how they begin is."""
    parts = [(compile_node(part, lines), part) for part in node[3]]

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        texts: list[str] = []
        unknown, marks = False, 0
        for part, part_node in parts:
            text, own = _text(part(scope, diagnostics), part_node, lines, diagnostics)
            marks |= own
            unknown = unknown or isinstance(text, Unknown)
            if not unknown:
                texts.append(text)
        if unknown:
            prefix = safe_prefix("".join(texts)[:_LONGEST_PREFIX])
            return marked(Unknown(STRING, not_null=True, prefix=prefix), marks)
        return marked(_joined(texts, node, lines, diagnostics), marks)

    return evaluate


_LONGEST_PREFIX = 128
"""Characters of a text that is not known whole; more would not say much."""


def _joined(texts: list[str], node: Node, lines: Lines, diagnostics: Diagnostics) -> Any:
    if sum(map(len, texts)) > MAX_TEXT:
        return report(diagnostics, OperationError("Text too long", f"{TOO_LONG}.".capitalize()), node, lines)
    return "".join(texts)


def _text(value: Any, node: Node, lines: Lines, diagnostics: Diagnostics) -> tuple[Any, int]:
    if type(value) is str:
        return value, 0
    value, marks = unmark(value)
    try:
        if value is None:
            detail = "The expression result is null. Cannot include a null value in a string template."
            raise OperationError("Invalid template interpolation value", detail)
        try:
            return convert(value, STRING), marks
        except ConversionError as failure:
            detail = f"Cannot include the given value in a string template: {failure}."
            raise OperationError("Invalid template interpolation value", detail) from None
    except OperationError as failure:
        return report(diagnostics, failure, node, lines), marks


def join(node: Node, lines: Lines) -> Compiled:
    """A template's loop: what each iteration gives, put together."""
    loop, loop_node = compile_node(node[3], lines), node[3]

    def evaluate(scope: Scope, diagnostics: Diagnostics) -> Any:
        parts, marks = unmark(loop(scope, diagnostics))
        if isinstance(parts, Unknown):
            return marked(Unknown(STRING, not_null=True), marks)
        texts = []
        unknown = False
        for part in parts:
            text, own = _text(part, loop_node[7], lines, diagnostics)
            marks |= own
            unknown |= isinstance(text, Unknown)
            texts.append(text)
        if unknown:
            return marked(Unknown(STRING, not_null=True), marks)
        return marked(_joined(texts, node, lines, diagnostics), marks)

    return evaluate
