"""How large what is computed may become. For people they are in docs/language.md."""

from __future__ import annotations

import sys

MAX_DIGITS = 4_000
"""Of a number: before its decimal point, or zeros behind it."""
MAX_TEXT = 64 * 1024 * 1024
"""Characters of one text."""
MAX_ELEMENTS = 10_000_000
"""In one value, at any depth, what it holds twice counted twice; also turns of a `for`, and what is made in these."""
MAX_NESTING = 1_000
"""Brackets, operators and blocks in others, and values in values; in source, JSON and YAML."""
MAX_FILES = 100_000
"""That one `fileset` goes through."""
MAX_WIDTH = 10_000
"""Whose digits a width, a precision or a position in `format` may have."""
MAX_FRAMES = 20_000
"""Calls inside of calls: values that are made of values, and so on, some thousand deep."""
TOO_MANY_DIGITS = f"a number has at most {MAX_DIGITS:,} digits"
TOO_LARGE = f"a value has at most {MAX_ELEMENTS:,} elements, what it holds twice counted twice"
TOO_DEEP = f"values are nested at most {MAX_NESTING:,} deep"
TOO_MANY_TURNS = f"a for expression takes at most {MAX_ELEMENTS:,} turns, with those of all that is inside of it"
TOO_LONG = f"a text has at most {MAX_TEXT >> 20} million characters"

sys.setrecursionlimit(max(sys.getrecursionlimit(), MAX_FRAMES))
