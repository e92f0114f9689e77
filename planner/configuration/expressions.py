"""Every expression in a body, those in `dynamic` blocks too, with the names that these give a meaning there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from language.diagnostics import Diagnostics
from planner.configuration import shapes

if TYPE_CHECKING:
    from language.body import Block, Body
    from language.expressions import Expression

DYNAMIC = "dynamic"


def expressions_of(body: Body, hidden: frozenset[str] = frozenset()) -> Iterator[tuple[Expression, frozenset[str]]]:
    """Every expression of a body and of the blocks in it, with the names that dynamic blocks give a meaning there."""
    body = body.read({DYNAMIC: 1}, Diagnostics())
    for attribute in body.attributes.values():
        yield attribute.expression, hidden
    for block in body.blocks:
        if block.type == DYNAMIC and len(block.labels) == 1:
            inner = hidden | {iterator_of(block)}
            made = block.body.read(shapes.DYNAMIC.blocks, Diagnostics())
            for name, attribute in made.attributes.items():
                if name != "iterator":
                    yield attribute.expression, hidden if name == "for_each" else inner
            for content in made.blocks:
                yield from expressions_of(content.body, inner)
        else:
            yield from expressions_of(block.body, hidden)


def iterator_of(block: Block) -> str:
    """The name that a dynamic block's elements have in its content."""
    attribute = block.body.attributes.get("iterator")
    named = attribute.expression.traversal() if attribute else None
    return named.root if named is not None else block.labels[0]
