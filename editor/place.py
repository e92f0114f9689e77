"""What is being typed: the blocks around an offset of a text that need not parse, and what may stand there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from language.syntax import scanner

Header: TypeAlias = tuple[str, ...]
"""A block's type and its labels."""
Role: TypeAlias = Literal["name", "label", "value", "nothing"]

_TYPED = re.compile(r'(?<![\w.\-])[\w.\-]*(?:\[(?:\d+|"[^"\n]*")\][\w.\-]*)*\Z')
_REST = re.compile(r"[\w\-]*")
_OPENS = {"(", "[", scanner.INTERPOLATION, scanner.DIRECTIVE}
_CLOSES = {")", "]", scanner.TEMPLATE_END}


@dataclass(frozen=True, slots=True)
class Place:
    """`path` has the headers of the blocks around, outermost first. `typed` is the word before the offset.

    `role`: whether the name of an argument or of a block is expected, a block's label (`header` has what stands before
    it), a value, or nothing that could be told.
    """

    path: tuple[Header, ...]
    role: Role
    typed: str
    header: Header = ()


def place_at(text: str, offset: int) -> Place:
    """The place of an offset."""
    return _Walk(text[:offset]).place()


def word_at(text: str, offset: int) -> tuple[int, int]:
    """The offsets of the reference, name or function that an offset is in or behind."""
    return offset - len(_typed(text[:offset])), _REST.match(text, offset).end()  # type: ignore[union-attr]


def _typed(before: str) -> str:
    """The word that a text ends with."""
    return _TYPED.search(before, before.rfind("\n") + 1).group()  # type: ignore[union-attr]


class _Walk:
    """Goes over the tokens before the offset with what is open: a block's header, or None for anything else."""

    def __init__(self, before: str) -> None:
        self._text = before
        self._open: list[Header | None] = []
        self._quoted = 0
        self._statement: list[str] = []
        self._kinds: list[str] = []

    def place(self) -> Place:
        tokens = scanner.scan(self._text)
        for kind, start, end in zip(tokens.kinds, tokens.starts, tokens.ends, strict=True):
            if start < end or kind not in (scanner.QUOTE_CLOSE, scanner.HEREDOC_CLOSE):  # not what the end closes
                self._token(kind, self._text[start:end])
        path = tuple(header for header in self._open if header is not None)
        typed = _typed(self._text)
        if self._open and self._open[-1] is None:
            return Place(path, "value", typed)
        if "=" in self._statement:
            return Place(path, "nothing" if self._quoted else "value", typed)
        if self._quoted:
            return Place(path, "label", self._text.rpartition('"')[2], _header(self._statement))
        named = not self._statement or (len(self._statement) == 1 and self._text.endswith(self._statement[0]))
        return Place(path, "name" if named else "nothing", typed)

    def _token(self, kind: str, text: str) -> None:
        in_body = not self._open or self._open[-1] is not None
        if kind == scanner.NEWLINE:
            if in_body:
                self._forget()
        elif kind == "{":
            block = in_body and self._kinds and all(k in (scanner.IDENT, scanner.STRING) for k in self._kinds)
            self._open.append(_header(self._statement) if block else None)
            if block:
                self._forget()
        elif kind in _OPENS:
            self._open.append(None)
        elif kind == "}" or kind in _CLOSES:
            if self._open and self._open.pop() is not None:
                self._forget()
        elif kind in (scanner.QUOTE_OPEN, scanner.HEREDOC_OPEN):
            self._quoted += 1
        elif kind in (scanner.QUOTE_CLOSE, scanner.HEREDOC_CLOSE):
            self._quoted -= 1
        elif in_body and kind not in (scanner.LITERAL, scanner.HEREDOC_LINE, scanner.EOF):
            self._statement.append(text)
            self._kinds.append(kind)

    def _forget(self) -> None:
        self._statement, self._kinds = [], []


def _header(statement: list[str]) -> Header:
    return tuple(word.strip('"') for word in statement)
