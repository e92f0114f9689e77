"""HCL's JSON syntax to the same tree that the native syntax gives: objects, tuples, literals and templates.

A text in JSON is a template where an expression is wanted ("${var.x}" alone keeps its type). Every node has the offsets
of what it stands for; those inside of a text with escapes have the offsets of the whole text. Strict JSON; the meaning
of properties (attributes or blocks) is `language.json_body`'s matter. Source: HCL's "JSON Syntax Specification".
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

from language.diagnostics import Diagnostics, Lines, Span
from language.limits import MAX_NESTING
from language.overriding import override
from language.syntax import nodes as n
from language.syntax.nodes import Node
from language.syntax.parser import parse_one_expression, parse_template

COMMENT = "//"

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"((?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*)"')
_NUMBER = re.compile(r"(-?)((?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?![0-9A-Za-z.])")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)")
_WORDS = {"true": True, "false": False, "null": None}
_PLAIN = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Invalid(Exception):
    """What could not be read, and was reported."""


def parse_document(text: str, lines: Lines, diagnostics: Diagnostics) -> Node:
    """The one value that a text is. Raises Invalid after reporting what is not JSON."""
    parser = _Parser(text, lines, diagnostics)
    node = parser.value()
    parser.space()
    if parser.at < len(text):
        parser.fail("Extra characters after JSON value", "The value is complete before this.")
    return node


def parse_plain(node: Node, lines: Lines) -> Node:
    """The value that stands at a node, whose texts are no templates."""
    parser = _Parser(lines.text, lines, Diagnostics())
    parser.at = node[1]
    return parser.value(plain=True)


def parse_static(text: str, start: int, end: int, lines: Lines) -> Node | None:
    """A text's content as an expression in native syntax, where a name or a type is wanted; None if it is none."""
    diagnostics = Diagnostics()
    shifted = _Shifted(text, start, end, lines)
    node = parse_one_expression(text, shifted, diagnostics)
    return None if diagnostics.has_errors else shifted.moved(node)


class _Shifted(Lines):
    """The lines of a text inside of another: `start` to `end` is the text with its quotes."""

    def __init__(self, text: str, start: int, end: int, outer: Lines) -> None:
        super().__init__(outer.file, text)
        self._outer = outer
        self._whole = (start, end)
        self._exact = outer.text[start + 1 : end - 1] == text

    @override
    def span(self, start: int, end: int) -> Span:
        return self._outer.span(*self._place(start, end))

    def _place(self, start: int, end: int) -> tuple[int, int]:
        begin = self._whole[0] + 1
        return (begin + start, begin + end) if self._exact else self._whole

    def moved(self, node: Node) -> Node:
        """The tree with the offsets that it has in the outer text."""
        kind, start, end = node[:3]
        rest = [self._moved_item(item) for item in node[3:]]
        if kind == n.CALL:
            rest[-1] = self._place(start, rest[-1])[1]
        return (kind, *self._place(start, end), *rest)

    def _moved_item(self, item: Any) -> Any:
        if not isinstance(item, tuple) or not item:
            return item
        return self.moved(item) if isinstance(item[0], str) else tuple(map(self._moved_item, item))


