"""Reads data whose configuration was not known when the plan was made."""

from __future__ import annotations

from language.diagnostics import FreeholdError, error
from language.values import is_wholly_known
from planner.apply.context import Context
from planner.apply.outcome import Outcome
from planner.plan.steps import Read
from planner.prior.data_reader import identity_of


def perform(step: Read, context: Context) -> Outcome:
    """Read it; nothing of it is kept in the state."""
    instance = context.resolving.data_instance(step)
    if not is_wholly_known(instance.values):
        detail = "What is to be read is still not known."
        raise FreeholdError([error("Data source cannot be read", detail)])
    values = context.data.look_up(instance)
    context.results.values[step.subject.address] = values
    return Outcome(identity_of(values))
