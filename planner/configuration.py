"""A stack as it was written: its blocks, sorted by what they are, nothing evaluated yet.

`planner.load` makes it from the files; `planner.references` finds who refers to whom; `planner.evaluate` gives values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from language.diagnostics import Sources, Span
from language.types import Type

if TYPE_CHECKING:
    from language.body import Body
    from language.expressions import Expression, Traversal

MISSING: Any = object()
"""The default of a variable that has none (null is a value)."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A `validation` block: what has to hold, and what to say when it does not."""

    condition: Expression
    error_message: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    span: Span
    type: Type
    default: Any = MISSING
    sensitive: bool = False
    nullable: bool = True
    description: str = ""
    validations: tuple[Condition, ...] = ()

    @property
    def address(self) -> str:
        return f"var.{self.name}"


@dataclass(frozen=True, slots=True)
class Local:
    name: str
    span: Span
    value: Expression

    @property
    def address(self) -> str:
        return f"local.{self.name}"


@dataclass(frozen=True, slots=True)
class Output:
    name: str
    span: Span
    value: Expression
    sensitive: bool = False
    description: str = ""
    depends_on: tuple[Traversal, ...] = ()

    @property
    def address(self) -> str:
        return f"output.{self.name}"


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """`ignore_changes` holds paths as traversals; `ignore_all` is for the keyword `all`."""

    create_before_destroy: bool = False
    prevent_destroy: bool = False
    ignore_changes: tuple[Traversal, ...] = ()
    ignore_all: bool = False
    replace_triggered_by: tuple[Traversal, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    type: str
    name: str
    span: Span
    body: Body
    count: Expression | None = None
    for_each: Expression | None = None
    depends_on: tuple[Traversal, ...] = ()
    lifecycle: Lifecycle = field(default_factory=Lifecycle)

    @property
    def address(self) -> str:
        return f"{self.type}.{self.name}"


@dataclass(frozen=True, slots=True)
class ProviderBlock:
    name: str
    span: Span
    body: Body

    @property
    def address(self) -> str:
        return f"provider.{self.name}"


@dataclass(frozen=True, slots=True)
class NodePoolBlock:
    name: str
    span: Span
    body: Body


@dataclass(frozen=True, slots=True)
class Cluster:
    """`clouds` are the blocks that only one cloud has, by the provider's name."""

    name: str
    span: Span
    body: Body
    node_pools: tuple[NodePoolBlock, ...] = ()
    clouds: Mapping[str, tuple[Body, Span]] = field(default_factory=dict)
    depends_on: tuple[Traversal, ...] = ()

    @property
    def address(self) -> str:
        return f"cluster.{self.name}"


@dataclass(frozen=True, slots=True)
class ManifestBlock:
    name: str
    span: Span
    body: Body


@dataclass(frozen=True, slots=True)
class ObjectBlock:
    """The rules for one object of an app."""

    key: str
    span: Span
    ready: Body | None = None
    ignore_changes: Expression | None = None
    prevent_destroy: bool = False


@dataclass(frozen=True, slots=True)
class App:
    name: str
    span: Span
    body: Body
    cluster: Traversal
    manifests: tuple[ManifestBlock, ...] = ()
    objects: tuple[ObjectBlock, ...] = ()
    depends_on: tuple[Traversal, ...] = ()

    @property
    def address(self) -> str:
        return f"app.{self.name}"


@dataclass(frozen=True, slots=True)
class BackendBlock:
    type: str
    span: Span
    body: Body


@dataclass(frozen=True, slots=True)
class Stack:
    name: str
    span: Span | None = None
    required_version: str = ""
    backend: BackendBlock | None = None


Placed: TypeAlias = Resource | Cluster | App
"""The blocks that put something somewhere."""


@dataclass
class Configuration:
    """All blocks of a stack by their address. `digest` changes with any byte of its files, manifests aside."""

    directory: Path
    stack: Stack
    sources: Sources
    digest: str = ""
    variables: dict[str, Variable] = field(default_factory=dict)
    locals: dict[str, Local] = field(default_factory=dict)
    outputs: dict[str, Output] = field(default_factory=dict)
    providers: dict[str, ProviderBlock] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)
    clusters: dict[str, Cluster] = field(default_factory=dict)
    apps: dict[str, App] = field(default_factory=dict)

    def placed(self) -> Iterator[Placed]:
        """In the order of the files: clusters and the resources beside them, then apps."""
        yield from self.resources.values()
        yield from self.clusters.values()
        yield from self.apps.values()
