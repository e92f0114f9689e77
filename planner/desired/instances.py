"""Resource and data blocks to instances, decoded by the kind's schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from graph.addresses import Key, indexed, split_index, suggest
from language.diagnostics import Diagnostic, Diagnostics
from language.schema import Schema
from language.scope import Scope
from language.traversal import Key as IndexKey
from language.traversal import Traversal
from planner.configuration import shapes
from planner.configuration.blocks import Configuration, Data, Resource, TypedBlock
from planner.configuration.inheritance import configured, local_name
from planner.desired.desired import DataInstance, DesiredInstance
from planner.evaluation.decode import decode
from planner.evaluation.evaluator import Evaluator
from planner.evaluation.repetition import Repetition, repetition, standing_for_all
from providers import Registry
from providers.contract import Kind, Provider, ValuePath, Values


class Instances:
    """Turns resource and data blocks into what they want, in the scope of the module instance that they are in.

    `assume`: where the instances are in error, one stands for all of them.
    """

    def __init__(self, registry: Registry, root: Configuration, *, assume: bool = False) -> None:
        self._registry = registry
        self._root = root
        self._assume = assume
        self._repetitions: dict[str, Repetition | None] = {}

    def of(
        self, evaluator: Evaluator, resource: Resource, depends_on: tuple[str, ...], diagnostics: Diagnostics
    ) -> list[DesiredInstance]:
        """Every instance of the block in this module instance."""
        provider = self._provider(resource, diagnostics)
        if provider is None:
            return []
        kind, lifecycle = provider.kinds[resource.type], resource.lifecycle
        self._ignored(resource, kind, diagnostics)
        ignore = ignored_paths(resource, kind.schema)
        type_, block, span = resource.type, evaluator.prefix + resource.address, resource.span
        client = self.client(evaluator, resource)
        return [
            DesiredInstance(address, type_, block, kind, provider, client, values, depends_on, ignore, lifecycle, span)
            for address, values in self._decoded(evaluator, resource, kind, diagnostics)
        ]

    def data_instances(self, evaluator: Evaluator, data: Data, diagnostics: Diagnostics) -> list[DataInstance]:
        """As `of`, for a data block."""
        provider = self._provider(data, diagnostics)
        if provider is None:
            return []
        kind, block = provider.data_kinds[data.type], evaluator.prefix + data.address
        client = self.client(evaluator, data)
        return [
            DataInstance(address, data, block, kind, provider, client, values)
            for address, values in self._decoded(evaluator, data, kind, diagnostics)
        ]

    def data_instance(self, evaluator: Evaluator, data: Data, address: str, diagnostics: Diagnostics) -> DataInstance:
        """One instance of a data block, as it is by now."""
        provider = self._registry.of_type(data.type)
        assert provider is not None
        kind, block = provider.data_kinds[data.type], evaluator.prefix + data.address
        values = self.values_of(evaluator, data, split_index(address)[1], diagnostics)
        return DataInstance(address, data, block, kind, provider, self.client(evaluator, data), values)

    def _decoded(
        self, evaluator: Evaluator, typed: TypedBlock, kind: Kind, diagnostics: Diagnostics
    ) -> list[tuple[str, Values]]:
        """The address and the values of every instance."""
        block = evaluator.prefix + typed.address
        made, found = [], []
        for key, names in (self.repetition(evaluator, typed, diagnostics) or {}).items():
            problems = Diagnostics()
            scope = evaluator.scope.child(names) if names else evaluator.scope
            values = decode(typed.body, kind.schema, scope, typed.address, problems)
            made.append((indexed(block, key), values))
            found.append(problems)
        if any(found):
            diagnostics.extend(_once([address for address, _ in made], found))
        return made

    def _ignored(self, resource: Resource, kind: Kind, diagnostics: Diagnostics) -> None:
        known = (*kind.schema.attributes, *kind.schema.blocks)
        for traversal in resource.lifecycle.ignore_changes:
            if traversal.root not in known:
                shapes.unknown_name(traversal.root, known, "ignore_changes", traversal.span, diagnostics)

    def client(self, evaluator: Evaluator, typed: TypedBlock) -> str:
        """The key of the provider configuration that the block has."""
        local = str(typed.provider) if typed.provider is not None else local_name(typed.type)
        found = configured(self._root, evaluator.configuration, local)
        return found.key if found is not None else local  # where there is none, the references were reported

    def kind(self, typed: TypedBlock) -> Kind:
        """The kind of a block whose type was found to be known."""
        is_data = isinstance(typed, Data)
        kind = self._registry.data_kind(typed.type) if is_data else self._registry.kind(typed.type)
        assert kind is not None
        return kind

    def values_of(self, evaluator: Evaluator, typed: TypedBlock, key: Key, diagnostics: Diagnostics) -> Values:
        """The values of one instance as they are by now."""
        address = indexed(evaluator.prefix + typed.address, key)
        scope = self.scope(evaluator, typed, address)
        return decode(typed.body, self.kind(typed).schema, scope, address, diagnostics)

    def scope(self, evaluator: Evaluator, typed: TypedBlock, address: str) -> Scope:
        """The scope of the instance with this address: `each` and `count` are what they are there."""
        found = self.repetition(evaluator, typed, Diagnostics()) or {}
        names = found.get(split_index(address)[1])
        return evaluator.scope.child(names) if names else evaluator.scope

    def keys(self, evaluator: Evaluator, typed: TypedBlock, diagnostics: Diagnostics) -> dict[str, tuple[Key, ...]]:
        """The keys of the block's instances, by its address; nothing where they are in error."""
        found = self.repetition(evaluator, typed, diagnostics)
        return {} if found is None else {evaluator.prefix + typed.address: tuple(found)}

    def repetition(self, evaluator: Evaluator, typed: TypedBlock, diagnostics: Diagnostics) -> Repetition | None:
        """The block's instances, each with what `count` or `each` is there; None where that is in error.

        Evaluated once, and remembered.
        """
        block = evaluator.prefix + typed.address
        if block not in self._repetitions:
            found = repetition(typed, evaluator.scope, diagnostics)
            self._repetitions[block] = standing_for_all(typed) if found is None and self._assume else found
        return self._repetitions[block]

    def _provider(self, typed: TypedBlock, diagnostics: Diagnostics) -> Provider | None:
        """The provider of the block's type; reports a type that there is not."""
        registry, provider = self._registry, self._registry.of_type(typed.type)
        tables = {"resource": provider.kinds, "data": provider.data_kinds} if provider is not None else {}
        mine, other = ("data", "resource") if isinstance(typed, Data) else ("resource", "data")
        if typed.type in tables.get(mine, ()):
            return provider
        what = {"resource": "resource type", "data": "data source"}
        meant = suggest(typed.type, registry.data_types() if mine == "data" else registry.types())
        advice = f'Did you mean "{meant}"?' if meant else ""
        if typed.type in tables.get(other, ()):
            advice = f'It is a {what[other]}: {other} "{typed.type}" "{typed.name}".'
        detail = f'No provider here has a {what[mine]} "{typed.type}".'
        diagnostics.error(f"Invalid {what[mine]}", detail, typed.span, advice=advice)
        return None


def _once(addresses: list[str], found: list[Diagnostics]) -> Iterator[Diagnostic]:
    """What is wrong with the instances of a block, each thing once: with its address where not all have it."""
    counts = Counter(diagnostic for problems in found for diagnostic in dict.fromkeys(problems))
    for address, problems in zip(addresses, found, strict=True):
        for diagnostic in dict.fromkeys(problems):
            times = counts.pop(diagnostic, 0)
            if times:
                yield diagnostic if times == len(addresses) else replace(diagnostic, address=address)


def ignored_paths(resource: Resource, schema: Schema) -> tuple[ValuePath, ...]:
    """The paths whose changes the block ignores."""
    lifecycle = resource.lifecycle
    if lifecycle.ignore_all:
        configurable = (name for name, attribute in schema.attributes.items() if attribute.configurable)
        return tuple((name,) for name in (*configurable, *schema.blocks))
    return tuple(_path(traversal) for traversal in lifecycle.ignore_changes)


def _path(traversal: Traversal) -> ValuePath:
    """`tags["Name"]` as a path below the values."""
    steps = (step.value if isinstance(step, IndexKey) else step for step in traversal.steps)
    return (traversal.root, *steps)
