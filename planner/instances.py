"""Resource blocks to instances, decoded by the kind's schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from graph.addresses import Key, indexed, split_index, suggest
from language.diagnostics import Diagnostic, Diagnostics
from language.expressions import Key as IndexKey
from language.expressions import Scope, Traversal
from planner.configuration import Configuration, Resource
from planner.decode import decode
from planner.evaluate import Evaluator
from planner.inheritance import configured, local_name
from planner.repetition import Repetition, assumed, repetition
from planner.wanted import Wanted
from providers import Registry
from providers.contract import Provider, ResourceKind, ValuePath


class Instances:
    """Turns resource blocks into what they want, in the scope of the module instance that they are in.

    `assume`: a number of instances that is not known, or in error, is taken for one.
    """

    def __init__(self, registry: Registry, root: Configuration, *, assume: bool = False) -> None:
        self._registry = registry
        self._root = root
        self._assume = assume
        self._keys: dict[str, Repetition] = {}
        self._broken: set[str] = set()

    def of(
        self, evaluator: Evaluator, resource: Resource, depends_on: tuple[str, ...], diagnostics: Diagnostics
    ) -> list[Wanted]:
        """Every instance of the block in this module instance; the results are told which keys it has."""
        provider = self._registry.of_type(resource.type)
        kind = provider.kinds.get(resource.type) if provider else None
        if provider is None or kind is None:
            self._unknown_type(resource, diagnostics)
            return []
        block = evaluator.prefix + resource.address
        instances = self.keys(evaluator, resource, diagnostics)
        if block in self._broken:
            if not self._assume:
                return []
            instances = assumed(resource)
        if list(instances) != [None] or (resource.count is None and resource.for_each is None):
            evaluator.results.keys[block] = tuple(instances)
        client = self.client(evaluator, resource)
        found = [Diagnostics() for _ in instances]
        wanted = [
            self._wanted(evaluator, resource, key, names, kind, provider, client, depends_on, problems)
            for (key, names), problems in zip(instances.items(), found, strict=True)
        ]
        if any(found):
            diagnostics.extend(_once(wanted, found))
        return wanted

    def _wanted(
        self,
        evaluator: Evaluator,
        resource: Resource,
        key: Key,
        names: dict[str, Any],
        kind: ResourceKind,
        provider: Provider,
        client: str,
        depends_on: tuple[str, ...],
        diagnostics: Diagnostics,
    ) -> Wanted:
        block = evaluator.prefix + resource.address
        address = indexed(block, key)
        lifecycle = resource.lifecycle
        ignore = tuple(_path(traversal) for traversal in lifecycle.ignore_changes)
        if lifecycle.ignore_all:
            ignore = tuple((name,) for name in kind.schema.attributes)
        scope = evaluator.scope.child(names) if names else evaluator.scope
        values = decode(resource.body, kind.schema, scope, resource.address, diagnostics)
        return Wanted(
            address, resource.type, block, kind, provider, client, values, depends_on, ignore, lifecycle, resource.span
        )

    def client(self, evaluator: Evaluator, resource: Resource) -> str:
        """The key of the provider configuration that the resource has."""
        local = str(resource.provider) if resource.provider is not None else local_name(resource.type)
        found = configured(self._root, evaluator.configuration, local)
        return found.key if found is not None else local  # where there is none, the references were reported

    def values_of(self, evaluator: Evaluator, resource: Resource, key: Key, diagnostics: Diagnostics) -> dict[str, Any]:
        """The values of one instance as they are by now."""
        kind = self._registry.kind(resource.type)
        assert kind is not None
        address = indexed(evaluator.prefix + resource.address, key)
        scope = self.scope(evaluator, resource, address)
        return decode(resource.body, kind.schema, scope, address, diagnostics)

    def scope(self, evaluator: Evaluator, resource: Resource, address: str) -> Scope:
        """The scope of the instance with this address: `each` and `count` are what they are there."""
        names = self.keys(evaluator, resource, Diagnostics()).get(split_index(address)[1], {})
        return evaluator.scope.child(names) if names else evaluator.scope

    def keys(self, evaluator: Evaluator, resource: Resource, diagnostics: Diagnostics) -> Repetition:
        """The block's instances, each with what `count` or `each` is there; asked for once, and remembered."""
        block = evaluator.prefix + resource.address
        if block not in self._keys:
            found = repetition(resource, evaluator.scope, diagnostics, assume=self._assume)
            if found is None:
                self._broken.add(block)
            self._keys[block] = found or {}
        return self._keys[block]

    def _unknown_type(self, resource: Resource, diagnostics: Diagnostics) -> None:
        meant = suggest(resource.type, self._registry.types())
        advice = f'Did you mean "{meant}"?' if meant else ""
        detail = f'No provider here has a resource type "{resource.type}".'
        diagnostics.error("Invalid resource type", detail, resource.span, advice=advice)


def _once(wanted: list[Wanted], found: list[Diagnostics]) -> Iterator[Diagnostic]:
    """What is wrong with the instances of a block, each thing once: with its address where not all have it."""
    counts = Counter(diagnostic for problems in found for diagnostic in dict.fromkeys(problems))
    for each, problems in zip(wanted, found, strict=True):
        for diagnostic in dict.fromkeys(problems):
            times = counts.pop(diagnostic, 0)
            if times:
                yield diagnostic if times == len(wanted) else replace(diagnostic, address=each.address)


def _path(traversal: Traversal) -> ValuePath:
    """`tags["Name"]` as a path below the values."""
    steps = (step.value if isinstance(step, IndexKey) else step for step in traversal.steps)
    return (traversal.root, *steps)
