"""Resource blocks to instances: count and for_each, decoded by the kind's schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from graph.addresses import suggest
from language.diagnostics import Diagnostics
from language.expressions import Key as IndexKey
from language.types import NUMBER, ConversionError, convert
from language.values import Sensitive, SetValue, Unknown, unmark
from planner.configuration import Resource
from planner.decode import decode
from planner.evaluate import Evaluator, Key, instance
from planner.wanted import Wanted
from providers import Registry
from providers.contract import ValuePath

if TYPE_CHECKING:
    from language.expressions import Expression, Traversal

MAX_INSTANCES = 100_000


class Instances:
    """Turns resource blocks into what they want, in the evaluator's scope."""

    def __init__(self, registry: Registry, evaluator: Evaluator) -> None:
        self._registry = registry
        self._evaluator = evaluator

    def of(self, resource: Resource, depends_on: tuple[str, ...], diagnostics: Diagnostics) -> list[Wanted]:
        """Every instance of the block; the results are told which keys it has."""
        provider = self._registry.of_type(resource.type)
        kind = provider.kinds.get(resource.type) if provider else None
        if provider is None or kind is None:
            self._unknown_type(resource, diagnostics)
            return []
        keys = self.keys(resource, diagnostics)
        self._evaluator.results.keys[resource.address] = tuple(key for key, _ in keys)
        ignore = tuple(_path(traversal) for traversal in resource.lifecycle.ignore_changes)
        found = []
        for key, names in keys:
            address = instance(resource.address, key)
            scope = self._evaluator.scope.child(names) if names else self._evaluator.scope
            values = decode(resource.body, kind.schema, scope, address, diagnostics)
            found.append(
                Wanted(
                    address,
                    resource.type,
                    resource.address,
                    kind,
                    provider,
                    provider.name,
                    values,
                    depends_on,
                    tuple((name,) for name in kind.schema.attributes) if resource.lifecycle.ignore_all else ignore,
                    resource.lifecycle,
                    resource.span,
                )
            )
        return found

    def values_of(self, resource: Resource, key: Key, diagnostics: Diagnostics) -> dict[str, Any]:
        """The values of one instance as they are by now."""
        kind = self._registry.kind(resource.type)
        assert kind is not None
        names = dict(self.keys(resource, diagnostics)).get(key, {})
        scope = self._evaluator.scope.child(names) if names else self._evaluator.scope
        return decode(resource.body, kind.schema, scope, instance(resource.address, key), diagnostics)

    def keys(self, resource: Resource, diagnostics: Diagnostics) -> list[tuple[Key, dict[str, Any]]]:
        """The keys of the block's instances, each with what `count` or `each` is there."""
        if resource.count is not None:
            count = self._count(resource.count, diagnostics)
            return [(index, {"count": {"index": index}}) for index in range(count)]
        if resource.for_each is not None:
            items = self._items(resource.for_each, diagnostics)
            return [(key, {"each": {"key": key, "value": value}}) for key, value in items]
        return [(None, {})]

    def _count(self, expression: Expression, diagnostics: Diagnostics) -> int:
        value, secret = unmark(expression.evaluate(self._evaluator.scope, diagnostics))
        problem = ""
        try:
            value = convert(value, NUMBER)
        except ConversionError as failure:
            problem = f"The count is not suitable: {failure}."
        if secret:
            problem = "A sensitive value would be shown by the number of instances, and cannot be a count."
        elif isinstance(value, Unknown):
            problem = "The count depends on values that are known only after apply."
        elif not isinstance(value, int) or value < 0:
            problem = problem or "The count has to be a whole number that is not negative."
        elif value > MAX_INSTANCES:
            problem = f"A count may be at most {MAX_INSTANCES}."
        if problem:
            diagnostics.error("Invalid count argument", problem, expression.span)
            return 0
        return int(value)

    def _items(self, expression: Expression, diagnostics: Diagnostics) -> Iterator[tuple[str, Any]]:
        value = expression.evaluate(self._evaluator.scope, diagnostics)
        problem = ""
        if isinstance(value, Sensitive):
            problem = "A sensitive value would be shown by the keys of the instances, and cannot be used for for_each."
        elif isinstance(value, Unknown):
            problem = "The keys depend on values that are known only after apply."
        elif isinstance(value, dict):
            if len(value) <= MAX_INSTANCES:
                return iter(sorted(value.items()))
            problem = f"At most {MAX_INSTANCES} instances are possible."
        elif isinstance(value, SetValue) and all(isinstance(element, str) for element in value):
            if len(value) <= MAX_INSTANCES:
                return iter((element, element) for element in value)
            problem = f"At most {MAX_INSTANCES} instances are possible."
        else:
            problem = "for_each takes a map, or a set of texts; turn a list into a set with toset()."
        diagnostics.error("Invalid for_each argument", problem, expression.span)
        return iter(())

    def _unknown_type(self, resource: Resource, diagnostics: Diagnostics) -> None:
        known = [type_ for name in self._registry.names for type_ in self._types(name)]
        meant = suggest(resource.type, known)
        advice = f'Did you mean "{meant}"?' if meant else ""
        detail = f'No provider here has a resource type "{resource.type}".'
        diagnostics.error("Invalid resource type", detail, resource.span, advice=advice)

    def _types(self, name: str) -> list[str]:
        provider = self._registry.get(name)
        return list(provider.kinds) if provider else []


def _path(traversal: Traversal) -> ValuePath:
    """`tags["Name"]` as a path below the values."""
    steps = (step.value if isinstance(step, IndexKey) else step for step in traversal.steps)
    return (traversal.root, *steps)
