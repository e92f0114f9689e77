"""What is written in an older way, rewritten: lone interpolations, types of variables in quotes, bare labels.

The rules are those of `terraform fmt`.
"""

from __future__ import annotations

from collections.abc import Iterable

from language.formatting.tokens import Token, quoted
from language.syntax import scanner as s
from language.syntax.parser import RawAttribute, RawBlock

_TYPES = {"string": ["string"], "list": ["list", "(", "string", ")"], "map": ["map", "(", "string", ")"]}
_COLLECTIONS = ("list", "map", "set")
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_OPENINGS = (s.INTERPOLATION, s.DIRECTIVE)


def rewritten(tokens: list[Token], attributes: Iterable[RawAttribute], blocks: Iterable[RawBlock]) -> list[Token]:
    """The tokens with the expressions and labels of these attributes and blocks rewritten."""
    return _Rewriter(tokens).run(attributes, blocks)


class _Rewriter:
    """Goes through the tokens once, from replaced piece to replaced piece."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._pieces: list[tuple[int, int, tuple[str, ...] | None, bool]] = []

    def run(self, attributes: Iterable[RawAttribute], blocks: Iterable[RawBlock]) -> list[Token]:
        self._body(attributes, blocks, ())
        made: list[Token] = []
        at = 0
        for start, end, labels, is_type in sorted(self._pieces, key=lambda piece: piece[0]):
            while at < len(self._tokens) and self._tokens[at].start < start:
                made.append(self._tokens[at])
                at += 1
            piece = []
            while at < len(self._tokens) and self._tokens[at].start < end:
                piece.append(self._tokens[at])
                at += 1
            if labels is not None:
                for label in labels:
                    made.extend(quoted(escaped(label), start))
            else:
                made.extend(_type(piece) if is_type else _value(piece))
        return made + self._tokens[at:]

    def _body(self, attributes: Iterable[RawAttribute], blocks: Iterable[RawBlock], inside: tuple[str, ...]) -> None:
        for name, _, _, expression in attributes:
            is_type = inside == ("variable",) and name == "type"
            self._pieces.append((expression[1], expression[2], None, is_type))
        for type_, _, _, labels, _, _, inner_attributes, inner_blocks, type_end in blocks:
            if labels:
                self._pieces.append((type_end, labels[-1][2], tuple(label[0] for label in labels), False))
            self._body(inner_attributes, inner_blocks, (*inside, type_))


def escaped(text: str) -> str:
    """The inside of the quoted text that stands for a text."""
    text = "".join(_ESCAPES.get(character, character) for character in text)
    return text.replace("${", "$${").replace("%{", "%%{")


def _type(tokens: list[Token]) -> list[Token]:
    """`"list"` is list(string), and `list` is list(any)."""
    if len(tokens) == 1 and tokens[0].kind == s.IDENT and tokens[0].text in _COLLECTIONS:
        return _words([tokens[0].text, "(", "any", ")"])
    if len(tokens) == 3 and tokens[0].kind == s.QUOTE_OPEN and tokens[1].text in _TYPES:
        return _words(_TYPES[tokens[1].text])
    return tokens


def _words(texts: list[str]) -> list[Token]:
    return [Token(s.IDENT if text.isalpha() else text, text, 0) for text in texts]


def _value(tokens: list[Token]) -> list[Token]:
    """`"${x}"` is x; in parentheses, where it goes over several lines."""
    if not _is_lone_interpolation(tokens):
        return tokens
    inside = tokens[2:-2]
    while inside and inside[0].kind == s.NEWLINE:
        inside = inside[1:]
    while inside and inside[-1].kind == s.NEWLINE:
        inside = inside[:-1]
    enclosed = len(inside) > 1 and inside[0].kind == "(" and inside[-1].kind == ")"
    if any(token.kind == s.NEWLINE for token in inside) and not enclosed:
        return [Token("(", "(", 0), *inside, Token(")", ")", 0)]
    return inside


def _is_lone_interpolation(tokens: list[Token]) -> bool:
    if len(tokens) < 5:
        return False
    ends = (tokens[0].kind, tokens[1].kind, tokens[-2].kind, tokens[-1].kind)
    if ends != (s.QUOTE_OPEN, s.INTERPOLATION, s.TEMPLATE_END, s.QUOTE_CLOSE):
        return False
    quotes = 0
    for token in tokens[2:-2]:
        quotes += {s.QUOTE_OPEN: 1, s.QUOTE_CLOSE: -1}.get(token.kind, 0)
        if quotes == 0 and token.kind in (s.INTERPOLATION, s.TEMPLATE_END, s.LITERAL):
            return False
    return True
