"""Changes in place what exists."""

from __future__ import annotations

from language.marks import unmark_deep
from planner.apply.context import Context
from planner.apply.final_plan import plan_again
from planner.apply.outcome import Outcome, identity_text
from planner.apply.resolving import Resolved
from planner.plan.steps import Import, Step, Update
from providers.contract import Client, Observed, ResourceKind
from providers.contract.diff import changed
from providers.contract.errors import Failed, ProviderError


def perform(step: Update | Import, context: Context) -> Outcome:
    """Change it. Where what was unknown has become what exists, nothing is done."""
    kind, client = context.calling.kind(step), context.calling.client(step)
    resolved = context.resolving.planned(step, kind, client)
    if step.unknown and not resolved.changes:
        return context.unchanged(step, resolved)
    return Outcome(identity_text(_changed(step, kind, client, resolved, context)), changed=1)


def converge(step: Step, kind: ResourceKind, client: Client, observed: Observed, context: Context) -> Observed:
    """What an interrupted run made, as the configuration has it: changed where it differs. Raises Failed where it would
    have to be replaced, which the next plan shows."""
    config = context.resolving.configured(step)
    secrets = context.resolving.secrets(config)
    config = context.resolving.kept(step, config, observed)
    planned = plan_again(kind, client, observed, config)
    if planned.replace or not changed(observed.values, planned.values):
        context.recording.settle(step, observed, secrets)
        if planned.replace:
            names = ", ".join(str(path[0]) for path in planned.replace)
            detail = f"An interrupted apply made it, with another {names}, which cannot be changed in place."
            raise Failed("It has to be replaced", detail, advice="Plan again, and apply that.")
        return observed
    resolved = Resolved(observed, planned.values, unmark_deep(config)[0], secrets, planned.private)
    return _changed(step, kind, client, resolved, context)


def _changed(step: Step, kind: ResourceKind, client: Client, resolved: Resolved, context: Context) -> Observed:
    """Change what exists. Where only what is secret changes, that is between us and the state: nothing is sent."""
    prior = resolved.prior
    assert prior is not None
    begun = context.recording.begin(step, "update", resolved, identity=dict(prior.identity))
    try:
        if resolved.changes:
            call = context.call(step, begun, resolved=resolved)
            observed = kind.update(client, prior, resolved.values, resolved.config, call)
        else:
            observed = Observed(resolved.values, prior.identity, prior.private)
    except ProviderError as failure:
        context.recording.failed(begun, failure, context.recording.left(step, failure, resolved.secrets))
        raise
    context.recording.done(begun, step, observed, resolved.secrets)
    return observed
