"""What each block of a stack may hold, as one table, and the check against it.

The blocks that providers describe (resources, clouds' own blocks) are decoded by their schemas instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from graph.addresses import suggest
from language.diagnostics import Diagnostics

if TYPE_CHECKING:
    from language.body import Block, Body
    from language.diagnostics import Span
    from language.schema import Schema

_NAME = re.compile(r"[^\W\d][\w-]*")
META = ("count", "for_each", "depends_on", "provider")


@dataclass(frozen=True, slots=True)
class Shape:
    """Attributes (required or not) and blocks (name -> how many labels). `open_*` takes any others besides.

    Of the `single` blocks there may be one, of the `needed` there has to be one.
    """

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    blocks: Mapping[str, int] = field(default_factory=dict)
    single: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    open_attributes: bool = False
    open_blocks: bool = False


_REFERRED = frozenset({"variable", "output", "resource", "module", "provider", "check", "cluster", "app"})
_MODULE_BLOCKS = {
    "terraform": 0,
    "variable": 1,
    "locals": 0,
    "output": 1,
    "provider": 1,
    "resource": 2,
    "data": 2,
    "module": 1,
    "moved": 0,
    "removed": 0,
    "check": 1,
    "cluster": 1,
    "app": 1,
}
MODULE = Shape(blocks=_MODULE_BLOCKS)
TOP = Shape(blocks={"stack": 1, **_MODULE_BLOCKS, "import": 0}, single=("stack",))
STACK = Shape(optional=("required_version",), blocks={"backend": 1}, single=("backend",))
TERRAFORM = Shape(
    optional=("required_version", "experiments"),
    blocks={"required_providers": 0, "backend": 1, "cloud": 0, "provider_meta": 1},
    single=("required_providers",),
)
REQUIRED_PROVIDER = ("source", "version", "configuration_aliases")
VARIABLE = Shape(
    optional=("type", "default", "description", "sensitive", "nullable", "ephemeral"), blocks={"validation": 0}
)
CONDITION = Shape(required=("condition", "error_message"))
OUTPUT = Shape(
    required=("value",),
    optional=("description", "sensitive", "ephemeral", "depends_on"),
    blocks={"precondition": 0},
)
RESOURCE = Shape(
    optional=META,
    blocks={"lifecycle": 0},
    single=("lifecycle",),
    open_attributes=True,
    open_blocks=True,
)
_CONDITIONS = {"precondition": 0, "postcondition": 0}
LIFECYCLE = Shape(
    optional=("create_before_destroy", "prevent_destroy", "ignore_changes", "replace_triggered_by"),
    blocks=_CONDITIONS,
)
DATA = RESOURCE
DATA_LIFECYCLE = Shape(blocks=_CONDITIONS)
CALL_META = ("source", "version", "count", "for_each", "depends_on", "providers")
CALL = Shape(required=("source",), optional=CALL_META, open_attributes=True)
MOVED = Shape(required=("from", "to"))
REMOVED = Shape(required=("from",), blocks={"lifecycle": 0}, single=("lifecycle",))
REMOVED_LIFECYCLE = Shape(optional=("destroy",))
IMPORT = Shape(required=("to", "id"), optional=("for_each", "provider"))
CHECK = Shape(blocks={"assert": 0, "data": 2}, single=("data",), needed=("assert",))
SCOPED_DATA = Shape(optional=("depends_on", "provider"), open_attributes=True, open_blocks=True)
"""Data in a check: one instance, and the check's assertions say what has to hold."""
PROVIDER = Shape(optional=("alias", "version"), open_attributes=True, open_blocks=True)
DYNAMIC = Shape(
    required=("for_each",),
    optional=("iterator", "labels"),
    blocks={"content": 0},
    single=("content",),
    needed=("content",),
)
CLUSTER = Shape(
    optional=("provider", "region", "version", "tags", "kubeconfig", "context", "depends_on"),
    blocks={"network": 0, "node_pool": 1, "dynamic": 1},
    single=("network",),
    open_blocks=True,
)
OBJECT = Shape(blocks={"ready": 0, "lifecycle": 0}, single=("ready", "lifecycle"))
OBJECT_LIFECYCLE = Shape(optional=("ignore_changes", "prevent_destroy"))


def app(schema: Schema) -> Shape:
    """An app's block, whose provider says by a schema what it may hold of its own."""
    return Shape(
        required=("cluster",),
        optional=(*schema.attributes, "depends_on"),
        blocks={name: block.labels for name, block in schema.blocks.items()} | {"object": 1, "dynamic": 1},
        single=tuple(name for name, block in schema.blocks.items() if block.most == 1),
    )


def check(body: Body, shape: Shape, where: str, diagnostics: Diagnostics) -> bool:
    """Report what `body` holds that `shape` does not know, what is missing, and what is there twice.

    `where` names the block for people: 'a "variable" block'. Returns whether all is well.
    """
    before = len(diagnostics)
    known = (*shape.required, *shape.optional)
    for attribute in body.attributes.values():
        if attribute.name not in known and not shape.open_attributes:
            unknown_name(attribute.name, known, where, attribute.name_span, diagnostics, shape.blocks)
    for name in shape.required:
        if name not in body.attributes:
            diagnostics.error(
                "Missing required argument", f'The argument "{name}" is required in {where}.', body.missing_span
            )
    _check_blocks(body.blocks, shape, known, where, diagnostics)
    for name in shape.needed:
        if not any(block.type == name for block in body.blocks):
            detail = f'A "{name}" block is required in {where}.'
            diagnostics.error(f"Missing {name} block", detail, body.missing_span)
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


def unknown_name(
    name: str, known: Iterable[str], where: str, span: Span, diagnostics: Diagnostics, blocks: Iterable[str] = ()
) -> None:
    """Report an argument that is not among the `known`."""
    advice = _advice(name, known, blocks, "an attribute", "a block")
    detail = f'An argument named "{name}" is not expected in {where}.'
    diagnostics.error("Unsupported argument", detail, span, advice=advice)


class Labelled(Protocol):
    """A block, written or made by a dynamic one."""

    @property
    def type(self) -> str:
        """The word that the block begins with."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels after it."""

    @property
    def span(self) -> Span:
        """Where the block is."""


def check_labels(block: Labelled, labels: int, diagnostics: Diagnostics) -> bool:
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


def check_names(block: Block, diagnostics: Diagnostics) -> None:
    """Report labels that nothing could refer to."""
    for label, span in zip(block.labels, block.label_spans, strict=True):
        if block.type in _REFERRED and _NAME.fullmatch(label) is None:
            detail = f'"{label}" is no name: it has letters, digits, _ and -, and begins with a letter or _.'
            diagnostics.error("Invalid name", detail, span)


def _advice(name: str, same: Iterable[str], other: Iterable[str], one: str, another: str) -> str:
    if name in other:
        return f'"{name}" is {another} here, not {one}.'
    meant = suggest(name, same)
    return f'Did you mean "{meant}"?' if meant else ""
