"""Creates what is not there."""

from __future__ import annotations

import contextlib

from planner.apply.context import Context
from planner.apply.outcome import Outcome, identity_text
from planner.apply.resolving import Resolved
from planner.evaluation.stored import Secrets
from planner.plan.steps import Adopt, Create, Replace
from providers.contract import Client, Observed, ResourceKind
from providers.contract.errors import AccessDenied, AlreadyExists, Invalid, ProviderError


def perform(step: Create | Replace, context: Context) -> Outcome:
    """Create it. Where a replacement is created first, what it replaces is kept until it is deleted."""
    kind, client = context.calling.kind(step), context.calling.client(step)
    resolved = context.resolving.planned(step)
    token = context.calling.new_token()
    begun = context.recording.begin(step, "create", token=token, durable=not kind.named)
    observed = made(begun, step, kind, client, resolved, token, context)
    if isinstance(step, Replace) and step.create_first:
        context.recording.replaced(begun, step, observed, resolved.secrets)
    else:
        context.recording.done(begun, step, observed, resolved.secrets)
    return Outcome(identity_text(observed), added=1)


def made(
    begun: str,
    step: Create | Replace | Adopt,
    kind: ResourceKind,
    client: Client,
    resolved: Resolved,
    token: str,
    context: Context,
) -> Observed:
    """Create it. Where that fails, it may be there all the same: an answer or a record of it can be lost."""
    call = context.calling.call(step, token, step.private)
    try:
        return kind.create(client, resolved.values, resolved.config, call)
    except ProviderError as failure:
        if failure.observed is None:
            with contextlib.suppress(ProviderError):
                left = kind.find(client, resolved.values, call)
                if left is not None:
                    return left
        _record_failure(begun, step, failure, resolved.secrets, context)
        raise


def _record_failure(
    begun: str, step: Create | Replace | Adopt, failure: ProviderError, secrets: Secrets, context: Context
) -> None:
    """Keep what exists, tainted. Where that is not known, the record stays open: the next apply looks for it."""
    if failure.observed is not None:
        context.recording.failed(begun, failure, context.recording.left(step, failure, secrets, tainted=True))
    elif isinstance(failure, AlreadyExists | AccessDenied | Invalid):
        context.recording.failed(begun, failure)
