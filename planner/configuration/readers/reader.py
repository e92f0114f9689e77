"""What reading a block takes, whatever it is: constants, bare references, conditions, names that are taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from language.constants import constant
from language.conversion import ConversionError, convert
from language.diagnostics import Diagnostics
from language.schema import Schema
from language.types import Type
from planner.configuration import shapes
from planner.configuration.blocks import Condition, Configuration

if TYPE_CHECKING:
    from language.body import AttributeNode, Block, Body
    from language.expressions import Expression
    from language.traversal import Traversal

Named = TypeVar("Named")


class Reader:
    """Fills the configuration of one module. `clouds` are the names of the blocks that only one cloud has; `app` gives
    what an app's block may hold."""

    def __init__(
        self,
        configuration: Configuration,
        clouds: frozenset[str],
        app: Callable[[], Schema],
        diagnostics: Diagnostics,
    ) -> None:
        self.configuration = configuration
        self.clouds = clouds
        self.app = app
        self.diagnostics = diagnostics

    def body(self, body: Body, shape: shapes.Shape, where: str) -> Body:
        """The body, checked against what it may hold. `where` names the block for people."""
        read = body.read(shape.blocks, self.diagnostics)
        shapes.check(read, shape, where, self.diagnostics)
        return read

    def put(self, into: dict[str, Named], name: str, item: Named, what: str) -> None:
        """Keep a block under its name; report it where the name is taken."""
        span = item.span  # type: ignore[attr-defined]
        if name in into:
            first = into[name].span  # type: ignore[attr-defined]
            detail = f'A {what} named "{name}" is already there, at {first.file} line {first.start_line}.'
            self.diagnostics.error(f"Duplicate {what}", detail, span)
            return
        into[name] = item

    def constant(self, body: Body, name: str, type_: Type, default: Any) -> Any:
        """The value of an attribute that may refer to nothing."""
        attribute = body.attributes.get(name)
        if attribute is None:
            return default
        value = constant(attribute.expression, self.diagnostics)
        return self.converted(value, type_, attribute.expression, name, default)

    def converted(self, value: Any, type_: Type, expression: Expression, what: str, otherwise: Any) -> Any:
        """The value in a type; one that does not suit is reported, and `otherwise` given in place of it."""
        try:
            return convert(value, type_)
        except ConversionError as failure:
            self.diagnostics.error("Wrong type", f"The value of {what} is not suitable: {failure}.", expression.span)
            return otherwise

    def reference(self, attribute: AttributeNode | None) -> Traversal | None:
        """A bare reference; None where there is none, or something else, which is reported."""
        if attribute is None:
            return None
        return self._bare(attribute.expression, attribute.name)

    def references(self, body: Body, name: str) -> tuple[Traversal, ...]:
        """A list of bare references, as `depends_on` holds."""
        attribute = body.attributes.get(name)
        found = (self._bare(element, name) for element in (self.elements(attribute) if attribute else ()))
        return tuple(traversal for traversal in found if traversal is not None)

    def elements(self, attribute: AttributeNode) -> tuple[Expression, ...]:
        """The elements of a list that is written out."""
        elements = attribute.expression.elements()
        if elements is None:
            detail = f"{attribute.name} takes a list of references."
            self.diagnostics.error("Not a list", detail, attribute.expression.span)
        return elements or ()

    def _bare(self, expression: Expression, name: str) -> Traversal | None:
        traversal = expression.traversal()
        if traversal is None:
            detail = f"{name} takes references as they are, without quotes or operators."
            self.diagnostics.error("Not a reference", detail, expression.span)
        return traversal

    def conditions(self, body: Body, type_: str, own: str = "") -> tuple[Condition, ...]:
        """The blocks of a type that hold a condition and a message. `own`: the variable that it has to be about."""
        found = []
        for block in body.blocks:
            if block.type == type_ and shapes.check(block.body, shapes.CONDITION, f'"{type_}"', self.diagnostics):
                attributes = block.body.attributes
                condition, message = (attributes[name].expression for name in ("condition", "error_message"))
                self._about_something(condition, type_, own)
                found.append(Condition(condition, message, block.span))
        return tuple(found)

    def _about_something(self, condition: Expression, type_: str, own: str) -> None:
        names = [f"{reference.root}.{reference.steps[0]}" for reference in condition.references if reference.steps]
        if own and own not in names:
            detail = f"The condition has to refer to {own}, which it is to test."
        elif not condition.references:
            detail = "The condition refers to nothing, so it tests nothing."
        else:
            return
        self.diagnostics.error(f"Invalid {type_} condition", detail, condition.span)

    def repetition(self, block: Block) -> tuple[Expression | None, Expression | None]:
        """`count` and `for_each`, of which a block can have one."""
        attributes = block.body.attributes
        count, for_each = (
            attributes[name].expression if name in attributes else None for name in ("count", "for_each")
        )
        if count is not None and for_each is not None:
            detail = "A block can have one of them, not both."
            self.diagnostics.error('Both "count" and "for_each"', detail, attributes["for_each"].name_span)
        return count, for_each
