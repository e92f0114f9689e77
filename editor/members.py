"""What a block may hold, from the tables that the planner checks by: arguments and blocks, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from editor.place import Header
from language.schema import Attribute, Schema
from planner.configuration import shapes
from planner.configuration.blocks import Data, TypedBlock
from planner.desired import clusters
from planner.render.values import format_type
from providers import Registry
from providers.contract import Kind

_SHAPES: dict[tuple[str, ...], shapes.Shape] = {
    (): shapes.TOP,
    ("stack",): shapes.STACK,
    ("terraform",): shapes.TERRAFORM,
    ("variable",): shapes.VARIABLE,
    ("variable", "validation"): shapes.CONDITION,
    ("output",): shapes.OUTPUT,
    ("output", "precondition"): shapes.CONDITION,
    ("provider",): shapes.PROVIDER,
    ("resource",): shapes.RESOURCE,
    ("resource", "lifecycle"): shapes.LIFECYCLE,
    ("resource", "lifecycle", "precondition"): shapes.CONDITION,
    ("resource", "lifecycle", "postcondition"): shapes.CONDITION,
    ("data",): shapes.DATA,
    ("data", "lifecycle"): shapes.DATA_LIFECYCLE,
    ("data", "lifecycle", "precondition"): shapes.CONDITION,
    ("data", "lifecycle", "postcondition"): shapes.CONDITION,
    ("module",): shapes.CALL,
    ("moved",): shapes.MOVED,
    ("removed",): shapes.REMOVED,
    ("removed", "lifecycle"): shapes.REMOVED_LIFECYCLE,
    ("import",): shapes.IMPORT,
    ("check",): shapes.CHECK,
    ("check", "assert"): shapes.CONDITION,
    ("check", "data"): shapes.SCOPED_DATA,
    ("cluster",): shapes.CLUSTER,
    ("app", "object"): shapes.OBJECT,
    ("app", "object", "lifecycle"): shapes.OBJECT_LIFECYCLE,
}
_TYPED = ("resource", "data")
"""Blocks whose first label is a provider's type."""


@dataclass(frozen=True, slots=True)
class Member:
    """An argument or a block: what is said of it, its type as people write it, how many labels it takes."""

    name: str
    about: str = ""
    type: str = ""
    labels: int = 0
    is_block: bool = False
    required: bool = False


@dataclass
class Members:
    """Answers for the providers that are installed."""

    registry: Registry = field(default_factory=Registry)

    def of(self, path: tuple[Header, ...]) -> dict[str, Member]:
        """The members of the block that `path` leads to."""
        path = _without_dynamic(path)
        found: dict[str, Member] = {}
        names = tuple(header[0] for header in path)
        shape = shapes.app(self.registry.apps.schema) if names == ("app",) else _SHAPES.get(names)
        if path and path[-1][0] == "dynamic":
            shape = shapes.DYNAMIC
        if shape is not None:
            found |= {name: Member(name, required=True) for name in shape.required}
            found |= {name: Member(name) for name in shape.optional}
            found |= {name: Member(name, labels=labels, is_block=True) for name, labels in shape.blocks.items()}
        schema = self._schema(path)
        if schema is not None:
            found |= _described(schema)
        if path and path[0][0] == "cluster" and len(path) == 1:
            found |= {name: Member(name, is_block=True) for name in self.registry.clouds()}
        if path and path[-1][0] in _TYPED:
            found["dynamic"] = Member("dynamic", "Blocks made by for_each.", labels=1, is_block=True)
        return found

    def labels(self, header: Header) -> list[str]:
        """What the next label of a block may be."""
        if header == ("resource",):
            return sorted(self.registry.types())
        if header == ("data",):
            return sorted(self.registry.data_types())
        return list(self.registry.names) if header == ("provider",) else []

    def attributes(self, block: TypedBlock) -> dict[str, Member]:
        """The attributes that a resource or data source has, those that only the service sets as well."""
        schema = self._of_type("data" if isinstance(block, Data) else "resource", block.type)
        return _described(schema, computed=True) if schema is not None else {}

    def _of_type(self, block: str, type_: str) -> Schema | None:
        kind: Kind | None = self.registry.data_kind(type_) if block == "data" else self.registry.kind(type_)
        return kind.schema if kind is not None else None

    def _schema(self, path: tuple[Header, ...]) -> Schema | None:
        if not path:
            return None
        if path[0][0] == "check":
            path = path[1:] or path
        (type_, *labels), inner = path[0], path[1:]
        schema: Schema | None = None
        if type_ in _TYPED and labels:
            schema = self._of_type(type_, labels[0])
        elif type_ == "provider" and labels:
            provider = self.registry.get(labels[0])
            schema = provider.schema if provider else None
        elif type_ == "app":
            schema = self.registry.apps.schema
        elif type_ == "cluster" and inner and inner[0][0] == "node_pool":
            schema, inner = clusters.NODE_POOL, inner[1:]
        elif type_ == "cluster" and inner and (cloud := self.registry.clouds().get(inner[0][0])) is not None:
            schema, inner = cloud.clusters.schema if cloud.clusters else None, inner[1:]
        elif type_ == "cluster":
            schema = clusters.SCHEMA
        for header in inner:
            block = schema.blocks.get(header[0]) if schema else None
            schema = block.schema if block else None
        return schema


def _without_dynamic(path: tuple[Header, ...]) -> tuple[Header, ...]:
    """`dynamic "ingress" { content {` holds what `ingress {` does."""
    made: list[Header] = []
    for index, header in enumerate(path):
        if header[0] == "content" and index and path[index - 1][0] == "dynamic":
            made[-1] = path[index - 1][1:]
        else:
            made.append(header)
    return tuple(header or ("",) for header in made)


def _described(schema: Schema, *, computed: bool = False) -> dict[str, Member]:
    found = {
        name: Member(name, _about(attribute), format_type(attribute.type), required=attribute.required)
        for name, attribute in schema.attributes.items()
        if attribute.configurable or computed
    }
    for name, block in schema.blocks.items():
        found[name] = Member(name, block.description, labels=block.labels, is_block=True, required=block.min_items > 0)
    return found


def _about(attribute: Attribute) -> str:
    notes = (
        (attribute.required, "Required."),
        (attribute.default is not None, f"By default {attribute.default!r}."),
        (attribute.immutable, "Another value makes a new one."),
        (not attribute.configurable, "Set by the service."),
        (attribute.sensitive, "Secret."),
    )
    return " ".join(part for part in (attribute.description, *(note for so, note in notes if so)) if part)
