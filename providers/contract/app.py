"""The app, and the part of the Kubernetes provider that turns it into objects."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic

from language.diagnostics import Span
from providers.contract.cluster import ClusterAccess
from providers.contract.environment import Environment
from providers.contract.expansion import Expansion
from providers.contract.values import ClientT, Values


@dataclass(frozen=True)
class ManifestSource:
    """Manifests of an app: an object written in the configuration, or a text of YAML documents from a file."""

    span: Span | None
    value: Any = None
    text: str | None = None
    file: str = ""


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
    """The app block, evaluated."""

    name: str
    namespace: str | None
    sources: tuple[ManifestSource, ...]
    rules: tuple[ObjectRule, ...]
    wait: bool = True
    timeout: float = 600.0
    force_conflicts: bool = False
    adopt: bool = False
    span: Span | None = None


class AppHost(ABC, Generic[ClientT]):
    """The part of the Kubernetes provider that turns apps into objects."""

    @abstractmethod
    def expand(self, spec: AppSpec, brought: frozenset[str]) -> Expansion:
        """Every object of the app. Its namespace is added unless it is in `brought` or one of the manifests."""

    @abstractmethod
    def namespaces(self, spec: AppSpec) -> frozenset[str]:
        """The namespaces that the app's own manifests bring."""

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
