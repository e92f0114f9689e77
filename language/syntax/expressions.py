"""Expressions and templates: recursive descent with precedence climbing, over the scanner's lists.

The grammar is HCL's native syntax specification, as Go's parser reads it: what it accepts, and what it refuses.
"""

from __future__ import annotations

import unicodedata
from array import array
from typing import Any, NoReturn

from language.diagnostics import Diagnostics, Lines
from language.limits import MAX_NESTING
from language.syntax import nodes as n
from language.syntax.nodes import Node
from language.syntax.scanner import (
    DIRECTIVE,
    EOF,
    HEREDOC_CLOSE,
    HEREDOC_LINE,
    HEREDOC_OPEN,
    IDENT,
    INTERPOLATION,
    LITERAL,
    NEWLINE,
    NUMBER,
    QUOTE_CLOSE,
    QUOTE_OPEN,
    STRING,
    TEMPLATE_END,
    Tokens,
)
from language.syntax.templates import assemble, flush, trimmed, unescape

MAX_ERRORS = 100
"""Of one text; who has more of them is not helped by the others."""
_PRECEDENCE = {
    "||": 1,
    "&&": 2,
    "==": 3,
    "!=": 3,
    "<": 4,
    ">": 4,
    "<=": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "%": 6,
}
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_LEAVES = frozenset((IDENT, STRING, NUMBER))
_ENDS = frozenset((NEWLINE, EOF, ",", "]", "}", ")", ":", "=>", "=", TEMPLATE_END))


class Failed(Exception):
    """Something was reported, and the rule cannot go on."""


