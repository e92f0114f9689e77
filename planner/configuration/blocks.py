"""A stack as it was written: its blocks, sorted by what they are, nothing evaluated yet; its modules below it.

`load` makes it from the files; `references` finds who refers to whom; `planner.evaluation` gives values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from graph.addresses import split_index, unkeyed
from language.diagnostics import Sources, Span
from language.overriding import override
from language.types import Type
from language.values import EPHEMERAL, SENSITIVE

if TYPE_CHECKING:
    from language.body import Body
    from language.expressions import Expression
    from language.traversal import Traversal

MISSING: Any = object()
"""The default of a variable that has none (null is a value)."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A validation, precondition, postcondition or assertion: what has to hold, and what to say when it does not."""

    condition: Expression
    error_message: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Variable:
    """A `variable`, with its declared type and default."""

    name: str
    span: Span
    type: Type
    default: Any = MISSING
    sensitive: bool = False
    ephemeral: bool = False
    nullable: bool = True
    description: str = ""
    validations: tuple[Condition, ...] = ()

    @property
    def address(self) -> str:
        """As an expression refers to it: "var.NAME"."""
        return f"var.{self.name}"

    @property
    def marks(self) -> int:
        """Of its value."""
        return _marks(self)


@dataclass(frozen=True, slots=True)
class Local:
    """One value of a `locals` block."""

    name: str
    span: Span
    value: Expression

    @property
    def address(self) -> str:
        """As an expression refers to it: "local.NAME"."""
        return f"local.{self.name}"


@dataclass(frozen=True, slots=True)
class Output:
    """An `output` of a module."""

    name: str
    span: Span
    value: Expression
    sensitive: bool = False
    ephemeral: bool = False
    description: str = ""
    depends_on: tuple[Traversal, ...] = ()
    preconditions: tuple[Condition, ...] = ()

    @property
    def address(self) -> str:
        """Unique in its module: "output.NAME"."""
        return f"output.{self.name}"

    @property
    def marks(self) -> int:
        """Of its value."""
        return _marks(self)


def _marks(block: Variable | Output) -> int:
    return (SENSITIVE if block.sensitive else 0) | (EPHEMERAL if block.ephemeral else 0)


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """`ignore_changes` holds paths as traversals; `ignore_all` is for the keyword `all`."""

    create_before_destroy: bool = False
    prevent_destroy: bool = False
    ignore_changes: tuple[Traversal, ...] = ()
    ignore_all: bool = False
    replace_triggered_by: tuple[Expression, ...] = ()
    preconditions: tuple[Condition, ...] = ()
    postconditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class TypedBlock:
    """What `resource` and `data` blocks share: a provider's type describes them, and they may have several instances.

    `provider` is the configuration that it names, where it does.
    """

    type: str
    name: str
    span: Span
    body: Body
    count: Expression | None = None
    for_each: Expression | None = None
    depends_on: tuple[Traversal, ...] = ()
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    provider: Traversal | None = None

    @property
    def address(self) -> str:
        """As an expression refers to it: "TYPE.NAME"."""
        return f"{self.type}.{self.name}"


@dataclass(frozen=True, slots=True)
class Resource(TypedBlock):
    """A `resource` block."""


@dataclass(frozen=True, slots=True)
class Data(TypedBlock):
    """A `data` block. `check` is the name of the `check` block that it stands in, which alone may refer to it."""

    check: str = ""

    @property
    @override
    def address(self) -> str:
        return f"data.{self.type}.{self.name}"


@dataclass(frozen=True, slots=True)
class ModuleCall:
    """A `module` block. `body` holds its arguments; `providers` maps its provider configurations to the caller's."""

    name: str
    span: Span
    source: str
    source_span: Span
    version: str
    body: Body
    count: Expression | None = None
    for_each: Expression | None = None
    depends_on: tuple[Traversal, ...] = ()
    providers: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """As an expression refers to it: "module.NAME"."""
        return f"module.{self.name}"


@dataclass(frozen=True, slots=True)
class ProviderBlock:
    """A configured provider: its default configuration, or another one under an alias."""

    name: str
    span: Span
    body: Body
    alias: str = ""

    @property
    def key(self) -> str:
        """How it is referred to: "aws" or "aws.west"."""
        return f"{self.name}.{self.alias}" if self.alias else self.name

    @property
    def address(self) -> str:
        """Unique in its module: "provider.KEY"."""
        return f"provider.{self.key}"


@dataclass(frozen=True, slots=True)
class RequiredProvider:
    """An entry of `required_providers`. `aliases` are the configurations that a module is to be given."""

    name: str
    span: Span
    source: str = ""
    version: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """A `check` block: assertions that are told when they do not hold, and stop nothing."""

    name: str
    span: Span
    asserts: tuple[Condition, ...]

    @property
    def address(self) -> str:
        """Unique in its module: "check.NAME"."""
        return f"check.{self.name}"


@dataclass(frozen=True, slots=True)
class Move:
    """A `moved` block."""

    source: Traversal
    destination: Traversal
    span: Span


