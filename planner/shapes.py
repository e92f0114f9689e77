"""What each block of a stack may hold, as one table, and the check against it.

The blocks that providers describe (resources, clouds' own blocks) are decoded by their schemas instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graph.addresses import suggest
from language.diagnostics import Diagnostics

if TYPE_CHECKING:
    from language.body import Block, Body

META = ("count", "for_each", "depends_on")


@dataclass(frozen=True, slots=True)
class Shape:
    """Attributes (required or not) and blocks (name -> how many labels). `open_*` takes any others besides."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    blocks: Mapping[str, int] = field(default_factory=dict)
    single: tuple[str, ...] = ()
    open_attributes: bool = False
    open_blocks: bool = False


TOP = Shape(
    blocks={
        "stack": 1,
        "variable": 1,
        "locals": 0,
        "output": 1,
        "provider": 1,
        "resource": 2,
        "cluster": 1,
        "app": 1,
    },
    single=("stack",),
)
STACK = Shape(optional=("required_version",), blocks={"backend": 1}, single=("backend",))
VARIABLE = Shape(optional=("type", "default", "description", "sensitive", "nullable"), blocks={"validation": 0})
VALIDATION = Shape(required=("condition", "error_message"))
OUTPUT = Shape(required=("value",), optional=("description", "sensitive", "depends_on"))
RESOURCE = Shape(optional=META, blocks={"lifecycle": 0}, single=("lifecycle",), open_attributes=True, open_blocks=True)
LIFECYCLE = Shape(optional=("create_before_destroy", "prevent_destroy", "ignore_changes", "replace_triggered_by"))
CLUSTER = Shape(
    optional=("provider", "region", "version", "tags", "kubeconfig", "context", "depends_on"),
    blocks={"network": 0, "node_pool": 1},
    single=("network",),
    open_blocks=True,
)
APP = Shape(
    required=("cluster",),
    optional=("namespace", "manifests", "depends_on", "timeout", "wait", "force_conflicts", "adopt"),
    blocks={"manifest": 1, "object": 1},
)
OBJECT = Shape(blocks={"ready": 0, "lifecycle": 0}, single=("ready", "lifecycle"))
OBJECT_LIFECYCLE = Shape(optional=("ignore_changes", "prevent_destroy"))


def check(body: Body, shape: Shape, where: str, diagnostics: Diagnostics) -> bool:
    """Report what `body` holds that `shape` does not know, what is missing, and what is there twice.

    `where` names the block for people: 'a "variable" block'. Returns whether all is well.
    """
    before = len(diagnostics)
    known = (*shape.required, *shape.optional)
    for attribute in body.attributes.values():
        if attribute.name not in known and not shape.open_attributes:
            advice = _advice(attribute.name, known, shape.blocks, "an attribute", "a block")
            diagnostics.error(
                "Unsupported argument",
                f'An argument named "{attribute.name}" is not expected in {where}.',
                attribute.name_span,
                advice=advice,
            )
    for name in shape.required:
        if name not in body.attributes:
            diagnostics.error(
                "Missing required argument", f'The argument "{name}" is required in {where}.', body.missing_span
            )
    _check_blocks(body.blocks, shape, known, where, diagnostics)
    return len(diagnostics) == before


def _check_blocks(
    blocks: Iterable[Block], shape: Shape, attributes: Iterable[str], where: str, diagnostics: Diagnostics
) -> None:
    seen: dict[str, Block] = {}
    for block in blocks:
        if block.type not in shape.blocks:
            if not shape.open_blocks:
                check_unknown_block(block, shape.blocks, where, diagnostics, attributes)
            continue
        check_labels(block, shape.blocks[block.type], diagnostics)
        if block.type in shape.single and block.type in seen:
            first = seen[block.type].span
            diagnostics.error(
                f"Duplicate {block.type} block",
                f'Only one "{block.type}" block is allowed here; there is one at {first.file} line {first.start_line}.',
                block.span,
            )
        seen[block.type] = block


def check_unknown_block(
    block: Block, known: Iterable[str], where: str, diagnostics: Diagnostics, attributes: Iterable[str] = ()
) -> None:
    """Report a block of a type that is not among the `known`."""
    diagnostics.error(
        "Unsupported block type",
        f'Blocks of type "{block.type}" are not expected in {where}.',
        block.type_span,
        advice=_advice(block.type, known, attributes, "a block", "an attribute"),
    )


def check_labels(block: Block, labels: int, diagnostics: Diagnostics) -> bool:
    """Report a block that has fewer or more labels than it takes."""
    if len(block.labels) == labels:
        return True
    names = {0: "takes no labels", 1: "takes one label, its name", 2: "takes two labels, its type and its name"}
    diagnostics.error(
        "Wrong number of labels",
        f'A "{block.type}" block {names[labels]}; this one has {len(block.labels)}.',
        block.span,
    )
    return False


def _advice(name: str, same: Iterable[str], other: Iterable[str], one: str, another: str) -> str:
    if name in other:
        return f'"{name}" is {another} here, not {one}.'
    meant = suggest(name, same)
    return f'Did you mean "{meant}"?' if meant else ""
