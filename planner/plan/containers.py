"""What cannot outlive what is replaced or deleted: a cluster's node groups, what is in a namespace, the objects of a
kind that is defined in the stack, what another object owns. It is replaced together with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from graph.addresses import block_of, unkeyed
from graph.digraph import Digraph
from language.diagnostics import Diagnostics
from planner.desired.desired import DesiredInstance
from planner.evaluation.marking import without_secrets
from planner.plan.steps import Delete, NoOp, Replace, Step, Update
from planner.prior.reading import Prior
from providers import Registry

_Place = tuple[str, tuple[str, ...]]
"""A configured provider's key, and a container key."""


class Containers:
    """Finds the containers of instances by what exists of them. `replaced` grows while the plan is made."""

    def __init__(self, prior: Prior, registry: Registry) -> None:
        self._prior = prior
        self._registry = registry
        self._replaced: dict[_Place, str] = {}
        self._found: dict[str, str] = {}

    def add(self, desired: DesiredInstance, step: Step) -> None:
        """Keep what is replaced."""
        live = self._prior.live(desired.address) if isinstance(step, Replace) else None
        key = None if live is None else desired.kind.container_key(without_secrets(live.values))
        if key is not None:
            self._replaced[desired.client, key] = desired.address

    def is_replaced(self, desired: DesiredInstance) -> bool:
        """Whether something is replaced that an instance, as it exists, cannot outlive."""
        container = self._container(desired, self._replaced)
        if container is not None:
            self._found[desired.address] = container
        return container is not None

    def to_replace(self, desired: Iterable[DesiredInstance], steps: Mapping[str, Step]) -> list[DesiredInstance]:
        """What is to stay, and cannot outlive what is replaced."""
        return [each for each in _staying(desired, steps) if self.is_replaced(each)] if self._replaced else []

    def refuse_left(
        self, desired: Iterable[DesiredInstance], steps: Mapping[str, Step], diagnostics: Diagnostics
    ) -> None:
        """Report what is to stay, and cannot outlive what is deleted."""
        deleted = {place: key for key, step in steps.items() if isinstance(step, Delete) for place in self._place(key)}
        for each in _staying(desired, steps) if deleted else ():
            container = self._container(each, deleted)
            if container is not None:
                detail = f"{container} is not in the configuration any more, and {each.address} would go with it."
                advice = f"Take {each.address} out as well, or keep {container}."
                diagnostics.error("Contents would be lost", detail, each.span, address=each.address, advice=advice)

    def dependencies(self, depends: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str]]:
        """What is replaced together with its container, and that, which comes first; save where it depends on it."""
        if not self._found:
            return
        graph: Digraph[str] = Digraph()
        for address, names in depends.items():
            for name in names:
                graph.connect(name, address)
            for block in {block_of(address), unkeyed(address)} - {address}:
                graph.connect(address, block)
        for content, container in self._found.items():
            if container not in graph.reachable([content], forward=True):
                yield content, container

    def _container(self, desired: DesiredInstance, places: Mapping[_Place, str]) -> str | None:
        live = self._prior.live(desired.address) if places else None
        keys = () if live is None else desired.kind.containers(without_secrets(live.values))
        return next((places[desired.client, key] for key in keys if (desired.client, key) in places), None)

    def _place(self, key: str) -> Iterator[_Place]:
        resource, live = self._prior.snapshot.resources.get(key), self._prior.live(key)
        kind = None if resource is None else self._registry.kind(resource.type)
        if resource is not None and live is not None and kind is not None and resource.deposed is None:
            found = kind.container_key(without_secrets(live.values))
            if found is not None:
                yield resource.provider, found


def _staying(desired: Iterable[DesiredInstance], steps: Mapping[str, Step]) -> Iterator[DesiredInstance]:
    """What exists and is neither deleted nor replaced."""
    return (each for each in desired if isinstance(steps.get(each.address), NoOp | Update))
