"""A provider: what it is called, its kinds, and how it is configured."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Generic

from language.functions.contract import Function
from language.schema import Schema
from providers.contract.app import AppHost
from providers.contract.cluster import ClusterHost
from providers.contract.data import DataKind
from providers.contract.environment import Environment
from providers.contract.kind import Call, ResourceKind
from providers.contract.values import ClientT, Values


class Provider(ABC, Generic[ClientT]):
    """A provider: its block's schema, its kinds, and how it is configured.

    `source`: its address in Terraform's registry, which policies and scanners know. `cloud`: what stacks call the cloud
    that it makes clusters on ("gcp" of the provider "google"); empty where it makes none. `exec_variables`: what a
    command that gives a cluster's credentials needs of the environment to act as the same person in the same place;
    they are written into kubeconfigs, and so hold no secret.
    """

    name: str
    source: str
    schema: Schema = Schema()
    cloud: str = ""
    exec_variables: tuple[str, ...] = ()

    @property
    def type_prefixes(self) -> tuple[str, ...]:
        """What the names of its types begin with."""
        return (f"{self.name}_",)

    @property
    @abstractmethod
    def kinds(self) -> Mapping[str, ResourceKind[ClientT]]:
        """By type name."""

    @property
    def data_kinds(self) -> Mapping[str, DataKind[ClientT]]:
        """By type name."""
        return {}

    @property
    def functions(self) -> Mapping[str, Function]:
        """By name, as in `provider::aws::NAME(...)`. They ask nobody: the provider need not be configured."""
        return {}

    @abstractmethod
    def configure(self, config: Values, environment: Environment) -> ClientT:
        """A client that many threads may use. Raises AccessDenied or Unreachable with advice; makes no calls itself
        beyond what credentials need."""

    def close(self, client: ClientT) -> None:
        """Let go of what the client holds: connections, threads, processes. Nothing is asked of it after that."""
        return

    def tags(self, call: Call) -> Mapping[str, str]:
        """What goes on everything that a call makes and that can be tagged: the stack, lineage and address, in the
        characters that the service takes."""
        return {}

    def identity(self, client: ClientT) -> str:
        """Whose account, or which cluster, the client acts on, as the service itself says: a saved plan is for this
        alone. Raises ProviderError."""
        return self.source

    @property
    def clusters(self) -> ClusterHost[ClientT] | None:
        """What makes clusters of `cluster` blocks; None where the provider has none."""
        return None

    @property
    def apps(self) -> AppHost[ClientT] | None:
        """What turns apps into objects; None where the provider has none."""
        return None
