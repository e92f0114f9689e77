"""The spaces between tokens: indentation by brackets, one space or none inside of a line, and columns.

Lines that follow one another and hold an argument have their `=` under one another, and so have their comments. The
rules are those of hclwrite's formatter, which `terraform fmt` uses.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from language.formatting.tokens import COMMENT, Token
from language.graphemes import graphemes
from language.syntax import scanner as s

INDENT = 2
_BRACKETS = dict.fromkeys(("(", "[", "{", s.INTERPOLATION, s.DIRECTIVE), 1)
_BRACKETS |= dict.fromkeys((")", "]", "}", s.TEMPLATE_END), -1)
_SEQUENCES = (s.INTERPOLATION, s.DIRECTIVE)
_BEFORE_TEXT = (s.LITERAL, s.HEREDOC_LINE, s.QUOTE_OPEN, s.HEREDOC_OPEN)
_AFTER_TEXT = (s.LITERAL, s.HEREDOC_LINE, s.QUOTE_CLOSE, s.HEREDOC_CLOSE)
_BEFORE_NEGATION = frozenset(
    ("", "(", "{", "[", "=", ":", ",", "?", "+", "*", "/", "%", "-", "==", "!=", ">", ">=", "<", "<=", "&&", "||", "!")
)  # fmt: skip
_NOTHING = Token("", "", 0)


def format_tokens(tokens: list[Token]) -> str:
    """The text of the tokens, with its spaces set."""
    lines = _lines(tokens)
    _indent(lines)
    for line in lines:
        _space(line.lead)
        if line.assign:
            line.assign[0].spaces = 1
            _space(line.assign)
    _align(lines, lambda line: line.assign, lambda line: _columns(line.lead))
    _align(lines, lambda line: line.comment, lambda line: _columns(line.lead) + _columns(line.assign))
    return "".join(" " * token.spaces + token.text for token in tokens)


@dataclass(slots=True)
class _Line:
    """`lead`, then `= ...` where that ends on the line, then a comment at the end."""

    lead: list[Token]
    assign: list[Token] = field(default_factory=list)
    comment: list[Token] = field(default_factory=list)


def _lines(tokens: list[Token]) -> list[_Line]:
    lines: list[_Line] = []
    begin = 0
    for index, token in enumerate(tokens):
        if token.ends_line:
            lines.append(_split(tokens[begin : index + 1]))
            begin = index + 1
    lines.append(_split(tokens[begin:]))
    return lines


def _split(tokens: list[Token]) -> _Line:
    line = _Line(tokens)
    if len(tokens) > 1 and tokens[-1].kind == COMMENT:
        line.lead, line.comment = tokens[:-1], tokens[-1:]
    at = next((index for index, token in enumerate(line.lead) if index > 0 and token.kind == "="), None)
    if at is not None and sum(_bracket(token) for token in line.lead[at:]) == 0:
        line.lead, line.assign = line.lead[:at], line.lead[at:]
    return line


def _bracket(token: Token) -> int:
    return _BRACKETS.get(token.kind, 0)


def _indent(lines: list[_Line]) -> None:
    opened: list[int] = []
    for line in lines:
        if not line.lead:
            continue
        first = line.lead[0]
        if first.kind == s.NEWLINE:
            first.spaces = 0
            continue
        net = _net(line.lead) + _net(line.assign)
        if net < 0:
            _close(opened, -net)
        first.spaces = INDENT * len(opened)
        if net > 0:
            opened.append(net)


def _net(tokens: list[Token]) -> int:
    """Brackets opened less those closed, up to where a heredoc begins."""
    net = 0
    for token in tokens:
        net += _bracket(token)
        if token.kind == s.HEREDOC_OPEN:
            break
    return net


def _close(opened: list[int], count: int) -> None:
    while count > 0 and opened:
        if count >= opened[-1]:
            count -= opened.pop()
        else:
            opened[-1] -= count
            count = 0


def _space(tokens: list[Token]) -> None:
    before = _NOTHING
    for token, after in itertools.pairwise(tokens):
        after.spaces = 1 if _is_apart(before, token, after) else 0
        before = token


def _is_apart(before: Token, token: Token, after: Token) -> bool:
    """Whether a space stands between `token` and `after`. The first rule that fits counts."""
    kind, following = token.kind, after.kind
    if following == s.NEWLINE or (kind == s.IDENT and following == "("):
        return False
    if "::" in (kind, following) and s.IDENT in (kind, following):
        return False
    if "." in (kind, following) or following in (",", "..."):
        return False
    if kind == ",":
        return True
    if kind in _BEFORE_TEXT or following in _AFTER_TEXT:
        return False
    if kind == s.IDENT and token.text == "in" and before.kind == s.IDENT:
        return True
    if following == "[" and (kind in (s.IDENT, s.NUMBER) or _bracket(token) < 0):
        return False
    if kind == "!":
        return False
    if kind == "-":
        return before.kind not in _BEFORE_NEGATION
    if kind == "{" or following == "}":
        return not (kind == "{" and following == "}")
    if (kind in _SEQUENCES and following == "{") or (kind == "}" and following == s.TEMPLATE_END):
        return True
    if kind == s.TEMPLATE_END and following in _SEQUENCES:
        return False
    return _bracket(token) <= 0 and _bracket(after) >= 0


def _align(lines: list[_Line], cell: Callable[[_Line], list[Token]], width: Callable[[_Line], int]) -> None:
    """Put a cell of lines that follow one another into one column."""
    chain: list[_Line] = []
    for line in [*lines, _Line([])]:
        if cell(line):
            chain.append(line)
            continue
        widest = max(map(width, chain), default=0)
        for each in chain:
            cell(each)[0].spaces = widest - width(each) + 1
        chain = []


def _columns(tokens: list[Token]) -> int:
    return sum(token.spaces + len(graphemes(token.text)) for token in tokens)
