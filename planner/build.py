"""Configuration and what exists, to a plan. Blocks are planned in the order of their references, so that every value
that an instance refers to is planned before; what is slow (a cluster's dry runs) goes many at a time.

Changes nothing anywhere.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from graph.addresses import block_of
from graph.digraph import Cycle, Digraph
from language.diagnostics import Diagnostics
from language.types import ConversionError
from language.values import Sensitive, Unknown, contains_sensitive, equal, unmark_deep
from planner.apps import Apps
from planner.clients import CLUSTER_PREFIX
from planner.clusters import ClusterPlan, Clusters, wanted_of
from planner.configuration import App, Cluster, Resource
from planner.decode import conform
from planner.diff import Differ, Requests
from planner.edges import Edges, spread_create_first
from planner.evaluate import Evaluator, Results
from planner.instances import Instances
from planner.plan import Origin, OutputChange, Plan
from planner.prior import Prior
from planner.steps import Adopt, Create, Delete, Forget, NoOp, Replace, Step, Subject, Update
from planner.stored import Secrets, restore
from planner.targets import restrict
from planner.wanted import Wanted
from planner.workspace import Settings, Workspace
from providers.contract import Client, Observed


@dataclass
class Built:
    """A plan, and what it was made with: `apply` in the same run goes on from here."""

    plan: Plan
    results: Results
    diagnostics: Diagnostics
    observed: dict[str, Observed] = field(default_factory=dict)


class Builder:
    """Makes one plan."""

    def __init__(self, workspace: Workspace, prior: Prior, settings: Settings) -> None:
        self._workspace = workspace
        self._configuration = workspace.configuration
        self._prior = prior
        self._settings = settings
        self._results = Results()
        self._evaluator: Evaluator = workspace.evaluator.with_results(self._results)
        self._diagnostics = Diagnostics()
        self._differ = Differ(prior, prior.snapshot.digest_key, Requests(settings.replace))
        self._steps: dict[str, Step] = {}
        self._depends: dict[str, tuple[str, ...]] = {}
        self._wanted: dict[str, Wanted] = {}
        self._clusters: dict[str, ClusterPlan] = {}
        self._brought: set[str] = set()
        registry = workspace.registry
        self._instances = Instances(registry, self._evaluator)
        self._cluster_blocks = Clusters(registry, self._configuration, self._evaluator)
        self._apps = Apps(registry, self._configuration, self._evaluator)

    def build(self) -> Built:
        """The plan. What is in error is in the diagnostics, and then the plan must not be run."""
        if self._settings.mode == "destroy":
            self._destroy()
        else:
            self._configured()
            if not self._diagnostics.has_errors:
                self._no_longer_wanted()
        return self._finish()

    # -- what the configuration asks for --------------------------------------------------------------------------

    def _configured(self) -> None:
        blocks = self._workspace.references.blocks()
        waits = {node: tuple(blocks.predecessors(node)) for node in blocks}
        placed = {block.address: block for block in self._configuration.placed()}
        self._read_apps()
        for address in (node for node in self._workspace.references.order if node in placed):
            block = placed[address]
            match block:
                case Resource():
                    self._resource(block, waits[address])
                case Cluster():
                    self._cluster(block, waits[address])
                case App():
                    self._app(block, waits[address])

    def _resource(self, resource: Resource, depends_on: tuple[str, ...]) -> None:
        triggers = {f"{t.root}.{t.steps[0]}" for t in resource.lifecycle.replace_triggered_by if t.steps}
        triggered = any(self._changes(address) for address in triggers)
        for wanted in self._instances.of(resource, depends_on, self._diagnostics):
            self._put(wanted, self._plan(wanted, triggered=triggered))

    def _changes(self, block: str) -> bool:
        steps = (step for step in self._steps.values() if step.subject.block == block)
        return any(isinstance(step, Update | Replace) for step in steps)

    def _cluster(self, cluster: Cluster, depends_on: tuple[str, ...]) -> None:
        plan = self._cluster_blocks.of(cluster, self._diagnostics)
        if plan is None:
            return
        self._clusters[cluster.address] = plan
        if plan.host == "kubernetes":
            return
        for wanted in _in_order(wanted_of(plan, self._workspace.registry, self._results, depends_on)):
            try:
                values = conform(self._results.resolve(wanted.values, cluster.address), wanted.kind.schema)
            except ConversionError as failure:
                detail = f"{wanted.address} would get a value that does not suit it: {failure}."
                self._diagnostics.error("Invalid expansion", detail, cluster.span, address=wanted.address)
                continue
            ready = _with_values(wanted, values)
            self._put(ready, self._plan(ready))

    def _read_apps(self) -> None:
        """All manifests are looked through first: a namespace that one app brings is not created for others."""
        for app in self._configuration.apps.values():
            spec = self._apps.spec(app, Diagnostics())
            if spec is not None:
                self._brought |= self._apps.host.namespaces(spec)

    def _app(self, app: App, depends_on: tuple[str, ...]) -> None:
        spec = self._apps.spec(app, self._diagnostics)
        if spec is None:
            return
        expansion = self._apps.host.expand(spec, frozenset(self._brought))
        if spec.namespace:
            self._brought.add(spec.namespace)
        self._diagnostics.extend(expansion.diagnostics)
        cluster = str(app.cluster)
        client, rebuilt = self._cluster_client(cluster)
        wanted = [_completed(each) for each in self._apps.wanted(app, expansion, depends_on)]
        problems = [Diagnostics() for _ in wanted]
        with ThreadPoolExecutor(self._settings.parallelism, thread_name_prefix="plan") as pool:
            steps = pool.map(
                lambda item: self._differ.plan(item[0], client, item[1], rebuilt=rebuilt),
                zip(wanted, problems, strict=True),
            )
            for each, step, problem in zip(wanted, steps, problems, strict=True):
                self._diagnostics.extend(problem)
                self._put(each, step)

    def _cluster_client(self, address: str) -> tuple[Client | None, bool]:
        """The client for a cluster's objects as planned, and whether the cluster is created anew."""
        plan = self._clusters.get(address)
        if plan is None:
            return None, False
        anchor = self._steps.get(plan.anchor) if plan.anchor else None
        if isinstance(anchor, Replace):
            return None, True
        if isinstance(anchor, Create | Adopt):
            return None, False
        outputs = self._results.expanded(address)
        clients = self._workspace.clients
        return clients.cluster(address, plan.host, outputs), False

    def _plan(self, wanted: Wanted, *, triggered: bool = False) -> Step | None:
        client = self._workspace.clients.cloud(wanted.client)
        return self._differ.plan(wanted, client, self._diagnostics, triggered=triggered)

    def _put(self, wanted: Wanted, step: Step | None) -> None:
        self._wanted[wanted.address] = wanted
        self._depends[wanted.address] = wanted.depends_on
        if step is None:
            self._results.values[wanted.address] = Unknown()
            return
        self._steps[wanted.address] = step
        after = step.before if isinstance(step, NoOp) else getattr(step, "after", {})
        self._results.values[wanted.address] = Secrets(wanted.values, self._prior.snapshot.digest_key).shown(after)

    # -- what it does not ask for any more ------------------------------------------------------------------------

    def _no_longer_wanted(self) -> None:
        for key, resource in self._prior.resources().items():
            if resource.deposed is not None:
                self._orphan(key, "deposed")
            elif resource.address not in self._wanted:
                self._orphan(key, "not-configured")
        for begin in self._prior.snapshot.in_flight:
            if begin.action == "create" and begin.address not in self._steps:
                self._stray(begin)

    def _destroy(self) -> None:
        for block in self._configuration.placed():
            if isinstance(block, Resource) and block.lifecycle.prevent_destroy:
                self._refuse_block(block)
        for key, resource in self._prior.resources().items():
            self._orphan(key, "deposed" if resource.deposed is not None else "destroy")
        for begin in self._prior.snapshot.in_flight:
            if begin.action == "create" and begin.address not in self._steps:
                self._stray(begin)

    def _refuse_block(self, block: Resource) -> None:
        for resource in self._prior.resources().values():
            if resource.address == block.address or resource.address.startswith(f"{block.address}["):
                detail = f"{resource.address} has lifecycle.prevent_destroy set, and the plan would destroy it."
                self._diagnostics.error("Instance cannot be destroyed", detail, block.span, address=resource.address)

    def _orphan(self, key: str, reason: Any) -> None:
        resource = self._prior.snapshot.resources[key]
        live = self._prior.live(key)
        subject = self._subject_of_state(resource.address, resource.type, resource.provider, live)
        step: Step
        if live is None and resource.deposed is None:
            step = Forget(subject, self._prior.stored[key].values)
        else:
            step = Delete(subject, (live or self._prior.stored[key]).values, reason, resource.deposed)
        self._steps[key] = step

    def _stray(self, begin: Any) -> None:
        """A create that nobody heard the end of, of something that is not wanted: looked for, and deleted if found."""
        subject = self._subject_of_state(begin.address, begin.type, begin.provider, None)
        self._steps[begin.key] = Delete(subject, {}, "in-flight")

    def _subject_of_state(self, address: str, type_: str, provider: str, live: Observed | None) -> Subject:
        kind = self._workspace.registry.kind(type_)
        owner = self._workspace.registry.of_type(type_)
        holds = kind.holds_data_in(live.values) if kind is not None and live is not None else False
        source = owner.source if owner else ""
        return Subject(address, type_, provider, source, block_of(address), None, kind.view if kind else None, holds)

    # -- the whole ------------------------------------------------------------------------------------------------

    def _finish(self) -> Built:
        stored = {r.address: r.dependencies for r in self._prior.resources().values()}
        self._order_objects()
        steps = spread_create_first(list(self._steps.values()), self._depends)
        outputs = self._outputs()
        targets, excluded = self._settings.targets, self._settings.excludes
        edges: tuple[Any, ...] = ()
        if not self._diagnostics.has_errors:
            try:
                edges = Edges(steps, self._depends, stored).build()
            except Cycle as cycle:
                members = ", ".join(str(member) for member in cycle.members)
                self._diagnostics.error("Cycle", f"These operations wait for each other: {members}.")
        if targets or excluded:
            steps, edges = restrict(steps, edges, targets, excluded, self._diagnostics)
        plan = Plan(
            stack=self._configuration.stack.name,
            mode=self._settings.mode,
            steps=tuple(steps),
            edges=edges,
            origin=self._origin(),
            outputs=outputs,
            drift=tuple(self._differ.drift),
            diagnostics=tuple(d for d in self._diagnostics if d.severity == "warning"),
            variables=self._workspace.variables,
            timestamp=datetime.fromtimestamp(self._workspace.environment.clock.now(), UTC).strftime(
                "%Y-%m-%dT%H:%M:%SZ"
            ),
            allow_data_loss=self._settings.allow_data_loss,
            targets=targets,
            depends={address: tuple(dict.fromkeys(names)) for address, names in self._depends.items()},
        )
        observed = {key: live for key, live in self._prior.observed.items() if live is not None}
        return Built(plan, self._results, self._diagnostics, observed)

    def _order_objects(self) -> None:
        """Edges between a cluster's objects, by the order that Kubernetes needs; added to what they depend on."""
        by_cluster: dict[str, dict[str, Any]] = {}
        for address, step in self._steps.items():
            if step.subject.provider.startswith(CLUSTER_PREFIX):
                values = step.before if isinstance(step, NoOp | Delete | Forget) else getattr(step, "after", {})
                by_cluster.setdefault(step.subject.provider, {})[address] = unmark_deep(values)[0]
        for objects in by_cluster.values():
            for before, after in self._apps.host.order(objects):
                self._depends[after] = (*self._depends.get(after, ()), before)

    def _outputs(self) -> tuple[OutputChange, ...]:
        key = self._prior.snapshot.digest_key
        before = self._prior.snapshot.outputs
        changes = []
        wanted = {} if self._settings.mode == "destroy" else self._configuration.outputs
        for name, output in wanted.items():
            value = output.value.evaluate(self._evaluator.scope, self._diagnostics)
            if contains_sensitive(value) and not output.sensitive:
                detail = f'The value of output "{name}" holds something sensitive, and would be shown.'
                advice = "If you mean to keep it, add sensitive = true to the output."
                self._diagnostics.error("Output refers to sensitive values", detail, output.value.span, advice=advice)
            value = Sensitive(unmark_deep(value)[0]) if output.sensitive else value
            changes.append(_output_change(name, before.get(name), value, output.sensitive, key))
        for name, old in before.items():
            if name not in wanted:
                changes.append(OutputChange(name, _restored(old), None, "delete", old.sensitive))
        return tuple(changes)

    def _origin(self) -> Origin:
        return Origin(
            configuration=self._workspace.digest,
            lineage=self._prior.snapshot.lineage,
            position=self._prior.position,
            backend=self._workspace.manager.backend.identity,
            digest_key=self._prior.snapshot.digest_key,
            clusters=self._workspace.clients.identities(),
        )


def _output_change(name: str, old: Any, value: Any, sensitive: bool, key: str) -> OutputChange:
    if old is None:
        return OutputChange(name, None, value, "create", sensitive)
    before = _restored(old)
    same = equal(Secrets(value, key).reveal(before), unmark_deep(value)[0]) and old.sensitive == sensitive
    return OutputChange(name, before, value, "no-op" if same else "update", sensitive)


def _restored(old: Any) -> Any:
    return restore(old.value)


def _with_values(wanted: Wanted, values: dict[str, Any]) -> Wanted:
    return replace(wanted, values=values)


def _completed(wanted: Wanted) -> Wanted:
    return _with_values(wanted, conform(wanted.values, wanted.kind.schema))


def _in_order(wanted: list[Wanted]) -> list[Wanted]:
    """Each after what it refers to."""
    by_address = {each.address: each for each in wanted}
    graph: Digraph[str] = Digraph(by_address)
    for each in wanted:
        for dependency in each.depends_on:
            if dependency in by_address:
                graph.connect(dependency, each.address)
    return [by_address[address] for address in graph.order()]
