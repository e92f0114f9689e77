"""The blocks about resources: `resource`, `data`, `provider`, `moved`, `removed`, `import`, `check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from language.traversal import Key
from language.types import BOOL, STRING
from planner.configuration import shapes
from planner.configuration.blocks import Check, Data, Import, Lifecycle, Move, ProviderBlock, Removal, Resource
from planner.configuration.readers.reader import Reader
from planner.configuration.triggers import reference

if TYPE_CHECKING:
    from language.body import AttributeNode, Block, Body
    from language.expressions import Expression


def resource(reader: Reader, block: Block) -> None:
    """Read a `resource` block."""
    made = Resource(**_repeated(reader, block, shapes.RESOURCE, shapes.LIFECYCLE))
    reader.put(reader.configuration.resources, made.address, made, "resource")


def data(reader: Reader, block: Block) -> None:
    """Read a `data` block."""
    made = Data(**_repeated(reader, block, shapes.DATA, shapes.DATA_LIFECYCLE))
    reader.put(reader.configuration.data, made.address, made, "data source")


def _scoped(reader: Reader, block: Block, check: str) -> None:
    """Data that only a check may refer to. Its name is still one of the module's."""
    body = reader.body(block.body, shapes.SCOPED_DATA, f'{_named(block)} in a "check" block')
    made = Data(**_typed(reader, block, body, shapes.SCOPED_DATA), check=check)
    reader.put(reader.configuration.data, made.address, made, "data source")


def _named(block: Block) -> str:
    return " ".join((block.type, *(f'"{label}"' for label in block.labels)))


def _repeated(reader: Reader, block: Block, shape: shapes.Shape, lifecycle: shapes.Shape) -> dict[str, Any]:
    """What a block has that may have several instances, and a life."""
    body = reader.body(block.body, shape, _named(block))
    count, for_each = reader.repetition(block)
    arguments = {"count": count, "for_each": for_each, "lifecycle": _lifecycle(reader, body, lifecycle)}
    return _typed(reader, block, body) | arguments


def _typed(reader: Reader, block: Block, body: Body, shape: shapes.Shape = shapes.RESOURCE) -> dict[str, Any]:
    """What every block of a provider's type has; all that the shape does not name is the type's own."""
    type_, name = block.labels
    return {
        "type": type_,
        "name": name,
        "span": block.span,
        "body": body.without(shape.optional, shape.blocks),
        "depends_on": reader.references(body, "depends_on"),
        "provider": reader.reference(body.attributes.get("provider")),
    }


def _lifecycle(reader: Reader, block: Body, shape: shapes.Shape) -> Lifecycle:
    found = next((inner for inner in block.blocks if inner.type == "lifecycle"), None)
    if found is None:
        return Lifecycle()
    body = reader.body(found.body, shape, 'a "lifecycle" block')
    ignore = body.attributes.get("ignore_changes")
    keyword = ignore.expression.traversal() if ignore else None
    ignore_all = keyword is not None and keyword.root == "all" and not keyword.steps
    return Lifecycle(
        create_before_destroy=reader.constant(body, "create_before_destroy", BOOL, False),
        prevent_destroy=reader.constant(body, "prevent_destroy", BOOL, False),
        ignore_changes=() if ignore_all else reader.references(body, "ignore_changes"),
        ignore_all=ignore_all,
        replace_triggered_by=_triggers(reader, body.attributes.get("replace_triggered_by")),
        preconditions=reader.conditions(body, "precondition"),
        postconditions=reader.conditions(body, "postcondition"),
    )


def _triggers(reader: Reader, attribute: AttributeNode | None) -> tuple[Expression, ...]:
    """References to resources, whose keys may be those of the instance."""
    found = reader.elements(attribute) if attribute else ()
    for expression in found:
        if reference(expression) is None:
            detail = "replace_triggered_by takes resources, their instances and their attributes, as they are."
            reader.diagnostics.error("Not a resource", detail, expression.span)
    return found


def provider(reader: Reader, block: Block) -> None:
    """Read a `provider` block."""
    body = reader.body(block.body, shapes.PROVIDER, f'provider "{block.labels[0]}"')
    alias = reader.constant(body, "alias", STRING, "")
    made = ProviderBlock(block.labels[0], block.span, body.without(("alias", "version"), ()), alias)
    reader.put(reader.configuration.providers, made.key, made, "provider configuration")


def moved(reader: Reader, block: Block) -> None:
    """Read a `moved` block."""
    body = reader.body(block.body, shapes.MOVED, 'a "moved" block')
    source, destination = (reader.reference(body.attributes.get(name)) for name in ("from", "to"))
    if source is not None and destination is not None:
        reader.configuration.moves.append(Move(source, destination, block.span))


def removed(reader: Reader, block: Block) -> None:
    """Read a `removed` block."""
    body = reader.body(block.body, shapes.REMOVED, 'a "removed" block')
    destroy = True
    for inner in body.blocks:
        if inner.type == "lifecycle":
            lifecycle = reader.body(inner.body, shapes.REMOVED_LIFECYCLE, "a removed block's lifecycle")
            destroy = reader.constant(lifecycle, "destroy", BOOL, True)
    source = reader.reference(body.attributes.get("from"))
    if source is not None and any(isinstance(step, Key) for step in source.steps):
        detail = "What is removed is a resource or a module with all of its instances, without a key."
        reader.diagnostics.error("Instance keys not allowed", detail, source.span)
    if source is not None:
        reader.configuration.removals.append(Removal(source, destroy, block.span))


def import_(reader: Reader, block: Block) -> None:
    """Read an `import` block."""
    body = reader.body(block.body, shapes.IMPORT, 'an "import" block')
    attributes = body.attributes
    if not {"to", "id"} <= set(attributes):
        return
    to = attributes["to"].expression
    path = to.path()
    if path is None:
        detail = "to takes the address of a resource as it is, without quotes or operators."
        reader.diagnostics.error("Invalid import address", detail, to.span)
        return
    for_each = attributes["for_each"].expression if "for_each" in attributes else None
    made = Import(path, to.span, attributes["id"].expression, for_each, block.span)
    reader.configuration.imports.append(made)


def check(reader: Reader, block: Block) -> None:
    """Read a `check` block, with the data that is scoped to it."""
    name = block.labels[0]
    body = reader.body(block.body, shapes.CHECK, f'check "{name}"')
    made = Check(name, block.span, reader.conditions(body, "assert"))
    reader.put(reader.configuration.checks, name, made, "check")
    for inner in body.blocks:
        if inner.type == "data" and len(inner.labels) == shapes.CHECK.blocks["data"]:
            _scoped(reader, inner, name)
