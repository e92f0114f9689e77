"""A provider: what it is called, its kinds, and how it is configured."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Generic

from language.schema import Schema
from providers.contract.app import AppHost
from providers.contract.cluster import ClusterHost
from providers.contract.data import DataKind
from providers.contract.environment import Environment
from providers.contract.kind import ResourceKind
from providers.contract.values import ClientT, Values


class Provider(ABC, Generic[ClientT]):
    """A provider: its block's schema, its kinds, and how it is configured."""

    name: str
    source: str
    """Its address in Terraform's registry, which policies and scanners know: "registry.terraform.io/hashicorp/aws"."""
    schema: Schema = Schema()

    @property
    @abstractmethod
    def kinds(self) -> Mapping[str, ResourceKind[ClientT]]:
        """By type name."""

    @property
    def data_kinds(self) -> Mapping[str, DataKind[ClientT]]:
        """By type name."""
        return {}

    @abstractmethod
    def configure(self, config: Values, environment: Environment) -> ClientT:
        """A client that many threads may use. Raises AccessDenied or Unreachable with advice; makes no calls itself
        beyond what credentials need."""

    def close(self, client: ClientT) -> None:
        """Let go of what the client holds: connections, threads, processes. Nothing is asked of it after that."""
        return

    def identity(self, client: ClientT) -> str:
        """Whose account, or which cluster, the client acts on: a saved plan is for this alone."""
        return self.source

    @property
    def clusters(self) -> ClusterHost[ClientT] | None:
        return None

    @property
    def apps(self) -> AppHost[ClientT] | None:
        return None
