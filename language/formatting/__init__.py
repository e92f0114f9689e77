"""The standard format of a file: what `freehold fmt` writes, byte for byte what `terraform fmt` does.

`tokens` splits a text without losing a byte, `rewrites` replaces what has an older way to write it, `layout` sets the
spaces.
"""

from __future__ import annotations

from language.diagnostics import Diagnostics
from language.formatting.layout import format_tokens
from language.formatting.rewrites import escaped, rewritten
from language.formatting.tokens import tokens_of
from language.parsing import parse_raw


def quote(text: str) -> str:
    """A text as it is written in quotes."""
    return f'"{escaped(text)}"'


def format_text(text: str, file: str) -> tuple[str, Diagnostics]:
    """The text in standard format, and why it cannot be formatted: a text with errors is given back as it is."""
    attributes, blocks, diagnostics = parse_raw(text, file)
    if diagnostics.has_errors:
        return text, diagnostics
    return format_tokens(rewritten(tokens_of(text), attributes, blocks)), diagnostics
