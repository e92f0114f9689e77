"""The inside of quoted texts and heredocs: escapes, indentation, and directives put together into one node."""

from __future__ import annotations

import re
from typing import Any, NoReturn, Protocol

from language.syntax import nodes as n
from language.syntax.nodes import Node

Part = tuple[Any, ...]


class Parser(Protocol):
    """Of the parser of expressions, what is needed here."""

    nesting: int

    def report(self, start: int, end: int, summary: str, detail: str) -> None:
        """Report an error between two offsets."""

    def fail(self, start: int, end: int, summary: str, detail: str) -> NoReturn:
        """As `report`, and give up what is being parsed."""

    def descend(self, start: int, end: int) -> None:
        """Count one more level of nesting."""


_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^\n])|\$\$\{|%%\{")
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def unescape(parser: Parser, text: str, start: int) -> str:
    """The text that a quoted literal stands for."""
    if "\\" not in text and "{" not in text:
        return text

    def replace(found: re.Match[str]) -> str:
        code = found.group(1)
        if code is None:
            return found.group()[1:]
        if code in _PLAIN:
            return _PLAIN[code]
        if len(code) > 1:
            number = int(code[1:], 16)
            if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF:
                return chr(number)
        at = start + found.start()
        detail = f'"\\{code}" is not an escape; those are \\n, \\r, \\t, \\", \\\\, \\uNNNN and \\UNNNNNNNN.'
        parser.report(at, start + found.end(), "Invalid escape sequence", detail)
        return found.group()

    return _ESCAPE.sub(replace, text)


def trimmed(part: Part) -> Part:
    """A literal without the white space at its end, before a sequence that opens with `~`."""
    return (*part[:3], part[3].rstrip())


def flush(parts: list[Part]) -> list[Part]:
    """A `<<-` heredoc: the smallest indentation of its lines is taken off all of them. Blank lines do not count."""
    smallest: int | None = None
    begins = True
    adjust: list[int] = []
    for index, part in enumerate(parts):
        is_text = part[0] == "text"
        if begins:
            begins = False
            spaces: int | None = 0
            if is_text:
                stripped = part[3].lstrip()
                if not stripped and part[3].endswith("\n"):
                    spaces = None
                else:
                    spaces = len(part[3]) - len(stripped)
                    adjust.append(index)
            if spaces is not None and (smallest is None or spaces < smallest):
                smallest = spaces
        if is_text and part[3].endswith("\n"):
            begins = True
    result = list(parts)
    for index in adjust:
        part = parts[index]
        result[index] = (*part[:3], part[3][smallest or 0 :])
    return result


def assemble(parser: Parser, parts: list[Part], start: int, end: int) -> Node:
    """One node for a whole template: a literal, the value of a lone interpolation, or a template."""
    if len(parts) == 1 and parts[0][0] == "value":
        return (n.WRAP, start, end, parts[0][3])
    items, rest = _sequence(parser, parts, 0, ())
    if rest < len(parts):
        stray = parts[rest]
        parser.fail(
            stray[1], stray[2], "Unexpected template directive", f'There is nothing open for "{stray[0]}" to end.'
        )
    return _whole(items, start, end)


def _whole(items: list[Node], start: int, end: int) -> Node:
    merged: list[Node] = []
    for item in items:
        if merged and item[0] == n.LITERAL and merged[-1][0] == n.LITERAL:
            merged[-1] = (n.LITERAL, merged[-1][1], item[2], merged[-1][3] + item[3])
        else:
            merged.append(item)
    if not merged:
        return (n.LITERAL, start, end, "")
    if len(merged) == 1 and merged[0][0] == n.LITERAL and isinstance(merged[0][3], str):
        return (n.LITERAL, start, end, merged[0][3])
    return (n.TEMPLATE, start, end, tuple(merged))


def _sequence(parser: Parser, parts: list[Part], at: int, until: tuple[str, ...]) -> tuple[list[Node], int]:
    """Items up to one of the directives in `until`, and the position of that one."""
    items: list[Node] = []
    while at < len(parts):
        part = parts[at]
        kind = part[0]
        if kind in until:
            return items, at
        if kind == "text":
            items.append((n.LITERAL, part[1], part[2], part[3]))
            at += 1
        elif kind == "value":
            inner = part[3]
            items.append((n.TEMPLATE, part[1], part[2], (inner,)) if inner[0] == n.LITERAL else inner)
            at += 1
        elif kind == "if":
            node, at = _if(parser, parts, at)
            items.append(node)
        elif kind == "for":
            node, at = _for(parser, parts, at)
            items.append(node)
        else:
            return items, at
    return items, at


def _if(parser: Parser, parts: list[Part], at: int) -> tuple[Node, int]:
    opened = parts[at]
    parser.descend(opened[1], opened[2])
    yes, at = _sequence(parser, parts, at + 1, ("else", "endif"))
    no: list[Node] = []
    if at < len(parts) and parts[at][0] == "else":
        no, at = _sequence(parser, parts, at + 1, ("endif",))
    _closed(parser, parts, at, opened, "endif")
    start, end = opened[1], parts[at][2]
    return (n.CONDITIONAL, start, end, opened[3], _whole(yes, start, end), _whole(no, start, end)), at + 1


def _for(parser: Parser, parts: list[Part], at: int) -> tuple[Node, int]:
    opened = parts[at]
    parser.descend(opened[1], opened[2])
    body, at = _sequence(parser, parts, at + 1, ("endfor",))
    _closed(parser, parts, at, opened, "endfor")
    start, end = opened[1], parts[at][2]
    _, _, _, key, value, collection = opened
    loop: Node = (n.FOR, start, end, key, value, collection, None, _whole(body, start, end), None, False)
    return (n.JOIN, start, end, loop), at + 1


def _closed(parser: Parser, parts: list[Part], at: int, opened: Part, word: str) -> None:
    parser.nesting -= 1
    if at >= len(parts) or parts[at][0] != word:
        detail = f'The "{opened[0]}" that begins here needs an "{word}" directive to end it.'
        parser.fail(opened[1], opened[2], f"Unexpected end of template: missing {word}", detail)
