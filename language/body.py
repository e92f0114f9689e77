"""The view of a parsed file that other rooms use: bodies of attributes and blocks, with spans made on demand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TypeAlias

from language.diagnostics import Diagnostics, Lines, Span
from language.expressions import Expression
from language.syntax.parser import RawAttribute, RawBlock

RawAttributes: TypeAlias = tuple[RawAttribute, ...]
RawBlocks: TypeAlias = tuple[RawBlock, ...]


class AttributeNode:
    """`name = expression`."""

    __slots__ = ("_lines", "_raw", "expression", "name")

    def __init__(self, raw: RawAttribute, lines: Lines) -> None:
        self._raw = raw
        self._lines = lines
        self.name = raw[0]
        self.expression = Expression(raw[3], lines)

    @property
    def name_span(self) -> Span:
        """Where its name stands."""
        return self._lines.span(self._raw[1], self._raw[2])

    @property
    def span(self) -> Span:
        """From its name to the end of its expression."""
        return self._lines.span(self._raw[1], self._raw[3][2])


class Block:
    """`type "label" { ... }`."""

    def __init__(self, raw: RawBlock, lines: Lines) -> None:
        self._raw = raw
        self._lines = lines
        self.type: str = raw[0]
        self.labels: tuple[str, ...] = tuple(label[0] for label in raw[3])

    @cached_property
    def body(self) -> Body:
        """What stands between its braces."""
        _, start, end, _, _, _, attributes, blocks, _ = self._raw
        return Body(attributes, blocks, self._lines, (start, end))

    @property
    def span(self) -> Span:
        """Where its header stands: its type and its labels."""
        return self._lines.span(self._raw[1], self._raw[2])

    @property
    def whole_span(self) -> Span:
        """From its type to behind its closing brace."""
        return self._lines.span(self._raw[1], self._raw[5])

    @property
    def type_span(self) -> Span:
        """Where its type stands."""
        return self._lines.span(self._raw[1], self._raw[8])

    @property
    def label_spans(self) -> tuple[Span, ...]:
        """Where each of its labels stands."""
        return tuple(self._lines.span(start, end) for _, start, end in self._raw[3])


class Body:
    """What stands between braces, or in a whole file."""

    def __init__(
        self,
        attributes: Iterable[RawAttribute],
        blocks: Iterable[RawBlock],
        lines: Lines,
        header: tuple[int, int] = (0, 0),
    ) -> None:
        self._lines = lines
        self._header = header
        self.attributes = {raw[0]: AttributeNode(raw, lines) for raw in attributes}
        self.blocks = [Block(raw, lines) for raw in blocks]

    @property
    def missing_span(self) -> Span:
        """Where to say that something is missing: the header of the block."""
        return self._lines.span(*self._header)

    def read(self, blocks: Mapping[str, int], diagnostics: Diagnostics) -> Body:
        """The body for a reader to whom these types of block (with how many labels) are known.

        It is the body itself in native syntax; in JSON this separates attributes and blocks.
        """
        return self

    def without(self, attributes: Iterable[str], blocks: Iterable[str]) -> Body:
        """The same body less some attributes and some types of block."""
        rest = Body((), (), self._lines, self._header)
        dropped, left_out = set(attributes), set(blocks)
        rest.attributes = {name: node for name, node in self.attributes.items() if name not in dropped}
        rest.blocks = [block for block in self.blocks if block.type not in left_out]
        return rest
