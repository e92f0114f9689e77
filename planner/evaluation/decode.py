"""From a block's body to values by a provider's schema: every attribute present, converted, null where absent.

The same for resources, provider blocks, clouds' own blocks and node pools; unknown arguments and blocks, missing ones
and wrong types are reported with their place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from graph.addresses import suggest
from language.conversion import ConversionError, convert
from language.diagnostics import Diagnostics, Span
from language.explanations import values_of
from language.marks import marks_in
from language.schema import Attribute, Nested, NestedBlock, Schema
from language.types import ANY
from language.values import EPHEMERAL, MapValue, SetValue, Unknown
from planner.configuration.expressions import DYNAMIC
from planner.configuration.shapes import check_labels
from planner.evaluation.dynamic import Written, blocks_of
from providers.contract import ValuePath, Values
from providers.contract.diff import without_write_only

if TYPE_CHECKING:
    from language.body import Body
    from language.scope import Scope


def decode(
    body: Body,
    schema: Schema,
    scope: Scope,
    where: str,
    diagnostics: Diagnostics,
    *,
    kept: bool = True,
    spans: dict[ValuePath, Span] | None = None,
) -> Values:
    """The values of `body` in `scope`. `where` names the block for people. What is in error is unknown.

    `kept`: they are kept, in a plan or a state, and so may not be ephemeral. `spans` is given where each block
    stands, by its path in the values.
    """
    if schema.any_attribute:
        return decode_free(body, scope, diagnostics)
    values: Values = {}
    body = body.read(_labels(schema), diagnostics)
    attributes = body.attributes
    for name, attribute in schema.attributes.items():
        written = attributes.get(name)
        if written is None:
            values[name] = attribute.default
            if attribute.required:
                _missing(name, body, where, diagnostics)
            continue
        if not attribute.configurable:
            detail = f'The value of "{name}" is decided by the service, and cannot be set in {where}.'
            diagnostics.error("Computed attribute", detail, written.name_span)
            continue
        value = written.expression.evaluate(scope, diagnostics)
        try:
            values[name] = value if attribute.type is ANY else convert(value, attribute.written_type)
        except ConversionError as failure:
            detail = f'The value of "{name}" in {where} is not suitable: {failure}.'
            matter = values_of(written.expression.references, scope)
            diagnostics.error("Incorrect attribute value type", detail, written.expression.span, values=matter)
            values[name] = Unknown(attribute.type)
        else:
            if value is None and attribute.required:
                _missing(name, body, where, diagnostics, written.expression.span)
            span = written.expression.span
            if attribute.nested is not None:
                _refuse_computed(name, attribute.nested, values[name], span, where, diagnostics)
            if kept and not attribute.write_only:
                _refuse_ephemeral(name, _kept(attribute, values[name]), span, where, diagnostics)
    for name in attributes:
        if name not in schema.attributes:
            _unsupported_argument(name, attributes[name].name_span, schema, where, diagnostics)
    if body.blocks or schema.blocks:
        values |= _blocks(body, schema, scope, where, diagnostics, kept, {} if spans is None else spans)
    return values


def _refuse_ephemeral(name: str, value: Any, span: Span, where: str, diagnostics: Diagnostics) -> None:
    if marks_in(value) & EPHEMERAL:
        detail = f'The value of "{name}" in {where} is kept, and so may not come from an ephemeral one.'
        diagnostics.error("Invalid use of ephemeral value", detail, span)


def _kept(attribute: Attribute, value: Any) -> Any:
    """The value without what is write-only in it."""
    return value if attribute.nested is None else attribute.nested.map(without_write_only, value)


def _refuse_computed(name: str, nested: Nested, value: Any, span: Span, where: str, diagnostics: Diagnostics) -> None:
    """What only the service sets may not be set in objects of nested attributes either."""
    for _, item in nested.members(value):
        for inner, attribute in nested.schema.attributes.items():
            path = f"{name}.{inner}"
            if item.get(inner) is not None and not attribute.configurable:
                detail = f'The value of "{path}" is decided by the service, and cannot be set in {where}.'
                diagnostics.error("Computed attribute", detail, span)
            elif attribute.nested is not None:
                _refuse_computed(path, attribute.nested, item.get(inner), span, where, diagnostics)


def _labels(schema: Schema) -> dict[str, int]:
    """How many labels the blocks in a body of the schema have."""
    return {**{name: block.labels for name, block in schema.blocks.items()}, DYNAMIC: 1} if schema.blocks else {}


def decode_free(body: Body, scope: Scope, diagnostics: Diagnostics) -> Values:
    """The attributes of a body that may hold anything, as an object; blocks in it are reported."""
    for block in body.blocks:
        advice = f"Write it as an attribute: {block.type} = {{ ... }}"
        diagnostics.error(
            "Unsupported block type", "Only attributes are expected here.", block.type_span, advice=advice
        )
    values = {name: each.expression.evaluate(scope, diagnostics) for name, each in body.attributes.items()}
    for name, value in values.items():
        _refuse_ephemeral(name, value, body.attributes[name].expression.span, "what is applied", diagnostics)
    return values


def _blocks(
    body: Body,
    schema: Schema,
    scope: Scope,
    where: str,
    diagnostics: Diagnostics,
    kept: bool,
    spans: dict[ValuePath, Span],
) -> Values:
    found: dict[str, list[Written]] = {name: [] for name in schema.blocks}
    for block in blocks_of(body, scope, diagnostics):
        if block.type not in found:
            _unsupported_block(block, schema, where, diagnostics)
        elif not block.known or check_labels(block, schema.blocks[block.type].labels, diagnostics):
            found[block.type].append(block)
    values: Values = {}
    for name, nested in schema.blocks.items():
        blocks = found[name]
        spans |= {(name, *_step(nested, block, index)): block.span for index, block in enumerate(blocks)}
        inside = f"{name} of {where}"
        inner = [decode(each.body, nested.schema, each.scope, inside, diagnostics, kept=kept) for each in blocks]
        if all(block.known for block in blocks):
            _count(blocks, name, nested, body, where, diagnostics)
            values[name] = _held(nested, name, blocks, inner, where, diagnostics)
        else:
            values[name] = Unknown(schema.type.attributes[name])
    return values


def _step(nested: NestedBlock, block: Written, index: int) -> ValuePath:
    """What leads to the value of one of several blocks."""
    if nested.nesting == "map":
        return block.labels
    return () if nested.nesting in ("single", "group") else (index,)


def _held(
    nested: NestedBlock, name: str, blocks: list[Written], inner: list[Values], where: str, diagnostics: Diagnostics
) -> Any:
    """What the blocks of one name make."""
    if not inner:
        return nested.empty
    match nested.nesting:
        case "single" | "group":
            return inner[0]
        case "set":
            return SetValue(nested.item_type, inner)
        case "list":
            return tuple(inner)
        case "map":
            return _by_label(nested, name, blocks, inner, where, diagnostics)


def _by_label(
    nested: NestedBlock, name: str, blocks: list[Written], inner: list[Values], where: str, diagnostics: Diagnostics
) -> MapValue:
    found = MapValue(nested.item_type)
    for block, values in zip(blocks, inner, strict=True):
        (label,) = block.labels
        if label in found:
            detail = f'There is already a block {name} "{label}" in {where}.'
            diagnostics.error(f"Duplicate {name} block", detail, block.span)
        found[label] = values
    return found


def _count(
    blocks: list[Written], name: str, nested: NestedBlock, body: Body, where: str, diagnostics: Diagnostics
) -> None:
    most = nested.most
    if len(blocks) < nested.min_items:
        plural = "s are" if nested.min_items > 1 else " is"
        detail = f'At least {nested.min_items} "{name}" block{plural} required in {where}.'
        diagnostics.error(f"Missing {name} block", detail, body.missing_span)
    if most is not None and len(blocks) > most:
        detail = f'No more than {most} "{name}" block{"s are" if most > 1 else " is"} allowed in {where}.'
        diagnostics.error(f"Too many {name} blocks", detail, blocks[most].span)


def _missing(name: str, body: Body, where: str, diagnostics: Diagnostics, span: Span | None = None) -> None:
    detail = f'The argument "{name}" is required in {where}.'
    diagnostics.error("Missing required argument", detail, span or body.missing_span)


def _unsupported_argument(name: str, span: Span, schema: Schema, where: str, diagnostics: Diagnostics) -> None:
    advice = f'"{name}" is a block here: {name} {{ ... }}' if name in schema.blocks else _meant(name, schema.attributes)
    detail = f'An argument named "{name}" is not expected in {where}.'
    diagnostics.error("Unsupported argument", detail, span, advice=advice)


def _unsupported_block(block: Written, schema: Schema, where: str, diagnostics: Diagnostics) -> None:
    is_attribute = block.type in schema.attributes
    advice = (
        f'"{block.type}" is an argument here: {block.type} = ...' if is_attribute else _meant(block.type, schema.blocks)
    )
    detail = f'Blocks of type "{block.type}" are not expected in {where}.'
    diagnostics.error("Unsupported block type", detail, block.type_span, advice=advice)


def _meant(name: str, known: Mapping[str, object]) -> str:
    meant = suggest(name, known)
    return f'Did you mean "{meant}"?' if meant else ""


def conform(values: Values, schema: Schema) -> Values:
    """Values that are no block's, completed and converted by the schema. Raises ConversionError."""
    unexpected = next((name for name in values if name not in schema.type.attributes), None)
    if unexpected is not None:
        raise ConversionError(f'an attribute "{unexpected}" is not expected')
    made: Values = {}
    for name, attribute in schema.attributes.items():
        given = values.get(name, attribute.default)
        if given is None and attribute.required:
            raise ConversionError(f'attribute "{name}" is required')
        made[name] = given if attribute.type is ANY else convert(given, attribute.written_type)
    for name, nested in schema.blocks.items():
        given = values.get(name)
        made[name] = nested.empty if given is None else nested.map(lambda inner, item: conform(item, inner), given)
    return made
