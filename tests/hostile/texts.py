"""Texts that a terminal would obey, or that make one text look like another."""

from __future__ import annotations

TEXTS = {
    "clear": "a\x1b[2J\x1b[Hb",
    "colour": "\x1b[5;35mowned\x1b[8m",
    "title": "\x1b]0;owned\x07after",
    "link": "\x1b]8;;http://evil.example\x1b\\here\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;b3duZWQ=\x1b\\",
    "device": '\x1bP$q"p\x1b\\\x1b[c\x1b[6n',
    "return": "Plan: 9 to add\rNo changes.",
    "backspaces": "rm -rf /\x08\x08\x08\x08\x08\x08\x08\x08ls",
    "c1": "\x9b2J\x9d0;owned\x9c",
    "bidi": "\u202eevil\u202c \u2066x\u2069 \u200fy",
    "nul": "a\x00b",
    "delete": "abc\x7f\x7f",
    "bell-and-shift": "\x07\x0e\x0f\x05",
    "line-ends": "one\u2028two\u2029three\x0bfour\x0cfive\x85six",
    "tags": "x\U000e0041\U000e0042",
    "half": "a\udc80b\udcff",  # of bytes that are no UTF-8, in names and arguments
    "surrogate": "a\ud800b",  # of JSON
    "long": "x" * 5_000 + "\x1b[2J",
    "combining": "e" + "\u0301" * 300 + "\x1b[2J",
    "markup": "[red]owned[/red][link=http://evil.example]x[/link]",
    "templates": "%{ if true }\x1b[2J${1}%s{0}\\u001b",
}


def quoted(text: str) -> str:
    """A quoted template of HCL that is this text. Halves of characters cannot be written so: they stand as they are."""
    made = []
    for character in text.replace("${", "$${").replace("%{", "%%{"):
        code = ord(character)
        if character in '"\\':
            made.append("\\" + character)
        elif 0x20 <= code < 0x7F:
            made.append(character)
        else:
            made.append(f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
    return f'"{"".join(made)}"'
