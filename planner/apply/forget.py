"""Drops from the state what goes on existing, or is gone already."""

from __future__ import annotations

from planner.apply.context import Context
from planner.apply.outcome import Outcome
from planner.plan.steps import Forget


def perform(step: Forget, context: Context) -> Outcome:
    """Forget it."""
    context.recording.forgotten(step)
    return Outcome()
