"""Bodies in JSON: which property is an attribute and which a block is known only to who reads the body.

`JsonBody.read` sorts them; until then every property is an attribute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from language.body import AttributeNode, Block, Body
from language.diagnostics import Diagnostics, Lines
from language.expressions import Expression
from language.overriding import override
from language.scope import Scope
from language.syntax import json
from language.syntax import nodes as n
from language.syntax.nodes import Node
from language.traversal import Traversal

Property = tuple[str, int, int, Node]
"""Its name, where that stands, and its value."""


class JsonExpression(Expression):
    """An expression in JSON. Where a reference, a type or a call is wanted, a text holds it in native syntax."""

    __slots__ = ()

    @override
    def evaluate(self, scope: Scope, diagnostics: Diagnostics) -> Any:
        """Its value. Where nothing can be referred to, texts are no templates."""
        if scope.is_constant and self.node[0] != n.LITERAL:
            return Expression(json.parse_plain(self.node, self.lines), self.lines).evaluate(scope, diagnostics)
        return super().evaluate(scope, diagnostics)

    def _static(self) -> Expression | None:
        text = self.static_string()
        if text is None:
            return Expression(self.node[3], self.lines) if self.node[0] == n.WRAP else None
        node = json.parse_static(text, self.node[1], self.node[2], self.lines)
        return None if node is None else Expression(node, self.lines)

    @override
    def traversal(self) -> Traversal | None:
        static = self._static()
        return static.traversal() if static is not None else None

    @override
    def path(self) -> tuple[str | Expression, ...] | None:
        static = self._static()
        return static.path() if static is not None else None

    @override
    def call(self) -> tuple[str, tuple[Expression, ...]] | None:
        static = self._static()
        return static.call() if static is not None else None

    @override
    def elements(self) -> tuple[Expression, ...] | None:
        if self.node[0] != n.TUPLE:
            return None
        return tuple(JsonExpression(element, self.lines) for element in self.node[3])

    @override
    def pairs(self) -> tuple[tuple[Expression, Expression], ...] | None:
        if self.node[0] != n.OBJECT:
            return None
        return tuple((Expression(k, self.lines), JsonExpression(v, self.lines)) for k, v in self.node[3])


class JsonAttribute(AttributeNode):
    """A property that is an attribute."""

    __slots__ = ()

    def __init__(self, raw: Property, lines: Lines) -> None:
        super().__init__(raw, lines)
        self.expression = JsonExpression(raw[3], lines)


class JsonBlock(Block):
    """A property, or a part of one, that is a block."""

    def __init__(self, name: Property, labels: tuple[tuple[str, int, int], ...], node: Node, lines: Lines) -> None:
        _, start, end, _ = name
        super().__init__((name[0], start, end, labels, node[1], node[2], (), (), end), lines)
        self.body = JsonBody(_properties(node, lines), lines, (start, end))


class JsonBody(Body):
    """An object, or several: its properties in order."""

    def __init__(self, properties: Iterable[Property], lines: Lines, header: tuple[int, int] = (0, 0)) -> None:
        super().__init__((), (), lines, header)
        self._properties = tuple(each for each in properties if each[0] != json.COMMENT)
        for each in self._properties:
            self.attributes.setdefault(each[0], JsonAttribute(each, lines))

    @override
    def read(self, blocks: Mapping[str, int], diagnostics: Diagnostics) -> Body:
        made = JsonBody((each for each in self._properties if each[0] not in blocks), self._lines, self._header)
        made._report_duplicates(diagnostics)
        made.blocks = list(self.blocks)
        for each in self._properties:
            if each[0] in blocks:
                made.blocks.extend(self._blocks(each, each[3], blocks[each[0]], (), diagnostics))
        return made

    @override
    def without(self, attributes: Iterable[str], blocks: Iterable[str]) -> Body:
        dropped, left_out = set(attributes), set(blocks)
        rest = JsonBody((each for each in self._properties if each[0] not in dropped), self._lines, self._header)
        rest.blocks = [block for block in self.blocks if block.type not in left_out]
        return rest

    def _report_duplicates(self, diagnostics: Diagnostics) -> None:
        for name, start, end, _ in self._properties:
            first = self.attributes[name].name_span
            if first.start != start:
                detail = f'The argument "{name}" was already set at line {first.start_line}.'
                diagnostics.error("Attribute redefined", detail, self._lines.span(start, end))

    def _blocks(
        self,
        name: Property,
        node: Node,
        wanted: int,
        labels: tuple[tuple[str, int, int], ...],
        diagnostics: Diagnostics,
    ) -> Iterator[Block]:
        """A block's object, or an array of them; a label each level before that."""
        if node[0] == n.TUPLE:
            for element in node[3]:
                yield from self._blocks(name, element, wanted, labels, diagnostics)
        elif node[0] != n.OBJECT:
            if node[0] != n.LITERAL or node[3] is not None:
                what = "an object whose properties are named by its labels" if wanted else "an object"
                detail = f'"{name[0]}" is a block here, which is {what}, or an array of them.'
                diagnostics.error("Incorrect JSON value type", detail, self._lines.span(node[1], node[2]))
        elif wanted == 0:
            yield JsonBlock(name, labels, node, self._lines)
        else:
            for label, start, end, inner in _properties(node, self._lines):
                if label != json.COMMENT:
                    yield from self._blocks(name, inner, wanted - 1, (*labels, (label, start, end)), diagnostics)


def _properties(node: Node, lines: Lines) -> Iterator[Property]:
    for key, value in node[3]:
        text = key[3] if key[0] == n.LITERAL else lines.text[key[1] + 1 : key[2] - 1]
        yield text, key[1], key[2], value


def parse(text: str, file: str) -> tuple[Body, Diagnostics]:
    """The body of a text in JSON syntax, an object or an array of objects, and what is wrong with it."""
    diagnostics = Diagnostics()
    lines = Lines(file, text)
    try:
        node = json.parse_document(text, lines, diagnostics)
    except json.Invalid:
        return Body((), (), lines), diagnostics
    objects = node[3] if node[0] == n.TUPLE else (node,)
    for each in objects:
        if each[0] != n.OBJECT:
            detail = "A file in JSON is an object, or an array of objects."
            diagnostics.error("Incorrect JSON value type", detail, lines.span(each[1], each[2]))
            return Body((), (), lines), diagnostics
    return JsonBody((each for part in objects for each in _properties(part, lines)), lines), diagnostics