class _Parser:
    """Recursive descent over the text; `at` is where it is."""

    def __init__(self, text: str, lines: Lines, diagnostics: Diagnostics) -> None:
        self.text = text
        self.at = 0
        self._lines = lines
        self._diagnostics = diagnostics
        self._depth = 0

    def fail(self, summary: str, detail: str, length: int = 1) -> NoReturn:
        self._diagnostics.error(summary, detail, self._lines.span(self.at, min(self.at + length, len(self.text))))
        raise Invalid

    def space(self) -> str:
        """Skip white space, and give the character behind it."""
        self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]
        return self.text[self.at : self.at + 1]

    def value(self, *, plain: bool = False) -> Node:
        """One value; with `plain` its texts are no templates."""
        character = self.space()
        if character in ("{", "["):
            self._depth += 1
            if self._depth > MAX_NESTING:
                self.fail("Nesting too deep", f"Values may be nested {MAX_NESTING:,} deep.")
            node = self._object(plain) if character == "{" else self._array(plain)
            self._depth -= 1
            return node
        if character == '"':
            return self._string(plain)
        start = self.at
        if (number := _NUMBER.match(self.text, start)) is not None:
            self.at = number.end()
            literal = (n.NUMBER, number.start(2), self.at, number.group(2))
            return (n.UNARY, start, self.at, "-", literal) if number.group(1) else literal
        word = _WORD.match(self.text, start)
        if word is not None and word.group() in _WORDS:
            self.at = word.end()
            return (n.LITERAL, start, self.at, _WORDS[word.group()])
        return self._no_value(character, word.group() if word else "")

    def _no_value(self, character: str, word: str) -> NoReturn:
        if word:
            detail = (
                f'"{word}" is no JSON value; texts stand in double quotes, and true, false and null in small letters.'
            )
            self.fail("Invalid JSON keyword", detail, len(word))
        if not character:
            self.fail("Missing JSON value", "The text ends where a value is expected.")
        if character in "-.0123456789+":
            self.fail("Invalid JSON number", "A number is written as 12, -0.5 or 1e3.")
        self.fail("Missing JSON value", f"A value is expected here, and {character!r} does not begin one.")

    def _string(self, plain: bool) -> Node:
        start = self.at
        text = self._text()
        if plain or ("${" not in text and "%{" not in text):
            return (n.LITERAL, start, self.at, text)
        shifted = _Shifted(text, start, self.at, self._lines)
        node = parse_template(text, shifted, self._diagnostics)
        return (node[0], start, self.at, *shifted.moved(node)[3:])

    def _text(self) -> str:
        found = _STRING.match(self.text, self.at)
        if found is None:
            detail = "A text ends with a double quote on its line; escapes are those of JSON (\\n, \\t, \\uNNNN, ...)."
            self.fail("Invalid JSON string", detail)
        self.at = found.end()
        inside = found.group(1)
        return _ESCAPE.sub(_unescaped, inside) if "\\" in inside else inside

    def _array(self, plain: bool) -> Node:
        start = self.at
        self.at += 1
        elements: list[Node] = []
        while self.space() != "]":
            elements.append(self.value(plain=plain))
            self._separator("]", "array")
        self.at += 1
        return (n.TUPLE, start, self.at, tuple(elements))

    def _object(self, plain: bool) -> Node:
        start = self.at
        self.at += 1
        pairs: list[tuple[Node, Node]] = []
        while (character := self.space()) != "}":
            if character != '"':
                self.fail("Missing property name", 'A property is written as "name": value.')
            key = self._string(plain)
            if self.space() != ":":
                self.fail("Missing property value", 'The name of a property is followed by ":" and its value.')
            self.at += 1
            pairs.append((key, self.value(plain=plain or key[3:] == (COMMENT,))))
            self._separator("}", "object")
        self.at += 1
        return (n.OBJECT, start, self.at, tuple(pairs))

    def _separator(self, closing: str, what: str) -> None:
        character = self.space()
        if character == ",":
            comma = self.at
            self.at += 1
            if self.space() == closing:
                self.at = comma
                self.fail("Trailing comma", f"JSON has no comma behind the last item of an {what}.")
        elif character != closing:
            self.fail("Missing comma", f'Items of an {what} are separated by commas, and end with "{closing}".')


def _unescaped(found: re.Match[str]) -> str:
    code = found.group()[1:]
    if code[0] != "u":
        return _PLAIN.get(code, code)
    if len(code) > 5:
        return bytes.fromhex(code[1:5] + code[7:]).decode("utf-16-be")
    number = int(code[1:], 16)
    return "\ufffd" if 0xD800 <= number <= 0xDFFF else chr(number)
