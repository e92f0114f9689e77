"""Takes into the state what an interrupted create left behind, and brings it to the plan; or creates it."""

from __future__ import annotations

from dataclasses import replace

from planner.apply import create
from planner.apply.context import Context
from planner.apply.outcome import Outcome, identity_text
from planner.apply.update import converge
from planner.evaluation.marking import without_secrets
from planner.evaluation.stored import restore
from planner.plan.steps import Adopt, Step
from planner.prior.reading import as_marked
from planner.prior.settling import left_to_settle
from providers.contract import Call, Observed, ResourceKind, Values
from state.records import Begin


def perform(step: Adopt, context: Context) -> Outcome:
    """Adopt or create it: one resource more, either way."""
    kind, client = context.calling.kind(step), context.calling.client(step)
    resolved = context.resolving.planned(step, kind, client)
    lost = context.in_flight.get(step.subject.address)
    token = lost.token if lost else context.calling.new_token()
    call = context.calling.call(step, token, resolved.private)
    sent = {name: restore(value) for name, value in (lost.planned or {}).items()} if lost else {}
    observed = find_lost(step, _search_values(kind, resolved.values, sent), call, lost, context)
    if observed is None:
        if lost is not None:
            context.recording.failed(lost.id, "was not created")
        return create.perform(step, context, token)
    if lost is not None:
        kept = replace(observed, values=as_marked(observed.values, sent))
        context.recording.found(lost, step, kept, resolved.secrets)
    return Outcome(identity_text(converge(step, kind, client, observed, context)), added=1)


def _search_values(kind: ResourceKind, values: Values, sent: Values) -> Values:
    """The values that a lost create is known by: those it had, where the configuration names another one by now."""
    planned = without_secrets(sent)
    key = kind.key(planned)
    return values if key is None or key == kind.key(values) else {**values, **planned}


def find_lost(step: Step, values: Values, call: Call, lost: Begin | None, context: Context) -> Observed | None:
    """What a lost create left behind, looked for until it would have come about."""
    kind = context.calling.kind(step)
    while True:
        left = left_to_settle(kind, lost.at if lost else "", call.clock)
        observed = context.find(step, values, call)
        if observed is not None or not left or call.cancelled.is_set():
            return observed
        call.progress("waiting for what an interrupted apply may have created")
        call.clock.sleep(min(1.0, left))
