"""The tokens of a text for its layout: all of them, comments and newlines in brackets included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from language.syntax import scanner

COMMENT = "comment"
_TRIVIA = re.compile(r"(\r?\n)|((?:#|//)[^\n]*(?:\n|\Z)|/\*(?:[^*]|\*(?!/))*\*/)|[ \t]+")
_QUOTE = '"'


@dataclass(slots=True)
class Token:
    """A kind of `scanner` (or a comment), its text, where it began, and the spaces to write before it."""

    kind: str
    text: str
    start: int
    spaces: int = 0

    @property
    def ends_line(self) -> bool:
        """Whether a line ends with it."""
        return self.kind == scanner.NEWLINE or (self.kind == COMMENT and self.text.endswith("\n"))


def tokens_of(text: str) -> list[Token]:
    """All tokens of a text that parses."""
    found: list[Token] = []
    scanned = scanner.scan(text)
    position = 0
    for kind, start, end in zip(scanned.kinds, scanned.starts, scanned.ends, strict=True):
        found.extend(_trivia(text, position, start))
        if kind == scanner.NEWLINE:
            found.extend(_trivia(text, start, end))
        elif kind == scanner.STRING:
            found.extend(quoted(text[start + 1 : end - 1], start))
        elif kind != scanner.EOF:
            found.append(Token(kind, text[start:end], start))
        position = end
    return found


def quoted(inside: str, start: int) -> Iterator[Token]:
    """The tokens of a quoted text whose inside is written as given."""
    yield Token(scanner.QUOTE_OPEN, _QUOTE, start)
    if inside:
        yield Token(scanner.LITERAL, inside, start + 1)
    yield Token(scanner.QUOTE_CLOSE, _QUOTE, start + 1 + len(inside))


def _trivia(text: str, start: int, end: int) -> Iterator[Token]:
    for match in _TRIVIA.finditer(text, start, end):
        kind = (scanner.NEWLINE, COMMENT)[match.lastindex - 1] if match.lastindex else None
        if kind is not None:
            yield Token(kind, match.group(), match.start())
