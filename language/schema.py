"""What a resource, a provider block or a nested block may hold: the descriptions that kinds are made of.

Close to the schema of Terraform's plugin protocol (v6), so that its providers fit behind the same description. The
planner decodes blocks by it, `providers.contract.diff` plans by it, renderers and `validate` read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from language.types import ANY, List, Map, Object, Set, Type
from language.values import MapValue, Path, SetValue, rebuilt

Nesting = Literal["single", "group", "list", "set", "map"]
_COLLECTIONS = {"list": List, "set": Set, "map": Map}


@dataclass(frozen=True, slots=True)
class Nested:
    """Objects of one schema inside a value, and how they are held.

    `single` gives an object or null, `group` always an object; `list`, `set` and `map` give any number of them.
    """

    schema: Schema
    nesting: Nesting = "list"

    @property
    def type(self) -> Type:
        """The type of what holds the objects."""
        collection = _COLLECTIONS.get(self.nesting)
        return collection(self.item_type) if collection else self.item_type

    @property
    def item_type(self) -> Type:
        """The type of one of the objects."""
        return ANY if self.schema.any_attribute else self.schema.type

    @property
    def empty(self) -> Any:
        """What there is without any block."""
        match self.nesting:
            case "single":
                return None
            case "group":
                return self.schema.empty
            case "list":
                return ()
            case "set":
                return SetValue(self.item_type)
            case "map":
                return MapValue(self.item_type)

    def members(self, value: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
        """The objects that a value holds and that are known, each by its path in there."""
        if self.nesting in ("single", "group"):
            found: list[tuple[Path, Any]] = [((), value)]
        elif isinstance(value, dict):
            found = [((key,), member) for key, member in value.items()]
        else:
            found = [((index,), member) for index, member in enumerate(_elements(value))]
        return ((path, member) for path, member in found if isinstance(member, dict))

    def map(self, function: Callable[[Schema, dict[str, Any]], Any], value: Any) -> Any:
        """The value with what `function` makes of the schema and each object in it."""
        return self.changed(value, lambda _, member: function(self.schema, member))

    def changed(self, value: Any, change: Callable[[Path, dict[str, Any]], Any]) -> Any:
        """The value with what `change` makes of the path and each object in it; Python's lists are taken, too."""
        made = {path: change(path, member) for path, member in self.members(value)}
        if self.nesting in ("single", "group"):
            return made.get((), value)
        if isinstance(value, dict):
            return MapValue(self.item_type, {key: made.get((key,), member) for key, member in value.items()})
        if not isinstance(value, list | tuple | SetValue):
            return value
        elements = [made.get((index,), member) for index, member in enumerate(value)]
        if self.nesting == "set":
            return SetValue(self.item_type, elements)
        return rebuilt(value, elements)


def _elements(value: Any) -> Any:
    return value if isinstance(value, list | tuple | SetValue) else ()


@dataclass(frozen=True, slots=True)
class NestedBlock(Nested):
    """A block inside a block; those of a `map` have one label, their key. `computed`: there may be some of the
    service's own where none is written."""

    min_items: int = 0
    max_items: int | None = None
    immutable: bool = False
    computed: bool = False
    description: str = ""

    @property
    def labels(self) -> int:
        """How many labels such a block has."""
        return 1 if self.nesting == "map" else 0

    @property
    def most(self) -> int | None:
        """How many of them there may be."""
        return 1 if self.nesting in ("single", "group") else self.max_items


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: its type, who may set it, and what changing it means.

    `computed` alone is set by the service; with `optional` it is set by the service when the user is silent.
    `immutable` forces replacement. `write_only` is sent but never kept: null in all values but the
    configuration's. `default` applies when the user is silent and nothing computes it. `nested`: it holds objects whose
    attributes have rules of their own.
    """

    type: Type
    required: bool = False
    optional: bool = False
    computed: bool = False
    sensitive: bool = False
    immutable: bool = False
    write_only: bool = False
    default: Any = None
    description: str = ""
    nested: Nested | None = None

    @property
    def configurable(self) -> bool:
        """Whether the configuration may set it."""
        return self.required or self.optional

    @property
    def written_type(self) -> Type:
        """The type of what is written: of nested attributes, those that are not required may be left out."""
        if self.nested is None:
            return self.type
        collection = _COLLECTIONS.get(self.nested.nesting)
        written = self.nested.schema.written_type
        return collection(written) if collection else written


@dataclass(frozen=True)
class Schema:
    """Attributes and nested blocks by name; `version` grows when the shape of stored values changes.

    With `any_attribute` it says nothing of what there may be: any attribute, and no blocks.
    """

    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    blocks: Mapping[str, NestedBlock] = field(default_factory=dict)
    version: int = 0
    any_attribute: bool = False

    @cached_property
    def type(self) -> Object:
        """The type of the values: every attribute and every block is present, null or empty where absent."""
        members = {name: attribute.type for name, attribute in self.attributes.items()}
        return Object(members | {name: block.type for name, block in self.blocks.items()})

    @cached_property
    def written_type(self) -> Object:
        """The type of an object that is written as a value."""
        members = {name: attribute.written_type for name, attribute in self.attributes.items()}
        defaults = {name: each.default for name, each in self.attributes.items() if each.default is not None}
        return Object(members, frozenset(n for n, each in self.attributes.items() if not each.required), defaults)

    @cached_property
    def nested(self) -> Mapping[str, Nested]:
        """What holds objects with a schema of their own, attributes and blocks."""
        attributes = {name: each.nested for name, each in self.attributes.items() if each.nested is not None}
        return {**attributes, **self.blocks}

    @cached_property
    def has_write_only(self) -> bool:
        """Whether an attribute, here or in what is nested, is write-only."""
        own = any(attribute.write_only for attribute in self.attributes.values())
        return own or any(nested.schema.has_write_only for nested in self.nested.values())

    @cached_property
    def has_sensitive(self) -> bool:
        """Whether an attribute, here or in what is nested, is sensitive."""
        own = any(attribute.sensitive for attribute in self.attributes.values())
        return own or any(nested.schema.has_sensitive for nested in self.nested.values())

    @cached_property
    def determines_configuration(self) -> bool:
        """Whether known values tell what the configuration sets: nothing is chosen by the service where it is silent,
        and nothing of it is left out."""
        hidden = any(each.write_only or (each.configurable and each.computed) for each in self.attributes.values())
        if hidden or any(block.computed for block in self.blocks.values()):
            return False
        return all(nested.schema.determines_configuration for nested in self.nested.values())

    @property
    def empty(self) -> dict[str, Any]:
        """Values that say nothing: null attributes, no blocks."""
        return {**dict.fromkeys(self.attributes), **{name: block.empty for name, block in self.blocks.items()}}


def required(type_: Type, **more: Any) -> Attribute:
    """An attribute that the user must set."""
    return Attribute(type_, required=True, **more)


def optional(type_: Type, **more: Any) -> Attribute:
    """An attribute that the user may set."""
    return Attribute(type_, optional=True, **more)


def computed(type_: Type, **more: Any) -> Attribute:
    """An attribute that the service sets."""
    return Attribute(type_, computed=True, **more)


def optional_computed(type_: Type, **more: Any) -> Attribute:
    """An attribute that the user may set, and the service sets otherwise."""
    return Attribute(type_, optional=True, computed=True, **more)


def nested(schema: Schema, nesting: Nesting = "single", **more: Any) -> Attribute:
    """An attribute that holds objects of a schema, which has no blocks."""
    held = Nested(schema, nesting)
    return Attribute(held.type, nested=held, **more)
