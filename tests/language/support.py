"""Short ways to parse and evaluate for the tests of the language."""

from __future__ import annotations

from typing import Any

from language.body import Body
from language.diagnostics import Diagnostics
from language.parsing import parse, parse_expression
from language.scope import Scope
from language.traversal import Traversal
from language.values import Unknown


def accepted(text: str) -> Body:
    """The body of a text that has to parse."""
    body, diagnostics = parse(text, "test.hcl")
    assert not diagnostics, [diagnostic.detail for diagnostic in diagnostics]
    return body


def refused(text: str) -> Diagnostics:
    """What is said about a text that must not parse."""
    _, diagnostics = parse(text, "test.hcl")
    assert diagnostics.has_errors, f"parses, and should not: {text!r}"
    return diagnostics


def evaluate(text: str, **names: Any) -> tuple[Any, Diagnostics]:
    """The value of an expression in which `names` may be referred to."""
    expression, diagnostics = parse_expression(text, "test.hcl")
    if diagnostics.has_errors:
        return Unknown(), diagnostics

    def missing(traversal: Traversal, found: Diagnostics) -> tuple[Any, int]:
        found.error("Reference to undeclared name", f"There is no {traversal.root}.", traversal.span)
        return Unknown(), len(traversal.steps)

    return expression.evaluate(Scope(missing, names=names), diagnostics), diagnostics


def value(text: str, **names: Any) -> Any:
    """As `evaluate`, of an expression that has to be right."""
    result, diagnostics = evaluate(text, **names)
    assert not diagnostics, [diagnostic.detail for diagnostic in diagnostics]
    return result


def errors(text: str, **names: Any) -> list[str]:
    """The summaries of what is wrong with an expression."""
    _, diagnostics = evaluate(text, **names)
    return [diagnostic.summary for diagnostic in diagnostics if diagnostic.severity == "error"]
