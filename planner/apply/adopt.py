"""Takes into the state what an interrupted create left behind, and brings it to the plan; or creates it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from planner.apply.context import Context
from planner.apply.create import made
from planner.apply.outcome import Outcome, identity_text
from planner.apply.resolving import Resolved
from planner.plan.steps import Adopt
from providers.contract import Call, Client, Observed, ResourceKind, Values
from providers.contract.diff import changed, proposed_new
from providers.contract.errors import ProviderError
from state.records import Begin

SETTLE = 10.0
"""Seconds after which a request that was sent has had its effect, or never will: one whose sender died may still be on
its way, and what was made a moment ago is not listed at once."""


def perform(step: Adopt, context: Context) -> Outcome:
    """Adopt or create it: one resource more, either way."""
    kind, client = context.calling.kind(step), context.calling.client(step)
    resolved = context.resolving.planned(step)
    lost = context.in_flight.get(step.subject.address)
    token = lost.token if lost else context.calling.new_token()
    call = context.calling.call(step, token, step.private)
    observed = find_lost(kind, client, resolved.values, call, lost)
    if observed is not None:
        if lost is not None:
            context.recording.found(lost, step, observed, resolved.secrets)
        observed = _brought_to_plan(step, kind, client, observed, resolved, call, context)
    else:
        if lost is not None:
            context.recording.failed(lost.id, "was not created")
        begun = context.recording.begin(step, "create", token=token, durable=not kind.named)
        observed = made(begun, step, kind, client, resolved, token, context)
        context.recording.done(begun, step, observed, resolved.secrets)
    return Outcome(identity_text(observed), added=1)


def find_lost(kind: ResourceKind, client: Client, planned: Values, call: Call, lost: Begin | None) -> Observed | None:
    """What a lost create left behind, looked for until it would have come about."""
    while True:
        observed = kind.find(client, planned, call)
        age = call.clock.now() - datetime.fromisoformat(lost.at).timestamp() if lost and lost.at else SETTLE
        if observed is not None or kind.named or not 0 <= age < SETTLE or call.cancelled.is_set():
            return observed
        call.progress("waiting for what an interrupted apply may have created")
        call.clock.sleep(min(1.0, SETTLE - age))


def _brought_to_plan(
    step: Adopt,
    kind: ResourceKind,
    client: Client,
    observed: Observed,
    resolved: Resolved,
    call: Call,
    context: Context,
) -> Observed:
    config = resolved.config
    proposed = kind.plan(client, observed, proposed_new(kind.schema, observed.values, config), config)
    if not changed(observed.values, proposed.values):
        context.recording.settle(step, observed, resolved.secrets)
        return observed
    begun = context.recording.begin(step, "update")
    try:
        observed = kind.update(client, observed, proposed.values, config, replace(call, private=proposed.private))
    except ProviderError as failure:
        context.recording.failed(begun, failure)
        raise
    context.recording.done(begun, step, observed, resolved.secrets)
    return observed
