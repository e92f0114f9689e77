"""Deletes what exists, or what an interrupted create may have left behind."""

from __future__ import annotations

from planner.apply.adopt import find_lost
from planner.apply.context import Context
from planner.apply.outcome import Outcome, identity_text
from planner.evaluation.stored import restore
from planner.plan.steps import Delete, Replace
from providers.contract import Observed
from providers.contract.errors import ProviderError
from state.records import Begin


def perform(step: Delete | Replace, context: Context) -> Outcome:
    """Delete it; of a replacement that was created first, what it replaces."""
    address = step.subject.address
    lost = context.in_flight.get(address) if isinstance(step, Delete) and step.reason == "in-flight" else None
    if lost is not None:
        return _delete_lost(step, lost, context)
    deposed = step.deposed if isinstance(step, Delete) else context.recording.deposed(address)
    return _delete(step, context.resolving.exists(step, deposed=deposed), deposed, context)


def _delete(step: Delete | Replace, prior: Observed, deposed: str | None, context: Context) -> Outcome:
    kind, client = context.calling.kind(step), context.calling.client(step, old=True)
    begun = context.recording.begin(step, "delete", identity=dict(prior.identity), deposed=deposed)
    try:
        kind.delete(client, prior, context.calling.call(step))
    except ProviderError as failure:
        context.recording.failed(begun, failure)
        raise
    context.recording.deleted(begun)
    return Outcome(identity_text(prior), destroyed=1)


def _delete_lost(step: Delete | Replace, lost: Begin, context: Context) -> Outcome:
    """What an interrupted create made, if it made something."""
    kind, client = context.calling.kind(step), context.calling.client(step, old=True)
    planned = {name: restore(value) for name, value in (lost.planned or {}).items()}
    observed = find_lost(kind, client, planned, context.calling.call(step, lost.token), lost)
    if observed is None:
        context.recording.failed(lost.id, "was not created")
        return Outcome()
    context.recording.found(lost, step, observed)
    return _delete(step, observed, None, context)
