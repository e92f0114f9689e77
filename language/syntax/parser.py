"""Tokens to the structure of a file: attributes and blocks, with recovery so that one run reports many errors.

Recursive descent, a method a rule of HCL's native syntax specification; expressions are in `expressions`. Errors are
reported once and parsing goes on at the next line of the same block.
"""

from __future__ import annotations

from typing import Any

from language.diagnostics import Diagnostic, Diagnostics, Lines
from language.limits import MAX_NESTING
from language.syntax import scanner
from language.syntax.expressions import MAX_ERRORS, ExpressionParser, Failed
from language.syntax.nodes import INVALID, Node
from language.syntax.scanner import EOF, IDENT, NEWLINE, QUOTE_OPEN, STRING

RawBlock = tuple[Any, ...]
"""(type, start, end, labels, body_start, body_end, attributes, blocks); labels are (text, start, end)."""

RawAttribute = tuple[str, int, int, Node]
"""(name, start, end of the name, expression)"""

_HABITS = {
    "and": 'The operator is "&&".',
    "or": 'The operator is "||".',
    "if": "A choice is written condition ? value : other.",
    "not": 'The operator is "!".',
}
"""What people write who come from other languages, and what it is here."""


class TooDeep(Failed):
    """Blocks are nested too deep, so that nothing of the text is read."""


class BodyParser(ExpressionParser):
    """Parses a whole file. `attributes` and `blocks` are plain tuples, as in RawAttribute and RawBlock."""

    def file(self) -> tuple[tuple[RawAttribute, ...], tuple[RawBlock, ...]]:
        """The attributes and blocks of the whole text; those that could not be read are left out and reported.

        Raises TooDeep for blocks that are, which is reported.
        """
        return self._body(EOF, 0)

    def _body(self, closing: str, depth: int) -> tuple[tuple[RawAttribute, ...], tuple[RawBlock, ...]]:
        attributes: list[RawAttribute] = []
        blocks: list[RawBlock] = []
        seen: dict[str, int] = {}
        kinds = self.kinds
        while True:
            kind = kinds[self.at]
            if kind == NEWLINE:
                self.at += 1
            elif kind in (closing, EOF):
                return tuple(attributes), tuple(blocks)
            else:
                begun = self.at
                try:
                    self._item(attributes, blocks, seen, depth)
                except TooDeep:
                    raise
                except Failed:
                    self._recover(begun)
                    if len(self.diagnostics) >= MAX_ERRORS:
                        self.at = len(kinds) - 1

    def _item(self, attributes: list[RawAttribute], blocks: list[RawBlock], seen: dict[str, int], depth: int) -> None:
        if self.kinds[self.at] != IDENT:
            self._unexpected_item()
        start, end = self.starts[self.at], self.ends[self.at]
        name = self.text[start:end]
        self.at += 1
        if self.kinds[self.at] == "=":
            self.at += 1
            expression = self.expression()
            if name in seen:
                line = self.lines.span(seen[name], seen[name]).start_line
                detail = f'The argument "{name}" was already set at line {line}. Each argument may be set only once.'
                self.report(start, end, "Attribute redefined", detail)
            else:
                seen[name] = start
                attributes.append((name, start, end, expression))
            self._end_of_item("argument")
        else:
            blocks.append(self._block(name, start, end, depth))

    def _block(self, name: str, start: int, end: int, depth: int) -> RawBlock:
        labels: list[tuple[str, int, int]] = []
        while (kind := self.kinds[self.at]) != "{":
            if kind == IDENT:
                labels.append((self.token(), self.starts[self.at], self.ends[self.at]))
                self.at += 1
            elif kind in (STRING, QUOTE_OPEN):
                labels.append(self.quoted_label())
            elif self._brace_is_below(kind):
                header = self.text[start : self.starts[self.at]].rstrip()
                detail = f'The "{{" of a block stands on the line of its name: {header} {{.'
                self.report(self.starts[self.at], self.ends[self.at], "Invalid block definition", detail)
            else:
                self._not_a_block(name, start, end)
        if depth >= MAX_NESTING:
            self.report(start, end, "Nesting too deep", f"Blocks may be nested {MAX_NESTING:,} deep.")
            raise TooDeep
        header_end = self.ends[self.at - 1]
        brace = self.starts[self.at]
        self.at += 1
        one_line = self.kinds[self.at] not in (NEWLINE, "}")
        attributes, blocks = self._one_line() if one_line else self._body("}", depth + 1)
        if self.kinds[self.at] != "}":
            detail = f'The block "{name}" that begins here is not closed: there is no "}}" for this "{{".'
            self.fail(brace, brace + 1, "Unclosed configuration block", detail)
        body_end = self.ends[self.at]
        self.at += 1
        self._end_of_item("block definition")
        return (name, start, header_end, tuple(labels), brace, body_end, attributes, blocks, end)

    def _brace_is_below(self, kind: str) -> bool:
        """Whether only line ends are before a brace, which then is the token."""
        at = self.at
        while self.kinds[at] == NEWLINE:
            at += 1
        if kind != NEWLINE or self.kinds[at] != "{":
            return False
        self.at = at
        return True

    def _one_line(self) -> tuple[tuple[RawAttribute, ...], tuple[RawBlock, ...]]:
        """`{ name = value }` on a line: at most one argument, and no block."""
        if self.kinds[self.at] != IDENT or self.kinds[self.at + 1] != "=":
            detail = "A block on one line holds at most one argument; put anything else on lines of its own."
            self.fail(self.starts[self.at], self.ends[self.at], "Invalid single-argument block definition", detail)
        start, end = self.starts[self.at], self.ends[self.at]
        name = self.token()
        self.at += 2
        attributes = ((name, start, end, self.expression()),)
        if self.kinds[self.at] != "}":
            detail = "A block on one line holds one argument, and ends on that line."
            self.fail(self.starts[self.at], self.ends[self.at], "Invalid single-argument block definition", detail)
        return attributes, ()

    def _end_of_item(self, what: str) -> None:
        kind = self.kinds[self.at]
        if kind == NEWLINE:
            self.at += 1
        elif kind != EOF:
            detail = f"The {what} is complete before this, and another one begins on a line of its own."
            hint = _HABITS.get(self.token()) or _HABITS.get(
                self.text[self.starts[self.at - 1] : self.ends[self.at - 1]]
            )
            self.fail(self.starts[self.at], self.ends[self.at], f"Missing newline after {what}", hint or detail)

    def _unexpected_item(self) -> None:
        start, end = self.starts[self.at], self.ends[self.at]
        detail = "A block or an argument begins with a bare name here."
        if self.kinds[self.at] in (STRING, QUOTE_OPEN):
            detail = "Names of arguments are not quoted, and values stand behind a name: name = value."
        elif self.kinds[self.at] == "}":
            detail = 'There is no "{" that this closes.'
        self.fail(start, end, "Argument or block definition required", detail)

    def _not_a_block(self, name: str, start: int, end: int) -> None:
        kind = self.kinds[self.at]
        at, until = self.starts[self.at], self.ends[self.at]
        if kind in (NEWLINE, EOF):
            detail = f"To set an argument, write {name} = value; to begin a block, write {name} {{."
            self.fail(start, end, "Invalid block definition", detail)
        if kind == ":":
            self.fail(at, until, "Invalid argument", f'The value of an argument stands behind "=": {name} = value.')
        if kind == "=":
            self.fail(at, until, "Invalid block definition", f'A block has no "=": {self.text[start:at].rstrip()} {{.')
        detail = 'Either "=" for an argument or "{" for a block is expected after a name and its labels.'
        self.fail(at, until, "Invalid block definition", detail)

    def _recover(self, begun: int) -> None:
        """Go on behind the line where it failed, with the braces that were opened since `begun` closed again."""
        self.nesting = depth = 0
        for index in range(begun, self.at):
            depth += _DEPTH.get(self.kinds[index], 0)
        while (kind := self.kinds[self.at]) != EOF:
            if depth <= 0 and kind in (NEWLINE, "}"):
                break
            depth += _DEPTH.get(kind, 0)
            self.at += 1
        if self.at == begun:
            self.at += 1  # a closing brace that nothing opened


