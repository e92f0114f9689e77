"""What commands do with a stack: plan it, apply a plan, look at one. The command line is a thin layer over these."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from graph.addresses import WILDCARD, of_all_instances, unkeyed
from language.diagnostics import Diagnostics, FreeholdError, error
from language.values import contains
from planner.apply.outcome import Result
from planner.apply.walk import Applier
from planner.commands import refusals
from planner.configuration.blocks import App, Cluster, Resource
from planner.desired.apps import Apps, EvaluatedApp
from planner.desired.clusters import Clusters
from planner.desired.instances import Instances
from planner.evaluation.evaluator import Evaluator, Results
from planner.evaluation.stored import Secrets, restore
from planner.events import Waiting
from planner.plan import identities
from planner.plan.build import Built, build
from planner.plan.namespaces import namespaces_in
from planner.plan.plan import Plan
from planner.plan.saved import KEY_VARIABLE, PlanKeys, SavedPlan, authenticate, open_plan, save
from planner.plan.steps import Delete, NoOp, Step, Update
from planner.prior.moves import moved
from planner.prior.reading import Prior, Reader
from planner.prior.workspace import Settings, Workspace, raise_with_sources
from providers.contract import Values
from state.backends.contract import LockInfo
from state.secrets import Digest


@contextlib.contextmanager
def locked(workspace: Workspace, operation: str, settings: Settings) -> Iterator[None]:
    """Hold the state's lock, unless the command line said not to."""
    if not settings.lock:
        try:
            yield
        finally:
            workspace.manager.close()
        return

    def waiting(holder: LockInfo, left: float) -> None:
        workspace.listener(Waiting(f"{holder.who} ({holder.operation}, since {holder.created})", left))

    with workspace.manager.locked(operation, settings.lock_timeout, waiting):
        yield


def make_plan(workspace: Workspace, settings: Settings) -> tuple[Built, Prior]:
    """Read what exists and plan. Raises SourcedError with all that is wrong. The lock is the caller's."""
    loaded = workspace.manager.open()
    diagnostics = Diagnostics(workspace.warnings)
    snapshot, places = moved(workspace.configuration, loaded.snapshot, diagnostics)
    raise_with_sources(diagnostics, workspace.configuration)
    clock = workspace.environment.clock
    reader = Reader(workspace.registry, workspace.clients, clock, workspace.listener, settings.parallelism)
    prior = reader.read(snapshot, refresh=settings.refresh, diagnostics=diagnostics)
    prior.position, prior.fresh, prior.moved = loaded.position, loaded.fresh, places
    raise_with_sources(diagnostics, workspace.configuration)
    built, prior = build(workspace, prior, settings)
    raise_with_sources(built.diagnostics, workspace.configuration)
    refusals.refuse_unknown_types(workspace, built.plan)
    plan = replace(built.plan, diagnostics=tuple(dict.fromkeys((*diagnostics, *built.plan.diagnostics))))
    return replace(built, plan=_only_refreshed(plan) if settings.mode == "refresh-only" else plan), prior


def _only_refreshed(plan: Plan) -> Plan:
    """The plan that changes nothing but what the state knows."""
    kept = tuple(NoOp(s.subject, before=s.before) if isinstance(s, Update) else s for s in plan.steps)
    return replace(plan, steps=tuple(s for s in kept if isinstance(s, NoOp)), edges=(), outputs=(), deferred=())


def save_plan(workspace: Workspace, built: Built, prior: Prior, path: Path) -> None:
    """Write the plan to a file, for where it was made alone. Raises FreeholdError."""
    plan, clients = built.plan, workspace.clients
    who = identities.of_configurations(plan, clients) | identities.of_clusters(plan, prior, built.results, clients)
    save(replace(plan, origin=replace(plan.origin, identities=who)), path, _keys(workspace, prior))


def _keys(workspace: Workspace, prior: Prior) -> PlanKeys:
    """What plan files of this state are sealed with."""
    variable = workspace.environment.variables.get(KEY_VARIABLE, "")
    return PlanKeys(None if prior.fresh else prior.snapshot.digest_key, variable)


def refuse_data_loss(plan: Plan) -> None:
    """Raise when the plan destroys what holds data and nobody allowed it."""
    lost = plan.data_loss
    if not lost or plan.allow_data_loss:
        return
    names = "\n".join(line for step in lost for line in _lost(step))
    advice = "If this data may go, plan and apply with -allow-data-loss."
    raise FreeholdError(
        [error("The plan destroys data", f"These hold data, which would be lost:\n{names}", advice=advice)]
    )


def _lost(step: Step) -> Iterator[str]:
    yield f"  - {step.subject.address}"
    yield from (f"      {note.message}" for note in step.notes if note.kind == "holds")


def apply_plan(
    workspace: Workspace, built: Built, prior: Prior, settings: Settings, started: Callable[[Applier], None]
) -> Result:
    """Run a plan under the lock. `started` is given the applier before it runs, to stop it by."""
    refuse_data_loss(built.plan)
    if prior.moved:
        workspace.manager.replace(replace(prior.snapshot, serial=prior.snapshot.serial + 1))
    applier = Applier(workspace, built, prior.snapshot, settings.parallelism)
    started(applier)
    return applier.run()


