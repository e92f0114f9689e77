"""The values of one instance as the configuration has them by now, for steps whose plan had unknown or secret ones.

What a cluster or an app was expanded into while the plan was made is used where it was known. Else its block is
expanded again, once, when the first of its instances asks; all that it refers to is there by then.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from graph.addresses import block_of, split_index, unkeyed
from language.diagnostics import Diagnostics, FreeholdError, error
from language.schema import Schema
from language.scope import Scope
from language.values import Unknown, is_wholly_known, unmark_deep
from planner.configuration.blocks import App, Cluster, Data, Node, Resource, TypedBlock
from planner.desired.apps import Apps, EvaluatedApp
from planner.desired.clusters import Clusters
from planner.desired.instances import Instances, ignored_paths
from planner.desired.wanted import Sought
from planner.evaluation.decode import conform
from planner.evaluation.evaluator import Evaluator
from planner.evaluation.marking import marked
from planner.evaluation.stored import Different, Secrets, fill
from planner.plan.ignored import keep_ignored
from planner.plan.plan import Plan
from planner.plan.steps import Adopt, Create, Import, Read, Replace, Step, Update
from planner.prior.workspace import Workspace
from providers.contract import Capabilities, Expansion, Observed, ResourceKind, ValuePath, Values
from providers.contract.diff import without_write_only
from state.snapshot import Snapshot, key_of


class Pending:
    """Answers `config(address)` while an apply runs, from any thread."""

    def __init__(
        self, workspace: Workspace, evaluator: Evaluator, plan: Plan, expansions: Mapping[str, Expansion]
    ) -> None:
        registry, configuration = workspace.registry, workspace.configuration
        self._workspace = workspace
        self._evaluator = evaluator
        self._instances = Instances(registry, configuration)
        self._clusters = Clusters(registry, configuration, plan.existing)
        self._apps = Apps(registry, configuration)
        self._planned = expansions
        self._expanded: dict[str, Expansion] = {}
        self._lock = threading.Lock()

    def config(self, address: str, type_: str) -> Values:
        """What the configuration sets for an instance (marks inside). Raises FreeholdError when it is in error."""
        diagnostics = Diagnostics()
        evaluator, node = self._node(address)
        kind = self._kind(type_)
        if isinstance(node, Resource):
            values = self._instances.values_of(evaluator, node, split_index(address)[1], diagnostics)
        else:
            block = block_of(address)
            values = conform(self._item(address, block, evaluator, node, diagnostics), kind.schema)
        diagnostics.raise_errors()
        return settable(marked(kind, values, ()), kind.schema)

    def ignored(self, address: str, type_: str) -> tuple[ValuePath, ...]:
        """The paths of an instance whose changes are ignored."""
        _, node = self._node(address)
        return ignored_paths(node, self.schema(type_)) if isinstance(node, Resource) else ()

    def schema(self, type_: str) -> Schema:
        """That of a type of resources that the plan has."""
        return self._kind(type_).schema

    def _kind(self, type_: str) -> ResourceKind:
        kind = self._workspace.registry.kind(type_)
        assert kind is not None
        return kind

    def sought(self, address: str) -> Sought:
        """What the configuration says of an instance of data. Raises FreeholdError when it is in error."""
        diagnostics = Diagnostics()
        evaluator, node = self._node(address)
        assert isinstance(node, Data)
        found = self._instances.sought_at(evaluator, node, address, diagnostics)
        diagnostics.raise_errors()
        return found

    def typed(self, address: str) -> tuple[TypedBlock, Scope] | None:
        """The block of an instance and the instance's scope; None for what another block expands into."""
        if unkeyed(address) not in self._workspace.references.nodes:
            return None
        evaluator, node = self._node(address)
        return (node, self._instances.scope(evaluator, node, address)) if isinstance(node, TypedBlock) else None

    def _node(self, address: str) -> tuple[Evaluator, Node]:
        evaluator = self._evaluator.at(address)
        assert evaluator is not None
        return evaluator, self._workspace.references.nodes[unkeyed(address)][1]

    def _item(self, address: str, block: str, evaluator: Evaluator, node: Node, diagnostics: Diagnostics) -> Values:
        """What one of the instances that a block was expanded into is to be."""
        name, results = address[len(block) + 1 :], self._evaluator.results
        planned = self._planned[block].item(name) if block in self._planned else None
        values: Values | Unknown = results.resolve(planned.values, block) if planned is not None else Unknown()
        if not isinstance(values, Unknown) and is_wholly_known(values):
            return values
        with self._lock:
            if block not in self._expanded:
                self._expanded[block] = self._expand(evaluator, node, diagnostics)
        found = self._expanded[block].item(name)
        if found is None:
            detail = f"By what is known now, {block} has no {name}."
            raise FreeholdError([error("Object not there any more", detail, advice="Make a new plan, and apply that.")])
        resolved: Values = results.resolve(found.values, block)
        return resolved

    def _expand(self, evaluator: Evaluator, node: Node, diagnostics: Diagnostics) -> Expansion:
        if isinstance(node, Cluster):
            plan = self._clusters.expand(evaluator, node, diagnostics)
            diagnostics.raise_errors()
            assert plan is not None
            return plan.expansion
        assert isinstance(node, App)
        app = self._apps.evaluated(evaluator, node, diagnostics)
        diagnostics.raise_errors()
        assert isinstance(app, EvaluatedApp)
        return self._apps.expand(app, self._capabilities(app), diagnostics)

    def _capabilities(self, app: EvaluatedApp) -> Capabilities | None:
        """Of the app's cluster, which is there by now."""
        results = self._evaluator.results
        host = results.hosts[app.cluster]
        client = self._workspace.clients.cluster(app.cluster, host, results.expanded(app.cluster))
        return self._apps.host.capabilities(client) if client is not None else None


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a provider is given: the planned values, and what the configuration sets; and the secrets in that."""

    values: Values
    config: Values
    secrets: Secrets


class Resolving:
    """The values of steps as they are by now: those that were planned, and those that exist."""

    def __init__(self, pending: Pending, observed: Mapping[str, Observed], snapshot: Snapshot) -> None:
        self._pending = pending
        self._observed = observed
        self._snapshot = snapshot

    def planned(self, step: Create | Replace | Adopt | Import | Update) -> Resolved:
        """The planned values with what was unknown filled in, as providers take them. Raises FreeholdError."""
        key, schema = self._snapshot.digest_key, self._pending.schema(step.subject.type)
        if not step.pending and schema.tells_configuration:
            values: Values = unmark_deep(step.after)[0]
            return Resolved(values, settable(values, schema), Secrets(step.after, key))
        config = self._config(step)
        values = self._filled(step, without_write_only(schema, config)) if step.pending else unmark_deep(step.after)[0]
        return Resolved(values, unmark_deep(config)[0], Secrets(config, key))

    def _config(self, step: Create | Replace | Adopt | Import | Update) -> Values:
        """What the configuration sets by now, or what exists where changes are ignored (marks inside)."""
        config = self._pending.config(step.subject.address, step.subject.type)
        if not isinstance(step, Import | Update):
            return config
        prior = Secrets(config, self._snapshot.digest_key).reveal(step.before)
        return keep_ignored(config, prior, self._pending.ignored(step.subject.address, step.subject.type))

    def sought(self, step: Read) -> Sought:
        """What is to be read. Raises FreeholdError where it is not what the plan showed."""
        sought = self._pending.sought(step.subject.address)
        self._filled(step, settable(sought.values, sought.kind.schema))
        return sought

    def exists(self, step: Step, secrets: Secrets | None = None, *, deposed: str | None = None) -> Observed:
        """What the step is about, as it is before: values, and how it is found. `deposed`: the old one of this name."""
        address = step.subject.address
        before = (secrets or Secrets(step.after, self._snapshot.digest_key)).reveal(step.before)
        if isinstance(step, Import):
            return Observed(before, step.identity, step.known)
        live = self._observed.get(address) if deposed is None else None
        if live is not None:
            return Observed(before, live.identity, live.private)
        stored = self._snapshot.resources.get(key_of(address, deposed)) or self._snapshot.resources.get(address)
        return Observed(before, (stored.identity if stored else None) or {}, stored.private if stored else {})

    def _filled(self, step: Create | Replace | Adopt | Import | Update | Read, config: Values) -> Values:
        """What was planned with `config` in place of what was unknown. Raises FreeholdError where they differ."""
        address = step.subject.address
        try:
            filled: Values = fill(step.after, config, self._snapshot.digest_key)
        except Different as difference:
            where = ".".join(str(part) for part in difference.path) or "its values"
            detail = f"{where} of {address} would be another value than the one that the plan showed."
            advice = "Nothing was sent. Make a new plan, look at it, and apply that."
            raise FreeholdError([error("Value differs from its plan", detail, advice=advice)]) from None
        return filled


def settable(values: Values, schema: Schema) -> Values:
    """The values with null in place of what only the service sets."""
    computed = (name for name, attribute in schema.attributes.items() if not attribute.settable)
    return {**values, **dict.fromkeys(computed)}
