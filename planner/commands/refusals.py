"""Why a plan does not run: what it was made from is another by now, or it is none that was made here."""

from __future__ import annotations

from collections.abc import Mapping

from graph.addresses import unkeyed
from graph.digraph import Cycle, Digraph
from language.diagnostics import Diagnostics, FreeholdError, error
from planner.configuration.blocks import App, Cluster, Data, Resource
from planner.evaluation.variables import compare
from planner.plan.plan import Plan
from planner.plan.steps import Delete, Forget, NoOp, Read, Resume
from planner.prior.reading import Prior
from planner.prior.workspace import Workspace, raise_with_sources


def refuse_stale(workspace: Workspace, plan: Plan, prior: Prior) -> None:
    """Raise when the configuration or the state is another than the plan's."""
    origin = plan.origin
    refuse_changed(
        {
            "the configuration": (origin.configuration, workspace.configuration.digest),
            "the backend": (origin.backend, workspace.manager.backend.identity),
            "the lineage of the state": (origin.lineage, "" if prior.fresh else prior.snapshot.lineage),
            "the state": (origin.position, prior.position),
        }
    )


def refuse_changed(compared: Mapping[str, tuple[str, str]]) -> None:
    """Raise when something was another when the plan was made: then and now, by what it is called."""
    changed = [what for what, (then, now) in compared.items() if then != now]
    if changed:
        detail = f"Since it was made, {' and '.join(changed)} changed, so it may do something else than what it showed."
        raise FreeholdError(
            [error("Saved plan is stale", detail, advice="Make a new plan, look at it, and apply that.")]
        )


def refuse_unknown_types(workspace: Workspace, plan: Plan) -> None:
    """Raise when something is to be done to what no provider here knows: a state or a plan may name it."""
    registry = workspace.registry
    for step in plan.steps:
        subject = step.subject
        known = registry.data_kind(subject.type) if isinstance(step, Read) else registry.kind(subject.type)
        if known is None and not isinstance(step, Forget):
            detail = f'{subject.address} is of the type "{subject.type}", and no provider here knows it.'
            raise FreeholdError([error("Unknown resource type", detail, address=subject.address)])


def refuse_incoherent(workspace: Workspace, plan: Plan) -> None:
    """Raise when the plan makes what the configuration has no block for, or operations wait for each other: what was
    planned never does, what somebody wrote may."""
    nodes = workspace.references.nodes
    for step in plan.steps:
        address, taken = step.subject.address, Data if isinstance(step, Read) else Resource | Cluster | App
        _, node = nodes.get(unkeyed(address), (None, None))
        if not isinstance(step, Delete | Forget | NoOp | Resume) and not isinstance(node, taken):
            raise FreeholdError([error("Not a plan file", f"The configuration has no block for {address}.")])
    try:
        Digraph(edges=plan.edges).order()
    except Cycle as cycle:
        raise FreeholdError([error("Not a plan file", f"Its operations wait for each other: {cycle}.")]) from None


def refuse_variables(workspace: Workspace, plan: Plan, prior: Prior) -> None:
    """Raise when a variable has another value than the plan was made with."""
    problems, key = Diagnostics(), plan.origin.key(prior.snapshot.digest_key)
    for name, value in workspace.variables.items():
        if name in plan.variables:
            compare(workspace.configuration.variables[name], plan.variables[name], value, key, problems)
    raise_with_sources(problems, workspace.configuration)
