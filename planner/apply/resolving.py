"""The values of one instance as the configuration has them by now, for steps whose plan had unknown or secret ones.

What a cluster or an app was expanded into while the plan was made is used where it was known. Else its block is
expanded again, once, when the first of its instances asks; all that it refers to is there by then.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.addresses import block_of, split_index, unkeyed
from language.diagnostics import Diagnostics, FreeholdError, error
from language.marks import unmark_deep
from language.schema import Schema
from language.scope import Scope
from language.values import Unknown, is_wholly_known, value_at
from planner.apply.final_plan import agreed, differs, no_replacement, not_known, plan_again
from planner.configuration.blocks import App, Cluster, Data, Node, Resource, TypedBlock
from planner.desired.apps import Apps, EvaluatedApp
from planner.desired.clusters import Clusters
from planner.desired.desired import DataInstance
from planner.desired.instances import Instances, ignored_paths
from planner.evaluation.decode import conform
from planner.evaluation.evaluator import Evaluator
from planner.evaluation.marking import marked
from planner.evaluation.stored import Different, Secrets, fill, unknown_paths
from planner.plan.ignored import keep_ignored
from planner.plan.plan import Plan
from planner.plan.steps import Adopt, ChangeBase, Create, Import, Read, Replace, Resume, Step, Update
from planner.prior.workspace import Workspace
from providers.contract import Capabilities, Client, Expanded, Expansion, Observed, ResourceKind, ValuePath, Values
from providers.contract.diff import changed, without_write_only
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
        return configurable(marked(kind, values, ()), kind.schema)

    def schema(self, type_: str) -> Schema:
        """That of a type of resources that the plan has."""
        return self._kind(type_).schema

    def _kind(self, type_: str) -> ResourceKind:
        kind = self._workspace.registry.kind(type_)
        assert kind is not None
        return kind

    def ignored(self, address: str) -> tuple[ValuePath, ...]:
        """The paths of an instance whose changes are left alone."""
        evaluator, node = self._node(address)
        if isinstance(node, Resource):
            return ignored_paths(node, self._instances.kind(node).schema)
        block = block_of(address)
        planned = self._planned_item(address, block)
        return (planned or self._expanded_item(address, block, evaluator, node, Diagnostics())).ignore_changes

    def data_instance(self, address: str) -> DataInstance:
        """What the configuration says of an instance of data. Raises FreeholdError when it is in error."""
        diagnostics = Diagnostics()
        evaluator, node = self._node(address)
        assert isinstance(node, Data)
        found = self._instances.data_instance(evaluator, node, address, diagnostics)
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
        if evaluator is None:
            detail = f"There is no such instance of the module that {address} is in."
            raise FreeholdError([error("Resource differs from its plan", detail, address=address)])
        return evaluator, self._workspace.references.nodes[unkeyed(address)][1]

    def _item(self, address: str, block: str, evaluator: Evaluator, node: Node, diagnostics: Diagnostics) -> Values:
        """What one of the instances that a block was expanded into is to be."""
        results, planned = self._evaluator.results, self._planned_item(address, block)
        if planned is not None:
            values: Values = results.resolve(planned.values, block)
            if is_wholly_known(values):
                return values
        resolved: Values = results.resolve(
            self._expanded_item(address, block, evaluator, node, diagnostics).values, block
        )
        return resolved

    def _planned_item(self, address: str, block: str) -> Expanded | None:
        return self._planned[block].item(address[len(block) + 1 :]) if block in self._planned else None

    def _expanded_item(
        self, address: str, block: str, evaluator: Evaluator, node: Node, diagnostics: Diagnostics
    ) -> Expanded:
        """One of what a block is expanded into by what is known now. Raises FreeholdError where it is not there."""
        with self._lock:
            if block not in self._expanded:
                self._expanded[block] = self._expand(evaluator, node, diagnostics)
        found = self._expanded[block].item(address[len(block) + 1 :])
        if found is None:
            detail = f"{block} does not have it, as it is now."
            advice = "Make a new plan, look at it, and apply that."
            raise FreeholdError([error("Resource differs from its plan", detail, address=address, advice=advice)])
        return found

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
    """A change as providers take it: the values, what the configuration sets, and what the kind's plan gave beside.

    `prior` is what exists of it, None where it is created. `secrets` are those of the configuration.
    """

    prior: Observed | None
    values: Values
    config: Values
    secrets: Secrets
    private: Mapping[str, Any]

    @property
    def changes(self) -> bool:
        """Whether it would be another one than what exists."""
        return self.prior is None or bool(changed(self.prior.values, self.values))


class Resolving:
    """The values of steps as they are by now: those that were planned, and those that exist.

    `key` is what the digests of the plan's secrets are under.
    """

    def __init__(self, pending: Pending, observed: Mapping[str, Observed], snapshot: Snapshot, key: str) -> None:
        self._pending = pending
        self._observed = observed
        self._snapshot = snapshot
        self._key = key
        self._left: dict[str, Resolved | None] = {}
        self._resumed: dict[str, Observed] = {}

    def planned(self, step: Create | Replace | Adopt | Import | Update, kind: ResourceKind, client: Client) -> Resolved:
        """The planned values with what was unknown filled in. Raises FreeholdError or ProviderError."""
        from_plan = not step.pending and kind.schema.determines_configuration
        config = configurable(step.after, kind.schema) if from_plan else self._config(step)
        secrets = self.secrets(config)
        prior = self.exists(step, secrets) if isinstance(step, Import | Update) else None
        if prior is not None and not from_plan:
            config = self.kept(step, config, prior)
        if step.unknown:
            planned = plan_again(kind, client, prior, config)
            same = prior is not None and not changed(prior.values, planned.values)
            approved = self._approved(step, config)
            values = (
                planned.values if same else agreed(step.subject.address, kind, approved, planned, config, self._key)
            )
            return Resolved(prior, values, unmark_deep(config)[0], secrets, planned.private)
        if step.pending:
            values = self._filled(step, without_write_only(kind.schema, config))
        else:
            values = unmark_deep(step.after)[0]
        return Resolved(prior, values, unmark_deep(config)[0], secrets, step.private)

    def lane(self, step: Step, kind: ResourceKind) -> str | None:
        """What the step shares with others of which one goes at a time. What is in error is told by the step itself."""
        if type(kind).lane is ResourceKind.lane:
            return None
        values = step.after or step.before
        if isinstance(step, ChangeBase) and step.pending:
            try:
                config = self._pending.config(step.subject.address, step.subject.type)
            except FreeholdError:
                return None
            values = {**values, **{name: value for name, value in config.items() if value is not None}}
        return kind.lane(unmark_deep(values)[0])

    def configured(self, step: Step) -> Values:
        """What the configuration sets. Raises FreeholdError where it is in error."""
        return self._pending.config(step.subject.address, step.subject.type)

    def kept(self, step: Step, config: Values, prior: Observed) -> Values:
        """The configuration with what exists where its changes are ignored."""
        return keep_ignored(config, prior.values, self._pending.ignored(step.subject.address))

    def secrets(self, config: Values) -> Secrets:
        """Those of a configuration."""
        return Secrets(config, self._key)

    def resumed(self, step: Resume, observed: Observed) -> None:
        """What came of an operation that went on is what exists for the steps that follow."""
        self._resumed[step.subject.address] = observed

    def _config(self, step: Step) -> Values:
        """What the configuration sets, all of which is known by now. Raises FreeholdError where it is not."""
        config = self._pending.config(step.subject.address, step.subject.type)
        if not is_wholly_known(config):
            raise not_known(step.subject.address, unknown_paths(config))
        return config

    def _approved(self, step: Create | Replace | Adopt | Import | Update, config: Values) -> Values:
        """What the plan showed. What the service computes was a guess where the step follows one that was resumed."""
        if step.subject.address not in self._resumed:
            return step.after
        return {name: value if config.get(name) else Unknown() for name, value in step.after.items()}

    def left(self, step: Replace, kind: ResourceKind, client: Client) -> Resolved | None:
        """What exists, where what forces the replacement has become what it is already; None where it is replaced.

        What is found for one operation of the step holds for the other. Raises FreeholdError or ProviderError.
        """
        address = step.subject.address
        if address not in self._left:
            self._left[address] = self._unforced(step, kind, client) if step.is_open else None
        return self._left[address]

    def _unforced(self, step: Replace, kind: ResourceKind, client: Client) -> Resolved | None:
        address = step.subject.address
        config = self._pending.config(address, step.subject.type)
        if not all(is_wholly_known(value_at(config, path)) for path in step.paths):
            return None  # it is deleted before what it waits for, as the plan showed
        secrets = self.secrets(config)
        prior = self.exists(step, secrets)
        config = self.kept(step, config, prior)
        planned = plan_again(kind, client, prior, config)
        if planned.replace:
            return None
        if changed(prior.values, planned.values):
            raise no_replacement(address, step.paths)
        return Resolved(prior, prior.values, unmark_deep(config)[0], secrets, planned.private)

    def data_instance(self, step: Read) -> DataInstance:
        """What is to be read. Raises FreeholdError where it is not what the plan showed."""
        instance = self._pending.data_instance(step.subject.address)
        self._filled(step, configurable(instance.values, instance.kind.schema))
        return instance

    def exists(self, step: Step, secrets: Secrets | None = None, *, deposed: str | None = None) -> Observed:
        """What the step is about, as it is before: values, and how it is found. `deposed`: the old one of this name."""
        address = step.subject.address
        before = (secrets or Secrets(step.after, self._key)).reveal(step.before)
        if isinstance(step, Import):
            return Observed(before, step.identity, step.known)
        if address in self._resumed and (deposed is None or isinstance(step, Replace)):
            return self._resumed[address]
        live = self._observed.get(address) if deposed is None else None
        if live is not None:
            return Observed(before, live.identity, live.private)
        stored = self._snapshot.resources.get(key_of(address, deposed)) or self._snapshot.resources.get(address)
        return Observed(before, (stored.identity if stored else None) or {}, stored.private if stored else {})

    def _filled(self, step: Create | Replace | Adopt | Import | Update | Read, config: Values) -> Values:
        """What was planned with `config` in place of what was open. Raises FreeholdError where they differ."""
        try:
            filled: Values = fill(step.after, config, self._key)
        except Different as difference:
            secret = (*unmark_deep(step.after)[1], *unmark_deep(config)[1])
            raise differs(step.subject.address, difference, secret) from None
        revealed: Values = self.secrets(config).reveal(filled)
        return revealed


def configurable(values: Values, schema: Schema) -> Values:
    """The values with null in place of what only the service sets."""
    computed = (name for name, attribute in schema.attributes.items() if not attribute.configurable)
    return {**values, **dict.fromkeys(computed)}
