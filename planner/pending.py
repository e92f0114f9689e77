"""The values of one instance as the configuration has them by now, for steps whose plan had unknown or secret ones.

A cluster or an app is evaluated once, when the first of its instances asks; all that it refers to is there by then.
"""

from __future__ import annotations

import threading
from typing import Any

from graph.addresses import block_of
from language.diagnostics import Diagnostics
from planner.apps import Apps
from planner.clusters import Clusters
from planner.decode import conform
from planner.evaluate import Evaluator, Key
from planner.instances import Instances
from planner.workspace import Workspace
from providers.contract import Expanded, Values
from providers.schema import Schema


class Pending:
    """Answers `config(address)` while an apply runs, from any thread."""

    def __init__(self, workspace: Workspace, evaluator: Evaluator) -> None:
        registry, configuration = workspace.registry, workspace.configuration
        self._workspace = workspace
        self._evaluator = evaluator
        self._instances = Instances(registry, evaluator)
        self._clusters = Clusters(registry, configuration, evaluator)
        self._apps = Apps(registry, configuration, evaluator)
        self._expanded: dict[str, dict[str, Expanded]] = {}
        self._lock = threading.Lock()

    def config(self, address: str, type_: str) -> Values:
        """What the configuration sets for an instance (marks inside). Raises FreeholdError when it is in error."""
        diagnostics = Diagnostics()
        block = block_of(address)
        root, _, name = block.partition(".")
        kind = self._workspace.registry.kind(type_)
        assert kind is not None
        if root in ("cluster", "app"):
            item = self._expansion(block, root, name, diagnostics)[address[len(block) + 1 :]]
            values = conform(self._evaluator.results.resolve(item.values, block), kind.schema)
        else:
            resource = self._workspace.configuration.resources[block]
            values = self._instances.values_of(resource, _key(address[len(block) :]), diagnostics)
        diagnostics.raise_errors()
        return settable(values, kind.schema)

    def _expansion(self, block: str, root: str, name: str, diagnostics: Diagnostics) -> dict[str, Expanded]:
        with self._lock:
            if block not in self._expanded:
                self._expanded[block] = {item.name: item for item in self._expand(root, name, diagnostics)}
            return self._expanded[block]

    def _expand(self, root: str, name: str, diagnostics: Diagnostics) -> tuple[Expanded, ...]:
        configuration = self._workspace.configuration
        if root == "cluster":
            plan = self._clusters.of(configuration.clusters[name], diagnostics)
            diagnostics.raise_errors()
            return plan.expansion.resources if plan else ()
        spec = self._apps.spec(configuration.apps[name], diagnostics)
        diagnostics.raise_errors()
        assert spec is not None
        return self._apps.host.expand(spec, frozenset()).resources


def settable(values: Values, schema: Schema) -> Values:
    """The values less what only the service sets."""
    computed = {name for name, attribute in schema.attributes.items() if not attribute.settable}
    return {name: value for name, value in values.items() if name not in computed}


def _key(suffix: str) -> Key:
    """`["x"]` or `[0]` as the key of an instance."""
    inner: Any = suffix[1:-1]
    if not suffix:
        return None
    return inner[1:-1] if inner.startswith('"') else int(inner)
