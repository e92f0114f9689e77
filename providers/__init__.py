"""One folder a provider; the planner knows them by `contract` only and finds them here, by entry point.

A provider's entry point in the group `freehold.providers` has the provider's name, "aws" for `aws_vpc`; it is found the
sooner where its types begin with that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points

from language.diagnostics import FreeholdError, error
from language.functions.contract import Function
from providers.contract import AppHost, DataKind, Provider, ResourceKind

GROUP = "freehold.providers"


class Registry:
    """The providers that are installed, each loaded when it is first asked for."""

    def __init__(self, providers: Mapping[str, Provider] | None = None) -> None:
        self._loaded: dict[str, Provider] = dict(providers or {})
        self._by_type: dict[str, Provider | None] = {}

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
        if type_ not in self._by_type:
            self._by_type[type_] = self._of_type(type_)
        return self._by_type[type_]

    def _of_type(self, type_: str) -> Provider | None:
        # the likeliest first: each is loaded when it is asked
        for name in sorted(self.names, key=lambda name: len(name) if type_.startswith(f"{name}_") else 0, reverse=True):
            provider = self.get(name)
            if provider is not None and type_.startswith(provider.type_prefixes):
                return provider
        return None

    def of_objects(self) -> Provider | None:
        """The provider of what is on clusters, or None."""
        return next((each for each in self._all() if each.apps is not None), None)

    def kind(self, type_: str) -> ResourceKind | None:
        """The kind of that type, or None."""
        provider = self.of_type(type_)
        return provider.kinds.get(type_) if provider else None

    def data_kind(self, type_: str) -> DataKind | None:
        """The kind of data source of that type, or None."""
        provider = self.of_type(type_)
        return provider.data_kinds.get(type_) if provider else None

    def functions(self, name: str) -> Mapping[str, Function]:
        """The functions of the provider of that name; none where there is no such provider."""
        provider = self.get(name)
        return provider.functions if provider else {}

    def types(self) -> list[str]:
        """The types of resources of all providers."""
        return [type_ for provider in self._all() for type_ in provider.kinds]

    def data_types(self) -> list[str]:
        """The types of data sources of all providers."""
        return [type_ for provider in self._all() for type_ in provider.data_kinds]

    @property
    def apps(self) -> AppHost:
        """What turns apps into objects. Raises FreeholdError where it is not installed."""
        provider = self.of_objects()
        if provider is None or provider.apps is None:
            detail = "Apps need a provider of objects on clusters, and none is installed."
            raise FreeholdError([error("Unknown provider", detail)])
        return provider.apps

    def clouds(self) -> dict[str, Provider]:
        """The providers that make portable clusters, by what stacks call their clouds."""
        return {provider.cloud: provider for provider in self._all() if provider.cloud}

    def _all(self) -> Iterator[Provider]:
        found = (self.get(name) for name in self.names)
        return (provider for provider in found if provider is not None)
