"""What a resource, a provider block or a nested block may hold: the descriptions that kinds are made of.

Close to the schema of Terraform's plugin protocol (v6), so that its providers fit behind the same description. The
planner decodes blocks by it, `providers.contract.diff` plans by it, renderers and `validate` read it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from language.types import ANY, List, Map, Object, Set, Type
from language.values import SetValue

Nesting = Literal["single", "list", "set", "map"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: its type, who may set it, and what changing it means.

    `computed` alone is set by the service; with `optional` it is set by the service when the user is silent.
    `immutable` forces replacement. `write_only` is sent but never kept. `default` applies when the user is silent
    and nothing computes it.
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

    @property
    def settable(self) -> bool:
        return self.required or self.optional


@dataclass(frozen=True, slots=True)
class NestedBlock:
    """A block inside a block. `single` gives an object or null; `list` and `set` give a sequence of objects; `map`
    gives objects by the one label that each block has."""

    schema: Schema
    nesting: Nesting = "list"
    min_items: int = 0
    max_items: int | None = None
    immutable: bool = False
    computed: bool = False
    description: str = ""

    @property
    def empty(self) -> Any:
        """Its value where there is none."""
        return {"single": None, "list": (), "set": SetValue(ANY), "map": {}}[self.nesting]

    @property
    def type(self) -> Type:
        """The type of its values."""
        inner: Type = ANY if self.schema.any_attribute else self.schema.type
        wrap: dict[Nesting, Callable[[Type], Type]] = {"list": List, "set": Set, "map": Map}
        return wrap[self.nesting](inner) if self.nesting in wrap else inner


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
        members: dict[str, Type] = {name: attribute.type for name, attribute in self.attributes.items()}
        return Object(members | {name: block.type for name, block in self.blocks.items()})

    @property
    def empty(self) -> dict[str, Any]:
        """Values that say nothing: null attributes, no blocks."""
        made: dict[str, Any] = dict.fromkeys(self.attributes)
        for name, block in self.blocks.items():
            made[name] = block.empty
        return made


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
