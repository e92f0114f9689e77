"""One folder a provider; the planner knows them by `contract` only and finds them here, by entry point.

A provider's entry point in the group `freehold.providers` is named as its types begin:
"aws" for "aws_vpc".
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points

from language.diagnostics import FreeholdError, error
from providers.contract import AppHost, DataKind, Provider, ResourceKind

GROUP = "freehold.providers"


class Registry:
    """The providers that are installed, each loaded when it is first asked for."""

    def __init__(self, providers: Mapping[str, Provider] | None = None) -> None:
        self._loaded: dict[str, Provider] = dict(providers or {})

    @cached_property
    def _entries(self) -> dict[str, EntryPoint]:
        return {entry.name: entry for entry in entry_points(group=GROUP)}

    @property
    def names(self) -> list[str]:
        """Of all providers, loaded or not."""
        return sorted({*self._entries, *self._loaded})

    def get(self, name: str) -> Provider | None:
        """The provider of that name, or None."""
        if name not in self._loaded and name in self._entries:
            self._loaded[name] = self._entries[name].load()
        return self._loaded.get(name)

    def of_type(self, type_: str) -> Provider | None:
        """The provider whose types begin as this one does, or None."""
        names = [name for name in self.names if type_.startswith(f"{name}_")]
        return self.get(max(names, key=len)) if names else None

    def kind(self, type_: str) -> ResourceKind | None:
        """The kind of that type, or None."""
        provider = self.of_type(type_)
        return provider.kinds.get(type_) if provider else None

    def data_kind(self, type_: str) -> DataKind | None:
        """The kind of data source of that type, or None."""
        provider = self.of_type(type_)
        return provider.data_kinds.get(type_) if provider else None

    def types(self) -> list[str]:
        """The types of resources of all providers."""
        found = (self.get(name) for name in self.names)
        return [type_ for provider in found if provider is not None for type_ in provider.kinds]

    def data_types(self) -> list[str]:
        """The types of data sources of all providers."""
        found = (self.get(name) for name in self.names)
        return [type_ for provider in found if provider is not None for type_ in provider.data_kinds]

    @property
    def apps(self) -> AppHost:
        """What turns apps into objects. Raises FreeholdError where it is not installed."""
        provider = self.get("kubernetes")
        if provider is None or provider.apps is None:
            detail = "Apps need the kubernetes provider, which is not installed."
            raise FreeholdError([error("Unknown provider", detail)])
        return provider.apps

    def clouds(self) -> dict[str, Provider]:
        """The providers that make portable clusters."""
        found = {name: self.get(name) for name in self.names}
        return {name: provider for name, provider in found.items() if provider is not None and provider.clusters}
