"""The app: what its block may hold, where its objects come from, and the part of the Kubernetes provider that makes
them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeAlias

from language.diagnostics import Diagnostic, Span
from language.schema import Schema, optional
from language.types import BOOL, STRING
from providers.contract.cluster import ClusterAccess
from providers.contract.environment import Environment
from providers.contract.expansion import Expanded, Expansion
from providers.contract.values import ClientT, Contents, ValuePath, Values

APP = Schema(
    {
        "namespace": optional(STRING, description="Where its objects are put that name no namespace; created for it."),
        "timeout": optional(STRING, default="10m", description="For each of its objects to be ready."),
        "wait": optional(BOOL, default=True, description="Whether to wait until its objects are ready."),
        "force_conflicts": optional(BOOL, default=False, description="Take over fields that another applier holds."),
        "adopt": optional(BOOL, default=False, description="Take over objects that exist already."),
    }
)
"""What an `app` block holds wherever its objects come from."""


class Capabilities(ABC):
    """What a cluster can do, as far as rendering may depend on it. Asked of the cluster when it is needed."""

    @property
    @abstractmethod
    def version(self) -> str:
        """Its Kubernetes version, as "v1.35.0"."""

    @property
    @abstractmethod
    def api_versions(self) -> frozenset[str]:
        """The groups and versions that it serves, as "v1" and "apps/v1"."""


Pins: TypeAlias = MutableMapping[str, Mapping[str, str]]
"""What the stack's lock file says of each thing that a source of apps fetched: names and texts, by its label."""


@dataclass(frozen=True)
class SourceConfig:
    """What an app block says to its sources: values by the app's schema, marked, `Unknown` where not known yet.

    `spans` has where attributes and blocks stand, by their paths: ("manifests",), ("manifest", "settings").
    Relative paths begin at `folder`. `fetched` is what the source fetched.
    """

    values: Values
    spans: Mapping[ValuePath, Span] = field(default_factory=dict)
    folder: Path = Path()
    fetched: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class AppObject:
    """An object as its source gives it, marked, `Unknown` where not known yet, and where it was written.

    `path` is where its values stand in the source's configuration, for what is written there.
    """

    value: Any
    span: Span | None = None
    path: ValuePath = ()


@dataclass(frozen=True)
class DeferredObject:
    """What cannot be rendered yet, since the value at `path` of the source's configuration is not known.

    `name` is its address below the app, with "*" for what is not known of that.
    """

    path: ValuePath
    name: str = "*"
    type: str = "kubernetes_manifest"


@dataclass(frozen=True)
class Rendered:
    """What a source gives. `texts` are those of the files that it was rendered from, by the place that they were found
    at and their paths."""

    objects: tuple[AppObject, ...] = ()
    deferred: tuple[DeferredObject, ...] = ()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


class AppSource(ABC):
    """Where objects of an app come from."""

    name: str
    schema: Schema
    """The attributes and blocks that it adds to the `app` block."""

    def fetch(self, config: SourceConfig, pins: Pins) -> Mapping[str, Path]:
        """Bring what is rendered to this machine: what is pinned as it is pinned, what is not is pinned. Called before
        it is rendered, and by `init`, which keeps the pins. Raises a ProviderError."""
        return {}

    @abstractmethod
    def render(self, config: SourceConfig, capabilities: Capabilities | None) -> Rendered:
        """The objects of an app. `capabilities` is None while its cluster does not exist. Changes nothing anywhere."""

    def read(self, folder: Path, place: str) -> Mapping[str, str]:
        """The texts of the files at a place of `Rendered.texts`, as they are by now; none that cannot be read."""
        return {}


@dataclass(frozen=True)
class ObjectRule:
    """What the app says of one object: `key` is "apps/Deployment/web" or "apps/Deployment/namespace/web"."""

    key: str
    ready: Mapping[str, Any] | None = None
    ignore_changes: tuple[str, ...] = ()
    prevent_destroy: bool = False
    span: Span | None = None


@dataclass(frozen=True)
class AppSpec:
    """The app block, evaluated; `config` is for its sources, `pins` gives a source's by its name."""

    name: str
    namespace: str | None
    config: SourceConfig
    pins: Callable[[str], Pins] = lambda source: {}
    rules: tuple[ObjectRule, ...] = ()
    wait: bool = True
    timeout: float = 600.0
    force_conflicts: bool = False
    adopt: bool = False
    span: Span | None = None


@dataclass(frozen=True)
class AppExpansion(Expansion):
    """What an app becomes: its objects, and as far as that is not known yet what is `deferred`.

    `namespace` is created for it and all others that use it, unless an app on the same cluster has an object of that
    name. `texts` are of files, by the source and the place that they were found at, and by their paths.
    """

    namespace: Expanded | None = None
    deferred: tuple[DeferredObject, ...] = ()
    texts: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)


class AppHost(ABC, Generic[ClientT]):
    """The part of the Kubernetes provider that turns apps into objects."""

    @property
    @abstractmethod
    def sources(self) -> Mapping[str, AppSource]:
        """Where objects may come from, by name."""

    @property
    @abstractmethod
    def schema(self) -> Schema:
        """What an `app` block may hold: `APP`, and what the sources add."""

    @abstractmethod
    def fetch(self, spec: AppSpec) -> None:
        """What the app's sources fetch. Raises a ProviderError."""

    @abstractmethod
    def expand(self, spec: AppSpec, capabilities: Capabilities | None) -> AppExpansion:
        """Every object of the app."""

    @abstractmethod
    def namespace_of(self, values: Values) -> Expanded | None:
        """The namespace that an object is in, as it is created for apps; None where every cluster has it, or where it
        is not known."""

    @abstractmethod
    def capabilities(self, client: ClientT) -> Capabilities:
        """Of the cluster that a client is of."""

    @abstractmethod
    def contents(self, client: ClientT, known: Sequence[Mapping[str, Any]]) -> Contents:
        """What a cluster holds beside its own parts, less what belongs to objects of the `known` identities. Raises a
        ProviderError when it cannot tell."""

    @abstractmethod
    def contents_of_nodes(self, client: ClientT, labels: Mapping[str, str]) -> Contents:
        """What is kept on the nodes with these labels, and nowhere else. Raises a ProviderError when it cannot tell."""

    @abstractmethod
    def order(self, objects: Mapping[str, Values]) -> Iterable[tuple[str, str]]:
        """Which of a cluster's objects (address -> values) come before which: (before, after) pairs, without cycles.

        CRDs before their objects, namespaces before their contents, what is referred to before what refers.
        """

    @abstractmethod
    def connect(self, access: ClusterAccess, environment: Environment) -> ClientT:
        """A client for a cluster that a cloud's provider gives access to."""

    @abstractmethod
    def reach(self, client: ClientT) -> None:
        """Ask the cluster something small. Raises Unreachable or AccessDenied, once for all of its objects."""
