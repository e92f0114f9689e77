"""Values of expressions that have to be constant."""

from __future__ import annotations

from typing import Any

from language.diagnostics import Diagnostics
from language.expressions import Expression
from language.scope import Scope
from language.values import Unknown


def constant(expression: Expression, diagnostics: Diagnostics) -> Any:
    """Its value, which may refer to nothing, nor be another each time; what is in error is reported and unknown."""
    before = len(diagnostics)
    value = expression.evaluate(Scope.constant(planning=True), diagnostics)
    if isinstance(value, Unknown) and len(diagnostics) == before:
        detail = "The value here has to be constant: it may not be another each time."
        diagnostics.error("Function calls not allowed", detail, expression.span)
    return value
