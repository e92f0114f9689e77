"""The blocks that are freehold's own: `stack`, `cluster`, `app`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from language.types import BOOL, STRING
from planner.configuration import shapes
from planner.configuration.blocks import App, BackendBlock, Cluster, ObjectBlock, Stack
from planner.configuration.readers.reader import Reader

if TYPE_CHECKING:
    from language.body import Block


def stack(reader: Reader, block: Block) -> None:
    """Read a `stack` block."""
    known = reader.configuration.stack.span
    if known is not None:
        detail = f"A stack is named once; there is one at {known.file} line {known.start_line}."
        if known.file != block.span.file:
            reader.diagnostics.error("Duplicate stack block", detail, block.span)
        return
    body = reader.body(block.body, shapes.STACK, 'a "stack" block')
    backends = (inner for inner in body.blocks if inner.type == "backend" and len(inner.labels) == 1)
    backend = next((BackendBlock(inner.labels[0], inner.span, inner.body) for inner in backends), None)
    version = reader.constant(body, "required_version", STRING, "")
    reader.configuration.stack = Stack(block.labels[0], block.span, version, backend)


def cluster(reader: Reader, block: Block) -> None:
    """Read a `cluster` block."""
    name = block.labels[0]
    where = f'cluster "{name}"'
    own_blocks = block.body.read(dict.fromkeys(reader.clouds, 0), reader.diagnostics)
    body = reader.body(own_blocks, shapes.CLUSTER, where)
    for inner in body.blocks:
        if inner.type in reader.clouds:
            shapes.check_labels(inner, 0, reader.diagnostics)
        elif inner.type not in shapes.CLUSTER.blocks:
            known = (*shapes.CLUSTER.blocks, *reader.clouds)
            shapes.check_unknown_block(inner, known, where, reader.diagnostics)
    made = Cluster(name, block.span, body.without(("depends_on",), ()), reader.references(body, "depends_on"))
    reader.put(reader.configuration.clusters, name, made, "cluster")


def app(reader: Reader, block: Block) -> None:
    """Read an `app` block."""
    name = block.labels[0]
    body = reader.body(block.body, shapes.app(reader.app()), f'app "{name}"')
    if "cluster" not in body.attributes:
        return
    expression = body.attributes["cluster"].expression
    traversal = expression.traversal()
    if traversal is None or traversal.root not in ("cluster", "var", "module"):
        detail = "An app is put on a cluster block, named as it is: cluster.NAME."
        reader.diagnostics.error("Not a cluster", detail, expression.span)
        return
    objects: dict[str, ObjectBlock] = {}
    for inner in body.blocks:
        if inner.type == "object" and len(inner.labels) == 1:
            reader.put(objects, inner.labels[0], _object(reader, inner), "object")
    made = App(
        name,
        block.span,
        body.without(("cluster", "depends_on"), ("object",)),
        traversal,
        tuple(objects.values()),
        reader.references(body, "depends_on"),
    )
    reader.put(reader.configuration.apps, name, made, "app")


def _object(reader: Reader, block: Block) -> ObjectBlock:
    body = reader.body(block.body, shapes.OBJECT, f'object "{block.labels[0]}"')
    inner = {each.type: each.body for each in body.blocks}
    if "lifecycle" not in inner:
        return ObjectBlock(block.labels[0], block.span, inner.get("ready"))
    lifecycle = reader.body(inner["lifecycle"], shapes.OBJECT_LIFECYCLE, "an object's lifecycle")
    ignore = lifecycle.attributes.get("ignore_changes")
    prevent = reader.constant(lifecycle, "prevent_destroy", BOOL, False)
    return ObjectBlock(block.labels[0], block.span, inner.get("ready"), ignore.expression if ignore else None, prevent)
