"""What came of one operation, and of the whole run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from language.diagnostics import Diagnostics, FreeholdError
from language.redaction import HIDDEN, REDACTOR
from planner.evaluation.conditions import CheckResult
from providers.contract import Observed
from providers.contract.errors import ProviderError


@dataclass(frozen=True, slots=True)
class Outcome:
    """The identity of what an operation was done to, as people read it, and how many resources it added and so on.

    `unchanged`: it turned out that there was nothing to do. `failure`: what went wrong after that much was done.
    """

    identity: str = ""
    added: int = 0
    changed: int = 0
    destroyed: int = 0
    imported: int = 0
    unchanged: bool = False
    failure: ProviderError | FreeholdError | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """How an apply went. Counts are of operations that succeeded."""

    added: int = 0
    changed: int = 0
    destroyed: int = 0
    imported: int = 0
    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    interrupted: bool = False
    checks: tuple[CheckResult, ...] = ()


def counted(
    outcomes: Iterable[Outcome], diagnostics: Diagnostics, *, interrupted: bool, checks: tuple[CheckResult, ...]
) -> Result:
    """The result of a run with these outcomes."""
    every = tuple(outcomes)
    return Result(
        sum(each.added for each in every),
        sum(each.changed for each in every),
        sum(each.destroyed for each in every),
        sum(each.imported for each in every),
        diagnostics,
        interrupted,
        checks,
    )


def identity_text(observed: Observed) -> str:
    """The identity as people read it, without sensitive texts."""
    identity = observed.identity
    text = str(identity.get("id") or identity.get("arn") or identity.get("name") or "")
    return HIDDEN if REDACTOR.is_sensitive(text) else text
