"""What namespaces, clusters and their like hold beside what the state has, asked before they are destroyed."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from functools import cached_property
from typing import Any

from graph.addresses import block_of
from language.diagnostics import FreeholdError
from planner.desired.desired import CLUSTER_PREFIX
from planner.evaluation.marking import without_secrets
from planner.prior.clients import Clients
from planner.prior.reading import Prior, client_of
from providers import Registry
from providers.contract import Contents, Observed, ResourceKind
from providers.contract.errors import ProviderError

_NAMED = 10


class Holdings:
    """Asks services what there is. `forgotten`: addresses of what is to be left alone, which is nobody's then."""

    def __init__(
        self, registry: Registry, clients: Clients, prior: Prior, forgotten: Container[str] = frozenset()
    ) -> None:
        self._registry = registry
        self._clients = clients
        self._prior = prior
        self._forgotten = forgotten

    def of(self, type_: str, provider: str, things: Mapping[str, Observed]) -> dict[str, Contents]:
        """What those hold of some things, of one type and configured provider, that may hold something; by address."""
        kind = self._registry.kind(type_)
        if kind is None:
            return {}
        found, asked = {}, {}
        for address, thing in things.items():
            block = block_of(address)
            if address in self._anchors:
                found[address] = self._on_cluster(self._anchors[address])
            elif block in self._anchors.values() and (labels := kind.node_labels(without_secrets(thing.values))):
                found[address] = self._on_cluster(block, labels)
            elif kind.is_container(thing.identity):
                asked[address] = thing.identity
        if asked:
            found |= zip(asked, self._of_kind(kind, provider, list(asked.values())), strict=True)
        return found

    def _of_kind(
        self, kind: ResourceKind, provider: str, identities: Sequence[Mapping[str, Any]]
    ) -> Sequence[Contents]:
        try:
            return kind.contents(client_of(self._clients, self._prior, provider), identities, self._known(provider))
        except (ProviderError, FreeholdError) as failure:
            return [_not_known(failure)] * len(identities)

    def _on_cluster(self, address: str, labels: Mapping[str, str] | None = None) -> Contents:
        """What is on a cluster, or on its nodes with these labels."""
        provider, objects = f"{CLUSTER_PREFIX}{address}", self._registry.of_objects()
        if objects is None or objects.apps is None:
            return Contents()
        try:
            client = client_of(self._clients, self._prior, provider)
            if labels is not None:
                return objects.apps.contents_of_nodes(client, labels)
            return objects.apps.contents(client, self._known(provider))
        except (ProviderError, FreeholdError) as failure:
            return _not_known(failure)

    @cached_property
    def _anchors(self) -> dict[str, str]:
        """The clusters by the addresses of what they end with."""
        found = {without_secrets(record)["anchor"]: address for address, record in self._prior.clusters().items()}
        return {anchor: address for anchor, address in found.items() if anchor}

    def _known(self, provider: str) -> list[Mapping[str, Any]]:
        resources = tuple(self._prior.snapshot.resources.values())
        ours = (each for each in resources if each.provider == provider and each.address not in self._forgotten)
        return [each.identity for each in ours if each.identity]


def described(contents: Contents) -> list[str]:
    """What something holds, for people: a few of what was found, and how many more there are."""
    more = len(contents.found) - _NAMED
    rest = [f"{more} more"] if more > 0 else []
    return [*contents.found[:_NAMED], *rest, *(f"not known: {each}" for each in contents.unknown[:_NAMED])]


def _not_known(failure: ProviderError | FreeholdError) -> Contents:
    if isinstance(failure, ProviderError):
        return Contents(unknown=(failure.detail or failure.summary,))
    return Contents(unknown=tuple(each.detail or each.summary for each in failure.diagnostics))