@dataclass(frozen=True, slots=True)
class Removal:
    """A `removed` block; with `destroy` off, what exists is left alone."""

    source: Traversal
    destroy: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Import:
    """An `import` block. `to` are the steps of the address that is imported to, with keys as expressions."""

    to: tuple[str | Expression, ...]
    to_span: Span
    id: Expression
    for_each: Expression | None
    span: Span

    @property
    def block(self) -> str:
        """The address of the resource's block."""
        return ".".join(step for step in self.to if isinstance(step, str))

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """All that is evaluated for each import, `each` at hand."""
        return (self.id, *(step for step in self.to if not isinstance(step, str)))


@dataclass(frozen=True, slots=True)
class Cluster:
    """A `cluster` block. Its body has the node pools and the blocks that only one cloud has."""

    name: str
    span: Span
    body: Body
    depends_on: tuple[Traversal, ...] = ()

    @property
    def address(self) -> str:
        """As an expression refers to it: "cluster.NAME"."""
        return f"cluster.{self.name}"


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
    """An `app` block. Its body has the manifests; `cluster` leads to a cluster block, maybe through a variable."""

    name: str
    span: Span
    body: Body
    cluster: Traversal
    objects: tuple[ObjectBlock, ...] = ()
    depends_on: tuple[Traversal, ...] = ()

    @property
    def address(self) -> str:
        """As an expression refers to it: "app.NAME"."""
        return f"app.{self.name}"


@dataclass(frozen=True, slots=True)
class BackendBlock:
    """The `backend` block: where the state is kept."""

    type: str
    span: Span
    body: Body


@dataclass(frozen=True, slots=True)
class Stack:
    """The `stack` block, or what takes its place where there is none."""

    name: str
    span: Span | None = None
    required_version: str = ""
    backend: BackendBlock | None = None


Placed: TypeAlias = Resource | Cluster | App
"""The blocks that put something somewhere."""

Node: TypeAlias = Variable | Local | Output | ProviderBlock | ModuleCall | Check | Data | Placed
"""The blocks that can be waited for: the nodes of the graph of references."""


@dataclass
class Configuration:
    """All blocks of a stack or a module by their address, and the modules that it calls.

    `path` are the names of the calls that lead here, none for the stack. `digest` (the stack's) changes with any byte
    of all files, manifests aside. `damaged`: where the blocks are that have an error in their syntax.
    `has_all_names`: whether, for all that, each block's name could be read.
    """

    directory: Path
    stack: Stack
    sources: Sources
    digest: str = ""
    damaged: list[Span] = field(default_factory=list)
    has_all_names: bool = True
    path: tuple[str, ...] = ()
    variables: dict[str, Variable] = field(default_factory=dict)
    locals: dict[str, Local] = field(default_factory=dict)
    outputs: dict[str, Output] = field(default_factory=dict)
    providers: dict[str, ProviderBlock] = field(default_factory=dict)
    required_providers: dict[str, RequiredProvider] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)
    data: dict[str, Data] = field(default_factory=dict)
    clusters: dict[str, Cluster] = field(default_factory=dict)
    apps: dict[str, App] = field(default_factory=dict)
    calls: dict[str, ModuleCall] = field(default_factory=dict)
    checks: dict[str, Check] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    modules: dict[str, Configuration] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """What stands before its blocks' addresses: "module.net." """
        return "".join(f"module.{name}." for name in self.path)

    @property
    def where(self) -> str:
        """For people: "this stack", or "module net"."""
        return f"module {'.'.join(self.path)}" if self.path else "this stack"

    def is_damaged_at(self, span: Span | None) -> bool:
        """Whether a span begins in something whose syntax is broken: what it seems to lack may be there."""
        return span is not None and any(part.holds(span) for part in self.damaged)

    def placed(self) -> Iterator[Placed]:
        """In the order of the files: clusters and the resources beside them, then apps."""
        yield from self.resources.values()
        yield from self.clusters.values()
        yield from self.apps.values()

    def nodes(self) -> Iterator[Node]:
        """Every block that can be waited for."""
        for table in (self.variables, self.locals, self.providers, self.calls, self.data):
            yield from table.values()
        yield from self.placed()
        yield from self.outputs.values()
        yield from self.checks.values()

    def tree(self) -> Iterator[Configuration]:
        """It and all modules below it, callers first."""
        yield self
        for module in self.modules.values():
            yield from module.tree()

    def at(self, path: Iterable[str]) -> Configuration | None:
        """The module that a path of calls leads to."""
        found: Configuration | None = self
        for name in path:
            found = found.modules.get(name) if found else None
        return found

    def declares(self, address: str) -> bool:
        """Whether it or a module below has a block of this address (with or without indexes)."""
        plain = unkeyed(split_index(address)[0])
        return any(
            plain == module.prefix + block.address for module in self.tree() for block in module.placed()
        ) or any(plain + "." == module.prefix for module in self.tree() if module.path)