class ExpressionParser:
    """A position in the tokens, and a method a rule."""

    def __init__(self, text: str, tokens: Tokens, lines: Lines, diagnostics: Diagnostics) -> None:
        self.text = text
        self.kinds, self.starts, self.ends = tokens.kinds, tokens.starts, tokens.ends
        self.lines = lines
        self.diagnostics = diagnostics
        self.at = 0
        self.nesting = 0
        for start, end, summary, detail in tokens.problems:
            self.report(start, end, summary, detail)

    # -- reporting ----------------------------------------------------------------------------------------------

    def report(self, start: int, end: int, summary: str, detail: str) -> None:
        """Report an error between two offsets; past MAX_ERRORS nothing more."""
        if len(self.diagnostics) < MAX_ERRORS:
            self.diagnostics.error(summary, detail, self.lines.span(start, end))

    def fail(self, start: int, end: int, summary: str, detail: str) -> NoReturn:
        """As `report`, and raise Failed."""
        self.report(start, end, summary, detail)
        raise Failed

    def token(self) -> str:
        """The text of the current token."""
        return self.text[self.starts[self.at] : self.ends[self.at]]

    def expect(self, kind: str, summary: str, detail: str) -> None:
        """Go past a token of this kind. Raises Failed, with the error reported, where another one stands."""
        if self.kinds[self.at] != kind:
            self.fail(self.starts[self.at], self.ends[self.at], summary, detail)
        self.at += 1

    def skip_newlines(self) -> None:
        """Go to the next token that is not the end of a line."""
        while self.kinds[self.at] == NEWLINE:
            self.at += 1

    def descend(self, start: int, end: int) -> None:
        """Count one more of what is nested, which `nesting` is counted down for at its end."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            self.fail(start, end, "Nesting too deep", f"Expressions may be nested {MAX_NESTING:,} deep.")

    def _still_open(self, opened: int) -> None:
        """Fail where the text ends though the bracket at an offset is open."""
        if self.kinds[self.at] == EOF:
            bracket = self.text[opened]
            detail = f'There is no "{_CLOSING[bracket]}" for this "{bracket}".'
            self.fail(opened, opened + 1, "Unclosed bracket", detail)

    # -- operators ----------------------------------------------------------------------------------------------

    def expression(self) -> Node:
        """expression = operation [ "?" expression ":" expression ]"""
        if self.kinds[self.at] in _LEAVES and self.kinds[self.at + 1] in _ENDS:
            return self._term()  # as most are
        start = self.starts[self.at]
        self.descend(start, start + 1)
        condition = self._operation(self._unary(), 1)
        if self.kinds[self.at] == "?":
            self.at += 1
            yes = self.expression()
            detail = 'A conditional has two results: condition ? yes : no. There is no ":" here.'
            self.expect(":", "Missing false expression in conditional", detail)
            no = self.expression()
            condition = (n.CONDITIONAL, condition[1], no[2], condition, yes, no)
        self.nesting -= 1
        return condition

    def _operation(self, left: Node, weakest: int) -> Node:
        kinds = self.kinds
        outside = self.nesting
        while (strength := _PRECEDENCE.get(kinds[self.at], 0)) >= weakest:
            operator = kinds[self.at]
            self.descend(self.starts[self.at], self.ends[self.at])  # what stands before it is nested in it
            self.at += 1
            right = self._unary()
            while _PRECEDENCE.get(kinds[self.at], 0) > strength:
                right = self._operation(right, strength + 1)
            left = (n.BINARY, left[1], right[2], operator, left, right)
        self.nesting = outside
        return left

    def _unary(self) -> Node:
        kind = self.kinds[self.at]
        if kind in ("-", "!"):
            start = self.starts[self.at]
            self.at += 1
            self.descend(start, start + 1)
            operand = self._unary()
            self.nesting -= 1
            return (n.UNARY, start, operand[2], kind, operand)
        return self._accessors(self._term())

    # -- terms --------------------------------------------------------------------------------------------------

    def _term(self) -> Node:
        at = self.at
        kind, start, end = self.kinds[at], self.starts[at], self.ends[at]
        if kind == IDENT:
            return self._name()
        if kind == STRING:
            self.at += 1
            return (n.LITERAL, start, end, _normal(self.text[start + 1 : end - 1]))
        if kind == NUMBER:
            if self.text.count(".", start, end) > 1:
                self.fail(start, end, "Invalid number literal", "A number has one decimal point at most.")
            self.at += 1
            return (n.NUMBER, start, end, self.text[start:end])
        if kind == "[":
            return self._tuple()
        if kind == "{":
            return self._object()
        if kind == "(":
            self.at += 1
            inner = self.expression()
            self._still_open(start)
            self.expect(")", "Unbalanced parentheses", 'A ")" is expected here, to close the expression.')
            return (n.PAREN, start, self.ends[self.at - 1], inner)
        if kind == QUOTE_OPEN:
            return self._quoted()
        if kind == HEREDOC_OPEN:
            return self._heredoc()
        return self._no_expression(kind, start, end)

    def _no_expression(self, kind: str, start: int, end: int) -> NoReturn:
        if kind in (NEWLINE, EOF):
            self.fail(start, start, "Missing expression", "The value ends before it begins: an expression is expected.")
        written = self.text[start:end]
        detail = f'An expression is expected here, and "{written}" does not begin one.'
        self.fail(start, end, "Invalid expression", detail)

    def _name(self) -> Node:
        start, end = self.starts[self.at], self.ends[self.at]
        name = self.text[start:end]
        self.at += 1
        following = self.kinds[self.at]
        if following == "(" or following == "::":
            return self._call(name, start)
        if name in _WORDS:
            return (n.LITERAL, start, end, _WORDS[name])
        return (n.VARIABLE, start, end, name)

    def _call(self, name: str, start: int) -> Node:
        while self.kinds[self.at] == "::":
            self.at += 1
            part = self.token()
            self.expect(IDENT, "Missing function name", 'A name is expected after "::".')
            name = f"{name}::{part}"
        name_end = self.ends[self.at - 1]
        self.expect("(", "Missing parenthesis", f'"{name}" is a function; its arguments stand in parentheses.')
        arguments: list[Node] = []
        expand = False
        opened = self.ends[self.at - 1] - 1
        while self.kinds[self.at] != ")":
            self._still_open(opened)
            arguments.append(self.expression())
            if self.kinds[self.at] == "...":
                self.at += 1
                expand = True
                if self.kinds[self.at] != ")":
                    detail = 'The argument with "..." is the last one.'
                    self.fail(self.starts[self.at], self.ends[self.at], "Missing closing parenthesis", detail)
                break
            if self.kinds[self.at] == ",":
                self.at += 1
            elif self.kinds[self.at] != ")":
                self._still_open(opened)
                detail = "Arguments are separated by commas, and end with a parenthesis."
                self.fail(self.starts[self.at], self.ends[self.at], "Missing argument separator", detail)
        self.at += 1
        return (n.CALL, start, self.ends[self.at - 1], name, tuple(arguments), expand, name_end)

    # -- accessors ----------------------------------------------------------------------------------------------

    def _accessors(self, node: Node) -> Node:
        outside = self.nesting
        while (kind := self.kinds[self.at]) in (".", "["):
            self.descend(self.starts[self.at], self.ends[self.at])
            if kind == "[":
                node = self._bracket(node)
            else:
                node = self._attribute_splat(node) if self.kinds[self.at + 1] == "*" else self._dot(node)
        self.nesting = outside
        return node

    def _dot(self, node: Node) -> Node:
        """`.name`, or the legacy index `.0` (and `.0.1`, which the scanner saw as a number)."""
        self.at += 1
        kind, start, end = self.kinds[self.at], self.starts[self.at], self.ends[self.at]
        if kind == IDENT:
            self.at += 1
            return (n.ATTRIBUTE, node[1], end, node, self.text[start:end])
        if kind == NUMBER:
            self.at += 1
            parts = self.text[start:end].split(".")
            if len(parts) > 2 or not all(part.isdigit() for part in parts):
                self.fail(
                    start, end, "Invalid legacy index syntax", "An index is a whole number; write it in brackets."
                )
            if len(parts) == 2:
                detail = "Two indexes in the old form cannot stand in a row; write them in brackets: [0][1]."
                self.fail(start, end, "Invalid legacy index syntax", detail)
            return (n.INDEX, node[1], end, node, (n.NUMBER, start, end, parts[0]))
        if kind in (NEWLINE, EOF):
            start, end = start - 1, start
        return self.fail(start, end, "Invalid attribute name", "A name is expected after the dot.")

    def _attribute_splat(self, node: Node) -> Node:
        """`.*` takes the attributes behind it, up to the next bracket."""
        self.at += 2
        each: Node = (n.ITEM, self.starts[self.at - 1], self.ends[self.at - 1])
        while self.kinds[self.at] == ".":
            if self.kinds[self.at + 1] == "*":
                start, end = self.starts[self.at], self.ends[self.at + 1]
                self.fail(start, end, "Nested splat expression not allowed", "Write [*] for a splat within a splat.")
            self.descend(self.starts[self.at], self.ends[self.at])
            each = self._dot(each)
        return (n.SPLAT, node[1], self.ends[self.at - 1], node, each, False)

    def _bracket(self, node: Node) -> Node:
        if self.kinds[self.at + 1] == "*" and self.kinds[self.at + 2] == "]":
            start, end = self.starts[self.at], self.ends[self.at + 2]
            if "\n" in self.text[start:end]:
                self.fail(start, end, "Missing close bracket on splat index", "[*] stands on one line.")
            self.at += 3
            item: Node = (n.ITEM, self.starts[self.at - 2], self.ends[self.at - 2])
            self.descend(start, end)
            each = self._accessors(item)
            self.nesting -= 1
            return (n.SPLAT, node[1], self.ends[self.at - 1], node, each, True)
        start = self.starts[self.at]
        self.at += 1
        key = self.expression()
        self._still_open(start)
        if self.kinds[self.at] != "]":
            self.fail(start, self.ends[self.at], "Missing close bracket on index", 'An index ends with "]".')
        self.at += 1
        return (n.INDEX, node[1], self.ends[self.at - 1], node, key)

    # -- collections --------------------------------------------------------------------------------------------

    def _tuple(self) -> Node:
        start = self.starts[self.at]
        self.at += 1
        if self._begins_for():
            return self._for(start, "]")
        elements: list[Node] = []
        while self.kinds[self.at] != "]":
            self._still_open(start)
            elements.append(self.expression())
            if self.kinds[self.at] == ",":
                self.at += 1
            elif self.kinds[self.at] != "]":
                self._still_open(start)
                detail = "Elements are separated by commas, and end with a bracket."
                self.fail(self.starts[self.at], self.ends[self.at], "Missing item separator", detail)
        self.at += 1
        return (n.TUPLE, start, self.ends[self.at - 1], tuple(elements))

    def _object(self) -> Node:
        start = self.starts[self.at]
        begun = self.at
        self.at += 1
        self.skip_newlines()
        if self._begins_for():
            self._drop_newlines(begun)
            return self._for(start, "}")
        items: list[tuple[Node, Node]] = []
        while self.kinds[self.at] != "}":
            self._still_open(start)
            items.append(self._object_item())
            kind = self.kinds[self.at]
            if kind in (",", NEWLINE):
                self.at += 1
                self.skip_newlines()
            elif kind != "}":
                self._still_open(start)
                detail = "Items of an object are separated by commas or newlines, and end with a brace."
                self.fail(self.starts[self.at], self.ends[self.at], "Missing attribute separator", detail)
        self.at += 1
        return (n.OBJECT, start, self.ends[self.at - 1], tuple(items))

    def _object_item(self) -> tuple[Node, Node]:
        if self.kinds[self.at] == IDENT and self.kinds[self.at + 1] in ("=", ":"):
            key: Node = (n.LITERAL, self.starts[self.at], self.ends[self.at], _normal(self.token()))
            self.at += 1
        else:
            key = self.expression()
            if key[0] == n.VARIABLE:
                key = (n.LITERAL, key[1], key[2], _normal(key[3]))
        if self.kinds[self.at] not in ("=", ":"):
            at = self.at
            detail = 'A key of an object is followed by "=" or ":" and its value.'
            self.fail(self.starts[at], self.ends[at], "Missing attribute value", detail)
        self.at += 1
        return key, self.expression()

    def _begins_for(self) -> bool:
        return self.kinds[self.at] == IDENT and self.token() == "for"

    def _drop_newlines(self, brace: int) -> None:
        """Newlines between the braces of a for expression mean nothing; those in braces within it do."""
        depth, index, keep = 0, brace, []
        while index < len(self.kinds):
            kind = self.kinds[index]
            depth += (kind == "{") - (kind == "}")
            if not (kind == NEWLINE and depth == 1):
                keep.append(index)
            index += 1
            if depth == 0:
                break
        self.kinds[brace:index] = [self.kinds[position] for position in keep]
        for offsets in (self.starts, self.ends):
            offsets[brace:index] = array("I", (offsets[position] for position in keep))
        self.at = brace + 1

    def _for(self, start: int, closing: str) -> Node:
        """for = "for" name ["," name] "in" collection ":" [key "=>"] value ["..."] ["if" condition]"""
        self.at += 1
        key_name, value_name = self._for_names()
        collection = self.expression()
        self.expect(":", "Invalid 'for' expression", 'A ":" is expected after the collection, before the result.')
        key: Node | None = None
        value = self.expression()
        if self.kinds[self.at] == "=>":
            if closing == "]":
                detail = "A for expression in brackets makes a tuple, and has no key; use braces for an object."
                self.fail(self.starts[self.at], self.ends[self.at], "Invalid 'for' expression", detail)
            self.at += 1
            key, value = value, self.expression()
        elif closing == "}":
            detail = "A for expression in braces makes an object: its result is written key => value."
            self.fail(self.starts[self.at], self.ends[self.at], "Invalid 'for' expression", detail)
        group = self.kinds[self.at] == "..."
        if group:
            if key is None:
                detail = 'Grouping with "..." needs a key to group by, and so an object.'
                self.fail(self.starts[self.at], self.ends[self.at], "Invalid 'for' expression", detail)
            self.at += 1
        condition: Node | None = None
        if self.kinds[self.at] == IDENT and self.token() == "if":
            self.at += 1
            condition = self.expression()
        self._still_open(start)
        self.expect(closing, "Invalid 'for' expression", f'A "{closing}" is expected here, to end the for expression.')
        end = self.ends[self.at - 1]
        return (n.FOR, start, end, key_name, value_name, collection, key, value, condition, group)

    def _for_names(self) -> tuple[str | None, str]:
        name = self.token()
        self.expect(IDENT, "Invalid 'for' expression", 'A name is expected after "for".')
        key: str | None = None
        if self.kinds[self.at] == ",":
            self.at += 1
            key, name = name, self.token()
            self.expect(IDENT, "Invalid 'for' expression", "A name for the value is expected after the comma.")
        if self.kinds[self.at] != IDENT or self.token() != "in":
            start, end = self.starts[self.at], self.ends[self.at]
            self.fail(start, end, "Invalid 'for' expression", '"in" is expected here, before the collection.')
        self.at += 1
        return key, name

    # -- templates ----------------------------------------------------------------------------------------------

    def quoted_label(self) -> tuple[str, int, int]:
        """A block's label in quotes: a text without interpolations."""
        start, end = self.starts[self.at], self.ends[self.at]
        if self.kinds[self.at] == STRING:
            self.at += 1
            return (_normal(self.text[start + 1 : end - 1]), start, end)
        node = self._quoted()
        if node[0] != n.LITERAL:
            detail = "The label of a block is a plain text, without interpolations."
            self.fail(node[1], node[2], "Invalid string literal", detail)
        return (node[3], node[1], node[2])

    def _quoted(self) -> Node:
        start = self.starts[self.at]
        self.at += 1
        parts = self._parts(QUOTE_CLOSE)
        end = self.ends[self.at]
        self.at += 1
        return assemble(self, parts, start, end)

    def _heredoc(self) -> Node:
        start = self.starts[self.at]
        flushed = self.text.startswith("<<-", start)
        self.at += 1
        parts = self._parts(HEREDOC_CLOSE)
        end = self.ends[self.at]
        self.at += 1
        return assemble(self, flush(parts) if flushed else parts, start, end)

    def file_template(self) -> Node:
        """The whole text as the inside of a template."""
        return assemble(self, self._parts(HEREDOC_CLOSE), 0, len(self.text))

    def _parts(self, closing: str) -> list[tuple[Any, ...]]:
        """Literals as ("text", start, end, text, begins_line), interpolations as ("value", ...), directives as
        ("if" | "else" | "endif" | "for" | "endfor", ...), with `~` applied to the literals beside them."""
        parts: list[tuple[Any, ...]] = []
        trim_next = False
        while (kind := self.kinds[self.at]) != closing:
            start, end = self.starts[self.at], self.ends[self.at]
            if kind in (LITERAL, HEREDOC_LINE):
                text = self.text[start:end]
                if "\r" in text:
                    self._no_lone_returns(text, start)
                text = (
                    unescape(self, text, start) if kind == LITERAL else text.replace("$${", "${").replace("%%{", "%{")
                )
                parts.append(("text", start, end, _normal(text.lstrip() if trim_next else text)))
                trim_next = False
                self.at += 1
            elif kind in (INTERPOLATION, DIRECTIVE):
                if end - start == 3 and parts and parts[-1][0] == "text":
                    parts[-1] = trimmed(parts[-1])
                self.at += 1
                parts.append(self._interpolation(start) if kind == INTERPOLATION else self._directive(start))
                trim_next = self.ends[self.at] - self.starts[self.at] == 2
                self.at += 1
            else:
                self.fail(start, end, "Unterminated template string", "The text is not closed.")
        return parts

    def _no_lone_returns(self, text: str, start: int) -> None:
        for position, character in enumerate(text):
            if character == "\r" and not text.startswith("\n", position + 1):
                detail = "A carriage return stands before a newline only; in quotes write \\r."
                self.report(start + position, start + position + 1, "Invalid character", detail)

    def _interpolation(self, start: int) -> tuple[Any, ...]:
        if self.kinds[self.at] == TEMPLATE_END:
            end = self.ends[self.at]
            self.fail(start, end, "Missing expression", "An expression is expected between the braces.")
        node = self.expression()
        self._end_sequence(start)
        return ("value", start, self.ends[self.at], node)

    def _directive(self, start: int) -> tuple[Any, ...]:
        word = self.token() if self.kinds[self.at] == IDENT else ""
        end = self.ends[self.at]
        if word not in ("if", "else", "endif", "for", "endfor"):
            detail = "A template directive is one of if, else, endif, for, endfor."
            self.fail(self.starts[self.at], end, "Invalid template directive", detail)
        self.at += 1
        part: tuple[Any, ...]
        if word == "if":
            part = (word, start, end, self.expression())
        elif word == "for":
            names = self._for_names()
            part = (word, start, end, *names, self.expression())
        else:
            part = (word, start, end)
        self._end_sequence(start)
        return part

    def _end_sequence(self, start: int) -> None:
        if self.kinds[self.at] != TEMPLATE_END:
            at = self.at
            if self.kinds[at] == EOF:
                detail = f'There is no "}}" for this "{self.text[start : start + 2]}".'
                self.fail(start, start + 2, "Unclosed template sequence", detail)
            detail = 'A "}" is expected here, to end the template sequence.'
            self.fail(self.starts[at], self.ends[at], "Extra characters after interpolation expression", detail)


def _normal(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)