_DEPTH = {"{": 1, "[": 1, "(": 1, "}": -1, "]": -1, ")": -1}


def parse_text(
    text: str, lines: Lines, diagnostics: Diagnostics
) -> tuple[tuple[RawAttribute, ...], tuple[RawBlock, ...]]:
    """The attributes and blocks of a file. What could not be parsed is reported and left out."""
    parser = BodyParser(text, scanner.scan(text), lines, diagnostics)
    return parser.file()


def parse_one_expression(text: str, lines: Lines, diagnostics: Diagnostics) -> Node:
    """A text that is one expression, with newlines wherever. Only the first error in it is reported."""
    found = Diagnostics()
    parser = BodyParser(text, scanner.scan(text), lines, found)
    try:
        parser.skip_newlines()
        node = parser.expression()
        parser.skip_newlines()
        if parser.kinds[parser.at] != EOF:
            detail = "The expression is complete before this."
            parser.fail(parser.starts[parser.at], parser.ends[parser.at], "Extra characters after expression", detail)
    except Failed:
        node = (INVALID, 0, len(text))
    diagnostics += first_of(found)
    return node


def first_of(diagnostics: Diagnostics) -> list[Diagnostic]:
    """Of what is wrong with one thing, what stands first in the text; from that the others follow."""
    return sorted(diagnostics, key=lambda diagnostic: diagnostic.span.start if diagnostic.span else 0)[:1]


def parse_template(text: str, lines: Lines, diagnostics: Diagnostics) -> Node:
    """A text that is the inside of a template, as a template file is."""
    parser = BodyParser(text, scanner.scan(text, template=True), lines, diagnostics)
    try:
        return parser.file_template()
    except Failed:
        return (INVALID, 0, len(text))
