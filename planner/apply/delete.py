"""Deletes what exists, or what an interrupted create may have left behind."""

from __future__ import annotations

from planner.apply.adopt import find_lost
from planner.apply.context import Context
from planner.apply.outcome import Outcome, identity_text
from planner.evaluation.marking import without_secrets
from planner.evaluation.stored import restore
from planner.plan.steps import Delete, Replace
from planner.prior.holdings import Holdings, described
from planner.prior.reading import as_marked
from providers.contract import Contents, Observed
from providers.contract.errors import Failed, ProviderError
from state.records import Begin
from state.resources import key_of


def perform(step: Delete | Replace, context: Context) -> Outcome:
    """Delete it; of a replacement that was created first, what it replaces."""
    address = step.subject.address
    if isinstance(step, Delete) and step.reason == "in-flight":
        return _delete_lost(step, context.in_flight[key_of(address, step.deposed)], context)
    if isinstance(step, Replace) and step.is_open:
        left = context.resolving.left(step, context.calling.kind(step), context.calling.client(step))
        if left is not None:
            return context.unchanged(step, left)
    if isinstance(step, Replace):
        deposed = context.recording.deposed(address) if step.create_first else None
    else:
        deposed = step.deposed
    return _delete(step, context.resolving.exists(step, deposed=deposed), deposed, context)


def _delete(step: Delete | Replace, prior: Observed, deposed: str | None, context: Context) -> Outcome:
    kind, client = context.calling.kind(step), context.calling.client(step, old=True)
    if context.holdings is not None and deposed is None:
        _refuse_contents(step, prior, context.holdings)
    begun = context.recording.begin(step, "delete", identity=dict(prior.identity), deposed=deposed)
    try:
        kind.delete(client, prior, context.call(step, begun))
    except ProviderError as failure:
        context.recording.failed(begun, failure)
        raise
    context.recording.deleted(begun)
    return Outcome(identity_text(prior), destroyed=1)


def _refuse_contents(step: Delete | Replace, prior: Observed, holdings: Holdings) -> None:
    """Raise where it holds by now what nobody allowed to destroy."""
    subject = step.subject
    found = holdings.of(subject.type, subject.provider, {subject.address: prior}).get(subject.address, Contents())
    if found != Contents():
        names = "\n".join(f"  - {each}" for each in described(found))
        detail = f"It was not deleted, since it holds by now:\n{names}"
        advice = "If this may go, plan and apply with -allow-data-loss."
        raise Failed("What it holds would be lost", detail, address=subject.address, advice=advice)


def _delete_lost(step: Delete, lost: Begin, context: Context) -> Outcome:
    """What an interrupted create made, if it made something."""
    planned = {name: restore(value) for name, value in (lost.planned or {}).items()}
    call = context.calling.call(step, lost.token)
    observed = find_lost(step, without_secrets(planned), call, lost, context)
    if observed is None:
        context.recording.failed(lost.id, "was not created")
        if step.deposed is None:  # what the state has at the address is gone
            context.recording.forgotten(step)
        return Outcome()
    secrets = context.resolving.secrets(as_marked(observed.values, planned))
    context.recording.found(lost, step, observed, secrets, deposed=step.deposed)
    return _delete(step, observed, step.deposed, context)
