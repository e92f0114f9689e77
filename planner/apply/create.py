"""Creates what is not there."""

from __future__ import annotations

import contextlib

from planner.apply.context import Context
from planner.apply.final_plan import same_key
from planner.apply.outcome import Outcome, identity_text
from planner.apply.resolving import Resolved
from planner.apply.update import converge
from planner.evaluation.stored import Secrets
from planner.plan.keys import keeps_key
from planner.plan.steps import Adopt, Create, Replace
from providers.contract import Client, Observed, ResourceKind
from providers.contract.errors import AccessDenied, AlreadyExists, Invalid, ProviderError


def perform(step: Create | Replace | Adopt, context: Context, token: str = "") -> Outcome:
    """Create it. Where a replacement is created first, what it replaces is kept until it is deleted; where the
    values that force it have become what exists, nothing is done."""
    kind, client = context.calling.kind(step), context.calling.client(step)
    left = context.resolving.left(step, kind, client) if isinstance(step, Replace) else None
    if left is not None:
        return context.unchanged(step, left)
    resolved = context.resolving.planned(step, kind, client)
    if isinstance(step, Replace) and step.create_first and keeps_key(kind, step.before, resolved.values):
        raise same_key(step.subject.address)
    token = token or context.calling.new_token()
    begun = context.recording.begin(step, "create", resolved, token=token)
    observed, found = _made(begun, step, kind, client, resolved, token, context)
    if isinstance(step, Replace) and step.create_first:
        context.recording.replaced(begun, step, observed, resolved.secrets)
    else:
        context.recording.done(begun, step, observed, resolved.secrets)
    if found:
        observed = converge(step, kind, client, observed, context)
    return Outcome(identity_text(observed), added=1)


def _made(
    begun: str,
    step: Create | Replace | Adopt,
    kind: ResourceKind,
    client: Client,
    resolved: Resolved,
    token: str,
    context: Context,
) -> tuple[Observed, bool]:
    """What is there once it is created, and whether it was found: where a create fails, an answer or a record of it may
    be lost."""
    call = context.call(step, begun, token, resolved)
    try:
        return kind.create(client, resolved.values, resolved.config, call), False
    except ProviderError as failure:
        if failure.observed is None:
            with contextlib.suppress(ProviderError):
                left = context.find(step, resolved.values, call)
                if left is not None:
                    return left, True
        _record_failure(begun, step, failure, resolved.secrets, context)
        raise


def _record_failure(
    begun: str, step: Create | Replace | Adopt, failure: ProviderError, secrets: Secrets, context: Context
) -> None:
    """Keep what exists, tainted. Where that is not known, the record stays open: the next apply looks for it."""
    if failure.observed is not None and isinstance(step, Replace) and step.create_first:
        context.recording.half_replaced(begun, step, failure, failure.observed, secrets)
    elif failure.observed is not None:
        context.recording.failed(begun, failure, context.recording.left(step, failure, secrets, tainted=True))
    elif isinstance(failure, AlreadyExists | AccessDenied | Invalid):
        context.recording.failed(begun, failure)
