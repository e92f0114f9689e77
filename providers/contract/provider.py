"""A provider: what it is called, its kinds, and how it is configured."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from language.schema import Schema
from providers.contract.app import AppHost
from providers.contract.cluster import ClusterHost
from providers.contract.data import DataKind
from providers.contract.environment import Environment
from providers.contract.kind import ResourceKind
from providers.contract.values import Client, Values


class Provider(ABC):
    """A provider: its block's schema, its kinds, and how it is configured."""

    name: str
    source: str
    """Its address in Terraform's registry, which policies and scanners know: "registry.terraform.io/hashicorp/aws"."""
    schema: Schema = Schema()

    @property
    @abstractmethod
    def kinds(self) -> Mapping[str, ResourceKind]:
        """By type name."""

    @property
    def data_kinds(self) -> Mapping[str, DataKind]:
        """By type name."""
        return {}

    @abstractmethod
    def configure(self, config: Values, environment: Environment) -> Client:
        """A client that many threads may use. Raises AccessDenied or Unreachable with advice; makes no calls itself
        beyond what credentials need."""

    def identity(self, client: Client) -> str:
        """Whose account, or which cluster, the client acts on, as the service itself says: a saved plan is for this
        alone. Raises ProviderError."""
        return self.source

    @property
    def clusters(self) -> ClusterHost | None:
        return None

    @property
    def apps(self) -> AppHost | None:
        return None
