"""The blocks of a body as they are in a scope: those that are written, and those that `dynamic` blocks make.

`dynamic "setting" { for_each, iterator, labels, content {} }` makes one block an element, in which `setting.key` and
`setting.value` (or the iterator's name) are the element's. Source: Terraform's "dynamic Blocks".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from language.diagnostics import Diagnostics, Span
from language.marks import marked, unmark
from language.values import SetValue, Unknown
from planner.configuration import shapes
from planner.configuration.expressions import DYNAMIC, iterator_of

if TYPE_CHECKING:
    from language.body import Block, Body
    from language.expressions import Expression
    from language.scope import Scope

MAX_BLOCKS = 100_000


@dataclass(frozen=True, slots=True)
class Written:
    """One block, and the scope that its body is in. `known` is off where it stands for a number of blocks that is not
    known yet."""

    type: str
    labels: tuple[str, ...]
    span: Span
    type_span: Span
    body: Body
    scope: Scope
    known: bool = True


def blocks_of(body: Body, scope: Scope, diagnostics: Diagnostics) -> Iterator[Written]:
    """The blocks of a body, in their order."""
    for block in body.blocks:
        if block.type == DYNAMIC and len(block.labels) == 1:
            yield from _Dynamic(block, scope, diagnostics).blocks()
        else:
            yield Written(block.type, block.labels, block.span, block.type_span, block.body, scope)


class _Dynamic:
    """One dynamic block in one scope."""

    def __init__(self, block: Block, scope: Scope, diagnostics: Diagnostics) -> None:
        self._block = block
        self._scope = scope
        self._diagnostics = diagnostics
        self._type = block.labels[0]

    def blocks(self) -> Iterator[Written]:
        block = self._block
        body = block.body.read(shapes.DYNAMIC.blocks, self._diagnostics)
        if not shapes.check(body, shapes.DYNAMIC, f'dynamic "{self._type}"', self._diagnostics):
            return
        content = next(inner for inner in body.blocks if inner.type == "content")
        attribute = body.attributes["for_each"]
        value, marks = unmark(attribute.expression.evaluate(self._scope, self._diagnostics))
        name = iterator_of(block)
        if isinstance(value, Unknown):
            unknown = marked(Unknown(), marks)
            names: dict[str, Any] = {name: {"key": unknown, "value": unknown}}
            yield self._written(content.body, self._scope.child(names), known=False)
            return
        elements = self._elements(value, attribute.expression)
        for key, element in elements:
            each = {"key": marked(key, marks), "value": marked(element, marks)}
            yield self._written(content.body, self._scope.child({name: each}))

    def _written(self, content: Body, scope: Scope, *, known: bool = True) -> Written:
        block = self._block
        labels = self._labels(scope) if known else ()
        return Written(self._type, labels, block.span, block.label_spans[0], content, scope, known)

    def _elements(self, value: Any, expression: Expression) -> Iterable[tuple[Any, Any]]:
        problem = ""
        if isinstance(value, dict):
            if len(value) <= MAX_BLOCKS:
                return sorted(value.items())
        elif isinstance(value, SetValue):
            if len(value) <= MAX_BLOCKS:
                return [(element, element) for element in value]
        elif isinstance(value, tuple):
            if len(value) <= MAX_BLOCKS:
                return list(enumerate(value))
        else:
            what = "null" if value is None else "a single value"
            problem = f"for_each takes a list, a map or a set, and this is {what}."
        problem = problem or f"A dynamic block makes at most {MAX_BLOCKS} blocks."
        self._diagnostics.error("Invalid dynamic for_each value", problem, expression.span)
        return ()

    def _labels(self, scope: Scope) -> tuple[str, ...]:
        attribute = self._block.body.attributes.get("labels")
        if attribute is None:
            return ()
        found = []
        for element in attribute.expression.elements() or ():
            value, secret = unmark(element.evaluate(scope, self._diagnostics))
            if isinstance(value, str) and not secret:
                found.append(value)
            else:
                detail = "A label has to be a text that is known when the plan is made, and not sensitive."
                self._diagnostics.error("Invalid dynamic block label", detail, element.span)
        if attribute.expression.elements() is None:
            self._diagnostics.error("Not a list", "labels takes a list of texts.", attribute.expression.span)
        return tuple(found)
