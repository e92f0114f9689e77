"""Takes into the state what exists, as it is; then changes what the plan changes."""

from __future__ import annotations

from dataclasses import replace

from language.diagnostics import FreeholdError
from planner.apply import update
from planner.apply.context import Context
from planner.apply.outcome import Outcome, identity_text
from planner.plan.steps import Import
from providers.contract.errors import ProviderError


def perform(step: Import, context: Context) -> Outcome:
    """Import it. It is imported, too, when the change that the plan makes then fails."""
    observed = context.resolving.exists(step)
    context.recording.imported(step, observed)
    if not step.changes:
        context.recording.settle(step, observed)
        return Outcome(identity_text(observed), imported=1)
    try:
        return replace(update.perform(step, context), imported=1)
    except (ProviderError, FreeholdError) as failure:
        return Outcome(identity_text(observed), imported=1, failure=failure)
