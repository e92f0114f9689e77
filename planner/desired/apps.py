"""App blocks to what they want: every object that their sources give, on the cluster that they name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from language.diagnostics import Diagnostics, Span
from language.expressions import Expression
from language.marks import unmark_deep
from language.traversal import Key as IndexKey
from language.traversal import Traversal
from language.values import contains_sensitive, is_wholly_known
from planner.configuration.blocks import App, Configuration, Lifecycle, ObjectBlock
from planner.configuration.modules.lock import LockFile
from planner.desired.desired import CLUSTER_PREFIX, DesiredInstance
from planner.evaluation.decode import conform, decode, decode_free
from planner.evaluation.durations import seconds
from planner.evaluation.evaluator import Evaluator
from providers import Registry
from providers.contract import (
    APP,
    AppExpansion,
    AppHost,
    AppSpec,
    Capabilities,
    Expanded,
    ObjectRule,
    SourceConfig,
    ValuePath,
    Values,
)

OUTPUTS = {
    "name": "Its name.",
    "namespace": "The namespace that its objects are in where they name none.",
    "cluster": "The address of the cluster that it is on.",
}
"""What each output of an app is."""


@dataclass(frozen=True, slots=True)
class EvaluatedApp:
    """An app block evaluated, its sources not asked yet; on the cluster at the address `cluster`."""

    address: str
    cluster: str
    app: App
    spec: AppSpec

    @property
    def outputs(self) -> Mapping[str, Any]:
        """What it gives to others."""
        return {"name": self.app.name, "namespace": self.spec.namespace, "cluster": self.cluster}


class Apps:
    """Turns app blocks into their objects, in the scope of the module instance that they are in.

    The configuration's sources are given the files that these are made from, for what is said of them. `lock` pins what
    is fetched; by default the stack's lock file does, as it is.
    """

    def __init__(self, registry: Registry, configuration: Configuration, lock: LockFile | None = None) -> None:
        self._registry = registry
        self._texts = configuration.sources
        self._folder = configuration.directory
        self._given_lock = lock

    @cached_property
    def _lock(self) -> LockFile:
        return self._given_lock or LockFile(self._folder)

    @property
    def host(self) -> AppHost:
        """What turns apps into objects. Raises FreeholdError where it is not installed."""
        return self._registry.apps

    def evaluated(self, evaluator: Evaluator, app: App, diagnostics: Diagnostics) -> EvaluatedApp | Expression | None:
        """The block evaluated, its sources not asked; the expression that has to be known for that, and is not; None
        where it is in error."""
        before = len(diagnostics)
        cluster = cluster_of(evaluator, app, diagnostics)
        spans: dict[ValuePath, Span] = {
            (name,): attribute.expression.span for name, attribute in app.body.attributes.items()
        }
        where = evaluator.prefix + app.address
        values = decode(app.body, self.host.schema, evaluator.scope, where, diagnostics, spans=spans)
        if contains_sensitive(values["namespace"]):
            detail = "The namespace of an app is in the addresses of its objects, and cannot be sensitive."
            diagnostics.error("Sensitive namespace", detail, spans.get(("namespace",), app.span))
        own: Values = unmark_deep({name: values[name] for name in APP.attributes})[0]
        rules = tuple(self._rule(evaluator, block, diagnostics) for block in app.objects)
        if cluster is None or len(diagnostics) > before:
            return None
        unknown = next((name for name, value in own.items() if not is_wholly_known(value)), None)
        if unknown is not None:
            return app.body.attributes[unknown].expression
        own["timeout"] = _duration(own["timeout"], spans.get(("timeout",)), diagnostics)
        config = SourceConfig(values, spans, Path(evaluator.scope.folder))
        spec = AppSpec(
            app.name, config=config, pins=lambda source: self._lock.pins_of(source), rules=rules, span=app.span, **own
        )
        return EvaluatedApp(where, cluster, app, spec)

    def expand(self, app: EvaluatedApp, capabilities: Capabilities | None, diagnostics: Diagnostics) -> AppExpansion:
        """What the app becomes."""
        expansion = self.host.expand(app.spec, capabilities)
        for texts in expansion.texts.values():
            self._texts.add_all(texts)
        diagnostics.extend(expansion.diagnostics)
        return expansion

    def desired(
        self, app: EvaluatedApp, items: Sequence[Expanded], depends_on: tuple[str, ...]
    ) -> list[DesiredInstance]:
        """What some of the objects of an app want."""
        below = [(*(f"{app.address}/{name}" for name in item.depends_on), *depends_on) for item in items]
        return [self.placed(app.address, app.cluster, *each, app.app.span) for each in zip(items, below, strict=True)]

    def placed(
        self, block: str, cluster: str, item: Expanded, depends_on: tuple[str, ...], span: Span | None = None
    ) -> DesiredInstance:
        """An object on a cluster, below the block that it belongs to."""
        provider = self._registry.of_type(item.type)
        assert provider is not None
        kind = provider.kinds[item.type]
        return DesiredInstance(
            f"{block}/{item.name}",
            item.type,
            block,
            kind,
            provider,
            f"{CLUSTER_PREFIX}{cluster}",
            conform(item.values, kind.schema),
            depends_on,
            item.ignore_changes,
            Lifecycle(prevent_destroy=item.prevent_destroy),
            item.span or span,
        )

    # -- parts --------------------------------------------------------------------------------------------------

    def _rule(self, evaluator: Evaluator, block: ObjectBlock, diagnostics: Diagnostics) -> ObjectRule:
        scope = evaluator.scope
        ready = decode_free(block.ready, scope, diagnostics) if block.ready is not None else None
        ignore: Any = ()
        if block.ignore_changes is not None:
            ignore = block.ignore_changes.evaluate(scope, diagnostics)
            if not isinstance(ignore, tuple) or not all(isinstance(path, str) for path in ignore):
                detail = 'ignore_changes takes a list of paths in the object, as "spec.replicas".'
                diagnostics.error("Invalid ignore_changes", detail, block.ignore_changes.span)
                ignore = ()
        return ObjectRule(block.key, ready, tuple(ignore), block.prevent_destroy, block.span)


def _duration(text: str, span: Span | None, diagnostics: Diagnostics) -> float:
    try:
        return seconds(text)
    except ValueError as failure:
        diagnostics.error("Invalid duration", f"{str(failure).capitalize()}.", span)
        return 600.0


def cluster_of(evaluator: Evaluator, app: App, diagnostics: Diagnostics) -> str | None:
    """The full address of the cluster that an app is put on, followed through variables and modules' outputs."""
    found = _followed(evaluator, app.cluster)
    if found is None:
        detail = f'"{app.cluster}" does not lead to a cluster block, by a variable or an output that is one.'
        diagnostics.error("Not a cluster", detail, app.cluster.span)
    return found


def _followed(evaluator: Evaluator, traversal: Traversal) -> str | None:
    name = traversal.steps[0] if traversal.steps else None
    if not isinstance(name, str):
        return None
    if traversal.root == "cluster" and len(traversal.steps) == 1:
        return f"{evaluator.prefix}cluster.{name}"
    expression: Expression | None = None
    if traversal.root == "var" and len(traversal.steps) == 1:
        expression = evaluator.argument(name)
        outer = evaluator.parent
    elif traversal.root == "module" and len(traversal.steps) > 1:
        key = traversal.steps[1].value if isinstance(traversal.steps[1], IndexKey) else None
        outer = evaluator.called(name, key)
        output = outer.configuration.outputs.get(str(traversal.steps[-1])) if outer else None
        expression = output.value if output is not None else None
    found = expression.traversal() if expression is not None else None
    return _followed(outer, found) if found is not None and outer is not None else None
