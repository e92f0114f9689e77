"""Configuration and what exists, to a plan. Blocks are planned in the order of their references, so that every value
that an instance refers to is planned before; what is slow (a cluster's dry runs) goes many at a time.

Changes nothing anywhere.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graph.addresses import WILDCARD, covered, is_data, unkeyed
from graph.digraph import Cycle, Digraph
from language.conversion import ConversionError
from language.diagnostics import Diagnostics, FreeholdError
from language.values import Unknown
from planner.configuration.blocks import App, Cluster, Data, Local, ModuleCall, Node, Output, Resource, Variable
from planner.configuration.expressions import expression_at
from planner.desired.clusters import ClusterPlan, Clusters, desired_of
from planner.desired.desired import CLUSTER_PREFIX, DesiredInstance
from planner.desired.instances import Instances
from planner.evaluation.conditions import CheckResult, examine
from planner.evaluation.decode import conform
from planner.evaluation.evaluator import Evaluator, Results
from planner.evaluation.stored import Secrets
from planner.plan.changing import Changing
from planner.plan.checks import broken, concluding, postconditions, preconditions
from planner.plan.containers import Containers
from planner.plan.data import DataPlan
from planner.plan.deferring import Cause, Deferring
from planner.plan.diff import Differ, Requests, subject_of
from planner.plan.edges import Edges, spread_create_first
from planner.plan.existing import ExistingCheck
from planner.plan.explanation import Explanation, explain
from planner.plan.holding import with_contents
from planner.plan.imports import Imports
from planner.plan.keys import freed, keeping_keys, moved_by_key, refuse_duplicates, report_moves
from planner.plan.limits import Limits
from planner.plan.namespaces import namespaces_in
from planner.plan.objects import ObjectsPlan
from planner.plan.orphans import Orphans
from planner.plan.outputs import changes, removals
from planner.plan.plan import Origin, OutputChange, Plan
from planner.plan.resuming import with_resumed
from planner.plan.steps import Reason, Replace, Step, Update
from planner.plan.targets import restrict
from planner.plan.triggers import Triggers
from planner.prior.reading import Prior, client_of
from planner.prior.workspace import Settings, Workspace
from providers.contract import Client, Expansion, Observed
from providers.contract.errors import NotKnownYet


@dataclass
class Built:
    """A plan, and what it was made with: `apply` in the same run goes on from here.

    `expansions`: what clusters and apps were expanded into, by their addresses; none where the plan was saved.
    """

    plan: Plan
    results: Results
    diagnostics: Diagnostics
    observed: dict[str, Observed] = field(default_factory=dict)
    expansions: Mapping[str, Expansion] = field(default_factory=dict)
    explained: tuple[Explanation, ...] = ()


def build(workspace: Workspace, prior: Prior, settings: Settings) -> tuple[Built, Prior]:
    """The plan, and what exists before it, at the addresses that it has by now: what is only in the state under the key
    of what is only in the configuration has moved there, as if a `moved` block said so."""
    builder = Builder(workspace, prior, settings)
    places = builder.configure()
    if places:
        prior = prior.relocated(places)
        builder = Builder(workspace, prior, settings)
        builder.configure()
    return builder.finish(), prior


class Builder:
    """Makes one plan."""

    def __init__(self, workspace: Workspace, prior: Prior, settings: Settings) -> None:
        self._workspace = workspace
        self._configuration = workspace.configuration
        self._prior = prior
        self._settings = settings
        self._results = Results()
        self._now = workspace.environment.timestamp()
        self._evaluator: Evaluator = workspace.evaluator.with_results(self._results, planned_at=self._now)
        self._diagnostics = Diagnostics()
        requests, existing = Requests(settings.replace, settings.explain), ExistingCheck(workspace.registry, prior)
        self._differ = Differ(prior, prior.snapshot.digest_key, requests, existing)
        self._steps: dict[str, Step] = {}
        self._depends: dict[str, tuple[str, ...]] = {}
        self._changes: dict[str, dict[str, Update | Replace]] = {}
        self._desired: dict[str, DesiredInstance] = {}
        self._clusters: dict[str, ClusterPlan] = {}
        self._behind: dict[str, tuple[str, ...]] = {}
        self._checks: list[CheckResult] = []
        registry = workspace.registry
        self._instances = Instances(registry, self._configuration)
        self._cluster_blocks = Clusters(registry, self._configuration, prior.below)
        self._orphans = Orphans(registry, self._evaluator, prior, self._client_of_stored)
        self._imports = Imports(self._evaluator, prior, self._diagnostics)
        self._containers = Containers(prior, registry)
        limited = settings.targets or settings.excludes
        self._limits = Limits(workspace.references, settings.targets, settings.excludes) if limited else None
        changing = Changing(self._steps, self._desired, prior)
        self._deferring = Deferring(workspace.references, changing, prior, self._limits)
        self._data = DataPlan(
            workspace.data, self._evaluator, changing, self._deferring, settings.parallelism, self._limits
        )
        self._objects = ObjectsPlan(
            workspace, self._differ, self._deferring, self._clusters, self._steps, prior, settings.parallelism
        )

    def configure(self) -> dict[str, str]:
        """Plan what the configuration asks for; where that has what is at another address in the state, by this."""
        if self._settings.mode == "destroy":
            return {}
        self._configured()

        def stays(address: str) -> bool:
            return self._orphans.is_removed(address) or self._deferring.kept(address) is not None

        return moved_by_key(self._desired, self._prior, self._workspace.registry, stays)

    def finish(self) -> Built:
        """The whole plan. What is in error is in the diagnostics, and then the plan must not be run."""
        if self._settings.mode == "destroy":
            self._steps |= self._orphans.everything(self._diagnostics)
        else:
            report_moves(self._prior.found, self._configuration, self._diagnostics)
            refuse_duplicates(self._desired.values(), self._diagnostics)
            self._imports.unused(self._desired)
            if not self._diagnostics.has_errors:
                self._steps |= self._orphans.not_configured(
                    self._desired, self._steps, self._deferring.kept, self._diagnostics
                )
                self._deferring.hold(self._steps)
                self._objects.report_renamed(self._diagnostics)
                self._containers.refuse_left(self._desired.values(), self._steps, self._diagnostics)
        return self._finish()

    # -- what the configuration asks for --------------------------------------------------------------------------

    def _configured(self) -> None:
        references = self._workspace.references
        blocks = references.blocks()
        readers = references.readers() if references.has_data else blocks
        together: list[str] = []
        for address in references.order:
            module, node = references.nodes[address]
            if isinstance(node, Data) and node.check:
                continue
            if together and (not isinstance(node, Data) or _waits(references.graph, address, together)):
                self._read(together, readers)
                together = []
            if isinstance(node, Data):
                together.append(address)
                continue
            waits = _both(blocks, readers, address)
            for evaluator in self._evaluator.instances(module.path):
                self._node(evaluator, node, waits)
        self._read(together, readers)
        for desired, step in self._objects.plan_namespaces(
            tuple(self._desired.values()), self._results, self._diagnostics
        ):
            self._put(desired, step)
        while contents := self._containers.to_replace(self._desired.values(), self._steps):
            for each in contents:
                self._put(each, self._plan_with_container(each))

    def _plan_with_container(self, desired: DesiredInstance) -> Step | None:
        """What was planned before it was known that its container is replaced."""
        if desired.client.startswith(CLUSTER_PREFIX):
            return self._objects.plan_with_container(desired, self._results, self._diagnostics)
        return self._plan(desired)

    def _read(self, blocks: list[str], readers: Digraph[str]) -> None:
        """Data blocks that do not wait for each other."""
        waits = {block: tuple(readers.predecessors(block)) for block in blocks}
        for block, before in waits.items():
            self._behind[block] = tuple(name for each in before for name in (each, *self._behind.get(each, ())))
        for address, step in self._data.plan(waits, self._diagnostics).items():
            self._steps[address] = step
            self._depends[address] = self._behind[unkeyed(address)]

    def _node(self, evaluator: Evaluator, node: Node, waits: tuple[str, ...]) -> None:
        match node:
            case ModuleCall():
                evaluator.expand(node.name, self._diagnostics)
                self._deferring.add_module(evaluator, node, self._diagnostics)
            case Variable() if node.validations:
                address = evaluator.prefix + node.address
                evaluator.variable(node.name, self._diagnostics)
                found = examine(address, "var", node.validations, evaluator.scope, "var", self._diagnostics)
                self._checks.append(found)
            case Variable():
                evaluator.variable(node.name, self._diagnostics)
            case Local():
                evaluator.local(node.name, self._diagnostics)
            case Output() if evaluator.path:  # the stack's own are told with what changes about them
                evaluator.output(node.name, self._diagnostics)
            case Resource():
                self._resource(evaluator, node, waits)
            case Cluster():
                self._cluster(evaluator, node, waits)
            case App():
                for desired, step in self._objects.plan(evaluator, node, waits, self._diagnostics):
                    self._put(desired, step)

    def _resource(self, evaluator: Evaluator, resource: Resource, depends_on: tuple[str, ...]) -> None:
        self._results.keys |= self._instances.keys(evaluator, resource, self._diagnostics)
        cause = self._deferring.cause_of_dependencies(evaluator.prefix, depends_on)
        cause = cause or self._deferring.cause_of_instances(evaluator, resource, self._diagnostics)
        triggers = Triggers(resource.lifecycle.replace_triggered_by, evaluator.prefix, self._changes)
        for desired in self._instances.of(evaluator, resource, depends_on, self._diagnostics):
            found = cause or self._instance(evaluator, resource, desired, triggers)
            if found is not None:
                self._deferring.add_instance(desired, subject_of(desired), found)
                self._results.values[desired.address] = Unknown()

    def _instance(
        self, evaluator: Evaluator, resource: Resource, desired: DesiredInstance, triggers: Triggers
    ) -> Cause | None:
        """Plan an instance of a resource; why it is deferred, where its kind cannot plan it yet."""
        scope = self._instances.scope(evaluator, resource, desired.address)
        before = preconditions(resource, desired.address, scope, self._diagnostics)
        if before is not None and broken(before):
            self._put(desired, None)
            self._checks.append(before)
            return None
        try:
            step = self._plan(desired, triggered=triggers.is_triggered(scope, self._diagnostics), deferrable=True)
        except NotKnownYet as failure:
            expression = expression_at(resource.body, failure.path)
            return self._deferring.cause_of_unknown(
                "resource_config_unknown", expression, evaluator, resource, self._diagnostics
            )
        self._put(desired, step)
        values = self._results.values[desired.address]
        after = postconditions(resource, desired.address, scope, values, self._diagnostics)
        self._checks += [result for result in (before, after) if result is not None]
        return None

    def _cluster(self, evaluator: Evaluator, cluster: Cluster, depends_on: tuple[str, ...]) -> None:
        cause = self._deferring.cause_of_dependencies(evaluator.prefix, depends_on)
        if cause is not None:
            self._deferring.add_block(evaluator.prefix + cluster.address, cluster, cause)
            return
        plan = self._cluster_blocks.expand(evaluator, cluster, self._diagnostics)
        if plan is None:
            return
        self._clusters[plan.address] = plan
        self._results.put_expansion(plan.address, plan.outputs, plan.host)
        for desired in _in_order(desired_of(plan, self._workspace.registry, depends_on)):
            try:
                values = conform(self._results.resolve(desired.values, plan.address), desired.kind.schema)
            except ConversionError as failure:
                detail = f"{desired.address} would get a value that does not suit it: {failure}."
                self._diagnostics.error("Invalid expansion", detail, cluster.span, address=desired.address)
                continue
            ready = replace(desired, values=values)
            self._put(ready, self._plan(ready))

    def _client_of_stored(self, key: str) -> Client | None:
        """The client that what is stored under a key was made with; none where no service is asked for what exists."""
        if not self._settings.refresh:
            return None
        with contextlib.suppress(FreeholdError):
            return client_of(self._workspace.clients, self._prior, key)
        return None

    def _plan(self, desired: DesiredInstance, *, triggered: bool = False, deferrable: bool = False) -> Step | None:
        # what is in error is told without asking for credentials
        client = None if self._diagnostics.has_errors else self._workspace.clients.cloud(desired.client)
        id = self._imports.of(desired)
        if id is not None and (client is None or not self._imports.find(desired, id, client)):
            return None
        goes = self._containers.is_replaced(desired)
        forced: Reason = "container" if goes else "triggered" if triggered else ""
        step = self._differ.plan(desired, client, self._diagnostics, forced=forced, deferrable=deferrable)
        return step if id is None or step is None else self._imports.step(desired, id, step)

    def _put(self, desired: DesiredInstance, step: Step | None) -> None:
        self._desired[desired.address] = desired
        self._depends[desired.address] = desired.depends_on
        if step is None:
            self._results.values[desired.address] = Unknown()
            self._steps.pop(desired.address, None)
            return
        self._steps[desired.address] = step
        self._containers.add(desired, step)
        if isinstance(step, Update | Replace):
            self._changes.setdefault(step.subject.block, {})[desired.address] = step
        after = step.after
        self._results.values[desired.address] = Secrets(desired.values, self._prior.snapshot.digest_key).masked(after)

    # -- the whole ------------------------------------------------------------------------------------------------

    def _finish(self) -> Built:
        stored = self._prior.dependencies()
        for before, after in self._objects.order():
            self._depends[after] = (*self._depends.get(after, ()), before)
        for content, container in tuple(self._containers.dependencies(self._depends)):
            self._depends[content] = (*self._depends.get(content, ()), container)
        first = [each.address for each in self._desired.values() if each.lifecycle.create_before_destroy]
        planned = with_resumed(self._steps, self._prior, self._workspace.registry)
        in_order = self._objects.in_reading_order(planned.values())
        steps = spread_create_first(in_order, self._depends, first, keeping_keys(in_order, self._workspace.registry))
        if self._limits is None:
            outputs = self._outputs()
        if self._settings.mode != "destroy" and not self._diagnostics.has_errors:
            self._checks += self._data.checks
            self._checks += concluding(self._evaluator, self._diagnostics, self._data.read_scoped)
        targets, excluded = self._settings.targets, self._settings.excludes
        edges: tuple[Any, ...] = ()
        if not self._diagnostics.has_errors:
            try:
                edges = Edges(steps, self._depends, stored, freed(steps, self._workspace.registry)).build()
            except Cycle as cycle:
                members = ", ".join(str(member) for member in cycle.members)
                self._diagnostics.error("Cycle", f"These operations wait for each other: {members}.")
        deferred = self._deferring.within(targets, excluded)
        if self._limits is not None:
            read = [each.subject.address for each in self._data.read]
            read += [each.subject.address for each in self._deferring.found]
            needed = self._deferring.behind(deferred) if targets else frozenset()
            kept, edges = restrict(steps, edges, targets, excluded, needed, read, self._diagnostics)
            outputs = self._outputs_left(self._limits, steps, kept)
            steps = kept
        if self._settings.refresh and not self._diagnostics.has_errors:
            steps = with_contents(steps, self._workspace.registry, self._workspace.clients, self._prior)
        plan = Plan(
            stack=self._configuration.stack.name,
            mode=self._settings.mode,
            steps=tuple(steps),
            edges=edges,
            origin=self._origin(),
            outputs=outputs,
            drift=tuple(self._differ.drift),
            diagnostics=tuple(d for d in self._diagnostics if d.severity == "warning"),
            variables=self._variables(),
            timestamp=self._now,
            allow_data_loss=self._settings.allow_data_loss,
            targets=targets,
            depends={address: _kept(names) for address, names in self._depends.items() if not is_data(address)},
            instances={block: keys for block, keys in self._results.keys.items() if keys != (WILDCARD,)},
            checks=tuple(self._checks),
            data=tuple(self._data.read),
            deferred=tuple(deferred),
        )
        observed = {key: live for key, live in self._prior.observed.items() if live is not None}
        namespaces = namespaces_in(steps)
        clusters = {
            address: _joined(each.expansion, namespaces.get(address)) for address, each in self._clusters.items()
        }
        return Built(
            plan,
            self._results,
            self._diagnostics,
            observed,
            {**clusters, **self._objects.expansions},
            self._explained(plan, stored),
        )

    def _outputs(self) -> tuple[OutputChange, ...]:
        snapshot = self._prior.snapshot
        if self._settings.mode == "destroy":
            return removals(snapshot, snapshot.outputs)
        return changes(self._evaluator, snapshot, None, self._diagnostics)

    def _outputs_left(self, limits: Limits, steps: Iterable[Step], kept: Iterable[Step]) -> tuple[OutputChange, ...]:
        """The outputs of a plan of which some steps are kept: nothing happens to the rest."""
        snapshot = self._prior.snapshot
        if self._settings.mode == "destroy":
            return removals(snapshot, limits.outputs_destroyed(steps, kept))
        done = {step.subject.address for step in kept}
        for step in steps:
            if step.before and step.subject.address not in done:
                self._results.values[step.subject.address] = step.before
        evaluator = self._workspace.evaluator.with_results(self._results, planned_at=self._now)
        return changes(evaluator, snapshot, limits, self._diagnostics)

    def _explained(self, plan: Plan, stored: Mapping[str, tuple[str, ...]]) -> tuple[Explanation, ...]:
        """Of the steps that somebody wants to know of."""
        explained = [step for step in plan.steps if covered(self._settings.explain, step.subject.address)]
        questions = self._differ.questions
        return tuple(explain(step, questions.get(step.subject.address, ()), plan, stored) for step in explained)

    def _variables(self) -> dict[str, Any]:
        """Those that are kept."""
        ephemeral = {name for name, variable in self._configuration.variables.items() if variable.ephemeral}
        return {name: value for name, value in self._workspace.variables.items() if name not in ephemeral}

    def _origin(self) -> Origin:
        return Origin(
            configuration=self._configuration.digest,
            files=self._workspace.files_digest,
            lineage="" if self._prior.fresh else self._prior.snapshot.lineage,
            position=self._prior.position,
            backend=self._workspace.manager.backend.identity,
            places=tuple(place for each in self._objects.expansions.values() for place in each.texts),
        )


def _joined(expansion: Expansion, more: Expansion | None) -> Expansion:
    return replace(expansion, resources=(*expansion.resources, *more.resources)) if more else expansion


def _both(blocks: Digraph[str], readers: Digraph[str], address: str) -> tuple[str, ...]:
    """What a placed block waits for: the placed ones behind all else, and the data that it reads."""
    if address not in blocks:
        return ()
    placed = blocks.predecessors(address)
    if readers is blocks:
        return tuple(placed)
    return (*placed, *(each for each in readers.predecessors(address) if each not in blocks))


def _waits(graph: Digraph[str], address: str, others: list[str]) -> bool:
    """Whether a node waits for one of `others` without anything between them."""
    return not set(others).isdisjoint(graph.predecessors(address))


def _kept(names: Iterable[str]) -> tuple[str, ...]:
    """Dependencies as the state keeps them, which knows of no data."""
    return tuple(name for name in dict.fromkeys(names) if not is_data(name))


def _in_order(desired: list[DesiredInstance]) -> list[DesiredInstance]:
    """Each after what it refers to."""
    by_address = {each.address: each for each in desired}
    graph: Digraph[str] = Digraph(by_address)
    for each in desired:
        for dependency in each.depends_on:
            if dependency in by_address:
                graph.connect(dependency, each.address)
    return [by_address[address] for address in graph.order()]
