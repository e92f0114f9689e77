"""The portable cluster, and the part of a cloud's provider that makes it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic

from language.diagnostics import Span
from language.schema import Schema
from providers.contract.expansion import Expansion
from providers.contract.values import ClientT, Values


@dataclass(frozen=True)
class NodePool:
    """A pool of nodes as the portable cluster names it. Memory in GiB, disk in GB."""

    name: str
    min: int
    max: int
    desired: int | None = None
    cpu: int | None = None
    memory_gb: int | None = None
    machine_type: str | None = None
    disk_gb: int | None = None
    spot: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Mapping[str, str], ...] = ()
    span: Span | None = None


@dataclass(frozen=True)
class ClusterSpec:
    """The portable cluster block, evaluated. `cloud` holds the values of the block that only this cloud has."""

    name: str
    full_name: str
    region: str
    version: str | None
    cidr: str
    node_pools: tuple[NodePool, ...]
    tags: Mapping[str, str]
    cloud: Values
    span: Span | None = None


@dataclass(frozen=True)
class ClusterToken:
    """A bearer token and when it ends, in seconds since the epoch."""

    token: str = field(repr=False)
    expires: float


@dataclass(frozen=True)
class ClientCertificate:
    """A client certificate and its key, both PEM."""

    certificate: str
    key: str = field(repr=False)


@dataclass(frozen=True)
class ClusterAccess:
    """How to reach a cluster: its API's endpoint, its CA (PEM), and fresh tokens or a client certificate.

    `identity` names this very cluster.
    """

    identity: str
    endpoint: str
    ca_certificate: str
    credentials: Callable[[], ClusterToken] | ClientCertificate


class ClusterHost(ABC, Generic[ClientT]):
    """The part of a cloud's provider that makes portable clusters."""

    schema: Schema
    """What the cloud's own block inside `cluster` may hold."""
    outputs: Mapping[str, str]
    """What each output is; `name`, `endpoint` and `ca_certificate` (PEM) are among them."""

    @abstractmethod
    def expand(self, spec: ClusterSpec, existing: Mapping[str, Values]) -> Expansion:
        """The resources of the cluster, and its outputs. Offline.

        `existing` has the values of those that exist, by name: what the block leaves open is chosen once, and then
        kept from them.
        """

    @abstractmethod
    def access(self, client: ClientT, outputs: Values) -> ClusterAccess:
        """How to reach the cluster that has these (known) outputs."""
