"""The blocks of a file, as an outline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from language.body import Block, Body
from language.diagnostics import Span
from language.parsing import parse


@dataclass(frozen=True, slots=True)
class Symbol:
    """A block or, in `locals`, a value; with what is inside of it."""

    name: str
    detail: str
    span: Span
    inside: tuple[Symbol, ...] = ()


def outline(text: str, file: str) -> list[Symbol]:
    """Every block of a text, as far as it parses."""
    body, _ = parse(text, file)
    return list(_blocks(body))


def _blocks(body: Body) -> Iterator[Symbol]:
    for block in body.blocks:
        yield Symbol(".".join((block.type, *block.labels)), block.type, block.span, tuple(_inside(block)))


def _inside(block: Block) -> Iterator[Symbol]:
    if block.type == "locals":
        yield from (Symbol(f"local.{n}", "local value", each.name_span) for n, each in block.body.attributes.items())
    yield from _blocks(block.body)
