"""How large what is computed may become. For people they are in docs/language.md."""

from __future__ import annotations

import sys

MAX_DIGITS = 4_000
"""Of a number: before its decimal point, or zeros behind it."""
MAX_TEXT = 64 * 1024 * 1024
"""Characters of one text."""
MAX_WIDTH = 10_000
"""Whose digits a width, a precision or a position in `format` may have."""
MAX_FRAMES = 20_000
"""Calls inside of calls: values that are made of values, and so on, some thousand deep."""
TOO_MANY_DIGITS = f"a number has at most {MAX_DIGITS:,} digits"
TOO_LONG = f"a text has at most {MAX_TEXT >> 20} million characters"

sys.setrecursionlimit(max(sys.getrecursionlimit(), MAX_FRAMES))
