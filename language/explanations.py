"""What the references in an expression that is in error come to: the values that matter, shown with the error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from language import operators
from language.diagnostics import Diagnostics, Lines
from language.scope import Scope
from language.syntax.nodes import Node
from language.traversal import Traversal
from language.values import ListValue, MapValue, Sensitive, SetValue, Unknown

MAX_VALUES = 10
_LONGEST_TEXT = 100


def explain(
    node: Node, lines: Lines, references: Sequence[Traversal], scope: Scope, diagnostics: Diagnostics, begin: int
) -> None:
    """Put the values that matter to what is wrong with a node: to the diagnostics from `begin` on."""
    start, end = node[1:3]
    found: dict[tuple[int, int], tuple[tuple[str, str], ...]] = {}
    for index in range(begin, len(diagnostics)):
        diagnostic = diagnostics[index]
        span = diagnostic.span
        if span is None or diagnostic.values or span.file != lines.file:
            continue
        if start <= span.start <= span.end <= end:
            part = (span.start, span.end)
            if part not in found:
                found[part] = values_of(references, scope, *part)
            diagnostics[index] = replace(diagnostic, values=found[part])


def values_of(
    references: Sequence[Traversal], scope: Scope, start: int = 0, end: int | None = None
) -> tuple[tuple[str, str], ...]:
    """The references of an expression, or those in a stretch of its text, and what is said of their values."""
    inside = [each for each in references if start <= each.start and (end is None or each.end <= end)]
    found = dict(_values(inside, scope))
    return tuple(found.items())[:MAX_VALUES]


def _values(references: Iterable[Traversal], scope: Scope) -> Iterator[tuple[str, str]]:
    for traversal in references:
        found = _looked_up(traversal, scope)
        statement = describe(found[1]) if found is not None else None
        if found is not None and statement is not None:
            yield found[0], statement


def _looked_up(traversal: Traversal, scope: Scope) -> tuple[str, Any] | None:
    """The value of a reference, or of as much of it as has one, and how that part is written."""
    problems = Diagnostics()
    value, taken = (scope.names[traversal.root], 0) if traversal.root in scope.names else (None, -1)
    if taken < 0:
        if scope.is_constant:
            return None
        value, taken = scope.resolve(traversal, problems)
    if problems:
        return None
    for step in traversal.steps[taken:]:
        try:
            value = operators.attribute(value, step) if isinstance(step, str) else operators.index(value, step.value)
        except operators.OperationError:
            break
        taken += 1
    return str(replace(traversal, steps=traversal.steps[:taken])), value


def describe(value: Any) -> str | None:
    """What is said of a value, as Terraform does: a simple one is shown, of another just what it is."""
    match value:
        case Unknown():
            return None
        case Sensitive():
            return "has a sensitive value"
        case None:
            return "is null"
        case bool():
            return f"is {str(value).lower()}"
        case str():
            excerpt = value if len(value) <= _LONGEST_TEXT else value[:_LONGEST_TEXT] + "..."
            return "is " + '"' + excerpt.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        case ListValue() | SetValue() | MapValue():
            kind = {ListValue: "list", SetValue: "set", MapValue: "map"}[type(value)]
            return _counted(f"{kind} of {value.element_type.friendly()}", len(value), "element")
        case tuple():
            return _counted("tuple", len(value), "element")
        case dict():
            only = f' "{next(iter(value))}"' if len(value) == 1 else ""
            return _counted("object", len(value), "attribute") + only
    return f"is {value}"


def _counted(kind: str, count: int, what: str) -> str:
    if not count:
        return f"is {kind} with no {what}s" if kind == "object" else f"is empty {kind}"
    return f"is {kind} with {count} {what}{'' if count == 1 else 's'}"
