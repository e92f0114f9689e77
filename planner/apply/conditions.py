"""Pre- and postconditions of instances while an apply runs. Raises: what depends on the instance is not begun."""

from __future__ import annotations

from language.diagnostics import Diagnostics
from planner.apply.resolving import Pending
from planner.evaluation.evaluator import Results
from planner.events import Verb
from planner.plan.checks import postconditions, preconditions


def check_before(pending: Pending, address: str, verb: Verb) -> None:
    """What the plan could not know yet has to hold before the call leaves. Raises FreeholdError."""
    found = pending.typed(address) if verb not in ("delete", "forget") else None
    if found is not None:
        problems = Diagnostics()
        preconditions(found[0], address, found[1], problems)
        problems.raise_errors()


def check_after(pending: Pending, results: Results, address: str, verb: Verb) -> None:
    """What has to hold of what came out. Raises FreeholdError."""
    found = pending.typed(address) if verb not in ("delete", "forget") else None
    if found is not None:
        problems = Diagnostics()
        postconditions(found[0], address, found[1], results.values.get(address), problems)
        problems.raise_errors()
