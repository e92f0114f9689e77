"""The blocks that name values: `variable`, `locals`, `output`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from language.constraints import parse_type
from language.types import ANY, BOOL, STRING, Type
from language.values import Unknown
from planner.configuration import shapes
from planner.configuration.blocks import MISSING, Local, Output, Variable
from planner.configuration.readers.reader import Reader

if TYPE_CHECKING:
    from language.body import Block


def variable(reader: Reader, block: Block) -> None:
    """Read a `variable` block."""
    name = block.labels[0]
    body = reader.body(block.body, shapes.VARIABLE, f'variable "{name}"')
    type_: Type = ANY
    if "type" in body.attributes:
        type_ = parse_type(body.attributes["type"].expression, reader.diagnostics)
    default = reader.constant(body, "default", ANY, MISSING)
    if default is not MISSING and default is not None:
        default = reader.converted(
            default, type_, body.attributes["default"].expression, f"variable {name}", Unknown(type_)
        )
    made = Variable(
        name,
        block.span,
        type_,
        default,
        sensitive=reader.constant(body, "sensitive", BOOL, False),
        ephemeral=reader.constant(body, "ephemeral", BOOL, False),
        nullable=reader.constant(body, "nullable", BOOL, True),
        description=reader.constant(body, "description", STRING, ""),
        validations=reader.conditions(body, "validation", f"var.{name}"),
    )
    if name in RESERVED:
        detail = f'"{name}" has a meaning of its own in module blocks, and cannot be the name of a variable.'
        reader.diagnostics.error("Invalid variable name", detail, block.label_spans[0])
    reader.put(reader.configuration.variables, name, made, "variable")


RESERVED = (*shapes.CALL_META, "lifecycle", "locals")


def local_values(reader: Reader, block: Block) -> None:
    """Read a `locals` block."""
    body = reader.body(block.body, shapes.Shape(open_attributes=True), 'a "locals" block')
    for attribute in body.attributes.values():
        local = Local(attribute.name, attribute.name_span, attribute.expression)
        reader.put(reader.configuration.locals, attribute.name, local, "local value")


def output(reader: Reader, block: Block) -> None:
    """Read an `output` block."""
    name = block.labels[0]
    body = reader.body(block.body, shapes.OUTPUT, f'output "{name}"')
    if "value" not in body.attributes:
        return
    made = Output(
        name,
        block.span,
        body.attributes["value"].expression,
        sensitive=reader.constant(body, "sensitive", BOOL, False),
        ephemeral=reader.constant(body, "ephemeral", BOOL, False),
        description=reader.constant(body, "description", STRING, ""),
        depends_on=reader.references(body, "depends_on"),
        preconditions=reader.conditions(body, "precondition"),
    )
    if made.ephemeral and not reader.configuration.path:
        detail = f'The stack\'s outputs are kept in its state, and an ephemeral one cannot be: "{name}".'
        reader.diagnostics.error("Ephemeral output not allowed", detail, body.attributes["ephemeral"].expression.span)
    reader.put(reader.configuration.outputs, name, made, "output")
