"""Every expression in a body, those in `dynamic` blocks too, with the names that these give a meaning there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


def expression_at(body: Body, path: Sequence[str | int]) -> Expression | None:
    """The innermost expression that the value at a path of a body's values comes from, where one is written."""
    if not path:
        return None
    name, *rest = path
    if name in body.attributes:
        return _part(body.attributes[str(name)].expression, rest)
    blocks = [block for block in body.blocks if block.type == name]
    for index, block in enumerate(blocks):
        if rest and rest[0] in (index, *block.labels):
            return expression_at(block.body, rest[1:])
    if len(blocks) == 1 and not blocks[0].labels:
        return expression_at(blocks[0].body, rest)
    made = (block for block in body.blocks if block.type == DYNAMIC and block.labels == (name,))
    return next((each.body.attributes["for_each"].expression for each in made), None)


def _part(expression: Expression, path: list[str | int]) -> Expression:
    """What a part of the value of an expression comes from, as far as it is written out."""
    for step in path:
        pairs, elements = expression.pairs() or (), expression.elements() or ()
        parts: dict[str | int | None, Expression] = {key.static_string(): value for key, value in pairs}
        parts |= dict(enumerate(elements))
        if step not in parts:
            break
        expression = parts[step]
    return expression


def iterator_of(block: Block) -> str:
    """The name that a dynamic block's elements have in its content."""
    attribute = block.body.attributes.get("iterator")
    named = attribute.expression.traversal() if attribute else None
    return named.root if named is not None else block.labels[0]
