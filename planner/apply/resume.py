"""Waits for what an interrupted run began and the service goes on with, and records how it ended."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial

from planner.apply.context import Context
from planner.apply.outcome import Outcome, identity_text
from planner.apply.update import converge
from planner.evaluation.stored import Secrets
from planner.plan.steps import Resume
from planner.prior.reading import as_marked
from providers.contract import Call, Client, Observed, ResourceKind
from providers.contract.errors import Failed, NotFound, ProviderError
from state.records import Begin

_ADVICE = "Plan again: it is planned on what exists by now."


def perform(step: Resume, context: Context) -> Outcome:
    """Wait for it. What the service no longer knows is settled by a read; what is left undone is done, where no other
    step does."""
    begin = context.running[step.begin]
    kind, client = context.calling.kind(step), context.calling.client(step, old=step.action != "create")
    accepted = partial(context.recording.accepted_again, begin)
    call = replace(context.calling.call(step, begin.token), accepted=accepted)
    whole = not step.followed and step.action != "delete"
    secrets = context.resolving.secrets(context.resolving.configured(step) if whole else {})
    try:
        with contextlib.suppress(NotFound):
            kind.resume(client, begin.handle or {}, call)
        observed = _seen(step, kind, client, call, secrets, context)
    except ProviderError as failure:
        _record_failure(begin, step, failure, call, secrets, context)
        raise
    if observed is None:
        context.recording.deleted(begin.id)
        return Outcome(destroyed=1)
    _record(begin, step, observed, secrets, context)
    if whole:
        observed = converge(step, kind, client, observed, context)
    return Outcome(identity_text(observed), added=int(step.action == "create"), changed=int(step.action == "update"))


def _seen(
    step: Resume, kind: ResourceKind, client: Client, call: Call, secrets: Secrets, context: Context
) -> Observed | None:
    """What exists by now; None of what was deleted. Raises a ProviderError where it did not come about."""
    values = secrets.reveal(step.after)
    if step.action == "create":
        made = context.find(step, values, call)
        if made is None:
            raise Failed("It was not created", "The service ended the creation without it.", advice=_ADVICE)
        return made
    prior = context.resolving.exists(step, secrets, deposed=step.deposed)
    found = kind.read(client, [replace(prior, values=values or prior.values)])[0]
    if (found is None) != (step.action == "delete"):
        said = "It is still there" if found is not None else "It is gone"
        raise Failed(said, f"The service ended the {step.action} otherwise.", advice=_ADVICE)
    return found


def _record(begin: Begin, step: Resume, observed: Observed, secrets: Secrets, context: Context) -> None:
    """What came out; secrets that the service does not tell are as they were sent."""
    context.resolving.resumed(step, observed)
    kept = replace(observed, values=as_marked(observed.values, step.after))
    if step.action == "create" and context.recording.holds(step.subject.address):
        context.recording.replaced(begin.id, step, kept, secrets)
    else:
        context.recording.done(begin.id, step, kept, secrets)


def _record_failure(
    begin: Begin,
    step: Resume,
    failure: ProviderError,
    call: Call,
    secrets: Secrets,
    context: Context,
) -> None:
    """A create that failed may have left something, which is kept, tainted; where that is not known, its record stays
    open."""
    if step.action != "create":
        context.recording.failed(begin.id, failure)
        return
    left = failure.observed
    if left is None and not isinstance(failure, NotFound):
        try:
            left = context.find(step, secrets.reveal(step.after), call)
        except ProviderError as second:
            left = second.observed
    if left is not None and context.recording.holds(step.subject.address):
        context.recording.half_replaced(begin.id, step, failure, left, secrets)
    elif left is not None:
        context.recording.failed(begin.id, failure, context.recording.state(step, left, secrets, tainted=True))
