"""What an output of the stack would show that is sensitive."""

from __future__ import annotations

from language.diagnostics import Diagnostics
from language.values import contains_sensitive
from planner.configuration import Output


def refuse_secret(output: Output, value: object, diagnostics: Diagnostics) -> None:
    """Report an output of the stack that holds what is sensitive, and does not say so."""
    if contains_sensitive(value) and not output.sensitive:
        detail = f'The value of output "{output.name}" holds something sensitive, and would be shown.'
        advice = "If you mean to keep it, add sensitive = true to the output."
        diagnostics.error("Output refers to sensitive values", detail, output.value.span, advice=advice)
