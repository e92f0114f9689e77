"""Changes in place what exists."""

from __future__ import annotations

from planner.apply.context import Context
from planner.apply.outcome import Outcome, identity_text
from planner.plan.steps import Import, Update
from providers.contract import Observed
from providers.contract.diff import changed
from providers.contract.errors import ProviderError


def perform(step: Update | Import, context: Context) -> Outcome:
    """Change it. Where only what is secret changes, that is between us and the state: nothing is sent."""
    kind, client = context.calling.kind(step), context.calling.client(step)
    resolved = context.resolving.planned(step)
    prior = context.resolving.exists(step, resolved.secrets)
    begun = context.recording.begin(step, "update", identity=dict(prior.identity))
    try:
        if changed(prior.values, resolved.values):
            call = context.calling.call(step, private=step.private)
            observed = kind.update(client, prior, resolved.values, resolved.config, call)
        else:
            observed = Observed(resolved.values, prior.identity, prior.private)
    except ProviderError as failure:
        context.recording.failed(begun, failure, context.recording.left(step, failure, resolved.secrets))
        raise
    context.recording.done(begun, step, observed, resolved.secrets)
    return Outcome(identity_text(observed), changed=1)