def load_saved(workspace: Workspace, saved: SavedPlan) -> tuple[Built, Prior]:
    """A saved plan, checked against what it was made from: the configuration, the state, the variables, and whom its
    providers speak to, who are asked before anything else. Raises FreeholdError when anything of that has changed."""
    plan, clients = saved.plan, workspace.clients
    loaded = workspace.manager.open()
    snapshot, places = moved(workspace.configuration, loaded.snapshot, Diagnostics())
    prior = Prior(snapshot, loaded.position, loaded.fresh, places)
    prior = prior.relocated(_found_places(plan, prior))
    refusals.refuse_stale(workspace, plan, prior)
    authenticate(saved, _keys(workspace, prior))
    refusals.refuse_unknown_types(workspace, plan)
    refusals.refuse_incoherent(workspace, plan)
    refusals.refuse_variables(workspace, plan, prior)
    identities.refuse_others(plan.origin.identities, identities.of_configurations(plan, clients))
    for source, place in plan.origin.places:
        workspace.configuration.sources.add_all(_texts(workspace, source, place))
    results = _results(workspace, plan, prior, plan.origin.key(snapshot.digest_key))
    refusals.refuse_changed({"a file that the configuration reads": (plan.origin.files, workspace.files_digest)})
    identities.refuse_others(plan.origin.identities, identities.of_clusters(plan, prior, results, clients))
    return Built(plan, results, Diagnostics(), expansions=namespaces_in(plan.steps)), prior


def _found_places(plan: Plan, prior: Prior) -> dict[str, str]:
    """Where a plan has what no `moved` block moves there, by its address now."""
    stated = {old: new for new, old in prior.moved.items()}
    subjects = [step.subject for step in plan.steps if step.subject.previous]
    places = {stated.get(each.previous, each.previous): each.address for each in subjects}
    return {old: new for old, new in places.items() if old != new and old in prior.snapshot.resources}


def _texts(workspace: Workspace, source: str, place: str) -> Mapping[str, str]:
    """The files that a source of apps read while a plan was made, as they are by now."""
    found = workspace.registry.apps.sources.get(source)
    return found.read(workspace.configuration.directory, place) if found is not None else {}


def _results(workspace: Workspace, plan: Plan, prior: Prior, key: str) -> Results:
    """The planned values of a saved plan, as if it had just been made, and those of the state for what is no part of
    it. Clusters are expanded again, for what they give to others; apps' sources are not asked. Digests are under
    `key`."""
    results = Results(keys=dict(plan.instances))
    deferred = {each.subject.address for each in plan.deferred}
    for address in deferred:
        results.keys |= dict.fromkeys(of_all_instances(address), (WILDCARD,))
    for step in plan.steps:
        if not isinstance(step, Delete) or step.deposed is None:
            results.values[step.subject.address] = Secrets({}, key).masked(step.after or step.before)
    for resource in prior.snapshot.resources.values():
        if resource.deposed is None and resource.address not in results.values and resource.address not in deferred:
            results.values[resource.address] = restore(resource.attributes)
    revealing = _Revealing(workspace, plan, key)
    problems = Diagnostics()
    root = workspace.evaluator.with_results(results)
    workspace.data.restore(root, ((each.subject.address, each.values) for each in plan.data))
    registry, configuration = workspace.registry, workspace.configuration
    clusters = Clusters(registry, configuration, plan.existing)
    apps = Apps(registry, configuration)
    for address in workspace.references.order if plan.mode != "destroy" else ():
        module, node = workspace.references.nodes[address]
        for evaluator in root.instances(module.path):
            if evaluator.prefix + node.address in deferred:
                continue
            if isinstance(node, Resource):
                results.values |= revealing.values(evaluator, node)
            elif isinstance(node, Cluster):
                cluster = clusters.expand(evaluator, node, problems)
                if cluster is not None:
                    results.put_expansion(cluster.address, cluster.outputs, cluster.host)
            elif isinstance(node, App):
                app = apps.evaluated(evaluator, node, problems)
                if isinstance(app, EvaluatedApp):
                    results.put_expansion(app.address, app.outputs)
    return results


class _Revealing:
    """What the configuration tells of the secrets of a saved plan, which has digests under `key` in their place."""

    def __init__(self, workspace: Workspace, plan: Plan, key: str) -> None:
        self._instances = Instances(workspace.registry, workspace.configuration)
        self._key = key
        self._planned = {step.subject.address: step.after for step in plan.steps if contains(step.after, Digest)}
        self._blocks = {unkeyed(address) for address in self._planned}

    def values(self, evaluator: Evaluator, resource: Resource) -> dict[str, Values]:
        """The planned values of a block's instances that have secrets, by address; unknown where it does not tell."""
        if evaluator.configuration.prefix + resource.address not in self._blocks:
            return {}
        found = self._instances.of(evaluator, resource, (), Diagnostics())
        known = {each.address: Secrets(each.values, self._key) for each in found if each.address in self._planned}
        return {address: secrets.masked(self._planned[address]) for address, secrets in known.items()}


__all__ = ["apply_plan", "load_saved", "locked", "make_plan", "open_plan", "save_plan"]
