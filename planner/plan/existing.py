"""What is to be created and exists already, though the state does not have it: an error that names its owner, or taken
over where it is this stack's own or the configuration asks for that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from planner.desired.desired import DesiredInstance
from planner.plan.keys import Identity, identity_of
from planner.prior.reading import Prior
from providers import Registry
from providers.contract import Call, Client, Note, Observed, Values
from providers.contract.errors import AlreadyExists


class ExistingCheck:
    """Asks before a create whether its key is taken."""

    def __init__(self, registry: Registry, prior: Prior) -> None:
        self._registry = registry
        self._prior = prior

    def notes(self, desired: DesiredInstance, client: Client, config: Values) -> tuple[Note, ...]:
        """What a plan says of what the create takes over or waits for. Raises AlreadyExists, or another ProviderError
        where the service cannot tell."""
        call = Call(desired.address, lineage=self._prior.snapshot.lineage)
        found = desired.kind.existing(client, config, replace(call, tags=desired.provider.tags(call)))
        if found is None:
            return ()
        if found.deletion:
            return (Note("info", (), f"waits for one of its name that is being deleted {found.deletion}"),)
        if found.adopted:
            return (Note("info", (), f"exists already, made by {found.owner}, and is taken over"),)
        key = desired.kind.key(config)
        if key is None or (desired.client, desired.type, key) in self._stored:
            return ()
        name = "/".join(part for part in key if part)
        detail = f"{desired.type} {name} was made by {found.owner}, and is not in this state."
        raise AlreadyExists("It exists already", detail, address=desired.address, advice=found.advice)

    def notes_of_replacement(
        self, desired: DesiredInstance, client: Client, config: Values, prior: Observed
    ) -> tuple[Note, ...]:
        """The same of a create under another key than that of what it replaces."""
        same = desired.kind.key(config) == desired.kind.key(prior.values)
        return () if same else self.notes(desired, client, config)

    @cached_property
    def _stored(self) -> frozenset[Identity]:
        """The keys of what the state has."""
        return frozenset(self._identities())

    def _identities(self) -> Iterator[Identity]:
        for key, resource in self._prior.resources().items():
            kind, values = self._registry.kind(resource.type), self._prior.stored[key].values
            identity = identity_of(resource.provider, resource.type, kind, values) if kind else None
            if identity is not None:
                yield identity


def deletion_notes(observed: Observed) -> tuple[Note, ...]:
    """What a plan says of what is being deleted already: its end is waited for."""
    if not observed.deletion:
        return ()
    return (Note("info", (), f"is being deleted {observed.deletion}: that is waited for"),)
