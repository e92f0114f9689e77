"""Conditions that people write: of variables, resources, outputs and checks. What holds, what does not, and why.

A condition that is not known yet is asked again when what it waits for is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from language.conversion import ConversionError, convert
from language.diagnostics import Diagnostics
from language.explanations import values_of
from language.marks import unmark
from language.scope import Scope
from language.types import BOOL, STRING
from language.values import Unknown
from planner.configuration.blocks import Condition

Status: TypeAlias = Literal["pass", "fail", "error", "unknown"]
Kind: TypeAlias = Literal["var", "resource", "output_value", "check"]
_WORST: tuple[Status, ...] = ("error", "fail", "unknown", "pass")
SUMMARIES = {
    "var": "Invalid value for variable",
    "precondition": "Resource precondition failed",
    "postcondition": "Resource postcondition failed",
    "output": "Output precondition failed",
    "assert": "Check block assertion failed",
}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How the conditions of one object came out; `problems` are the messages of those that do not hold."""

    address: str
    kind: Kind
    status: Status
    problems: tuple[str, ...] = ()


def worst(statuses: Iterable[Status]) -> Status:
    """What several conditions come to together."""
    found = set(statuses)
    return next((status for status in _WORST if status in found), "pass")


def examine(
    address: str,
    kind: Kind,
    conditions: Iterable[Condition],
    scope: Scope,
    what: str,
    diagnostics: Diagnostics,
    *,
    warn: bool = False,
) -> CheckResult:
    """Ask all conditions; one that does not hold is an error, or with `warn` a warning. `what` is its kind of block.

    One that cannot be asked is an error either way.
    """
    statuses: list[Status] = []
    problems = []
    for condition in conditions:
        status, message = _ask(condition, scope, diagnostics)
        statuses.append(status)
        if status == "fail":
            problems.append(message)
            rule = f"{condition.span.file} line {condition.span.start_line}"
            detail = f"{message}\n\nThis was checked by the rule at {rule}."
            tell = diagnostics.warning if warn else diagnostics.error
            matter = values_of(condition.condition.references, scope)
            tell(SUMMARIES[what], detail, condition.condition.span, address=address, values=matter)
    return CheckResult(address, kind, worst(statuses), tuple(problems))


def check_types(conditions: Iterable[Condition], scope: Scope, diagnostics: Diagnostics) -> None:
    """Report what is wrong with conditions whatever comes out, where what they refer to is not known."""
    for condition in conditions:
        for expression, type_, what in (
            (condition.condition, BOOL, "condition"),
            (condition.error_message, STRING, "error message"),
        ):
            try:
                convert(expression.evaluate(scope, diagnostics), type_)
            except ConversionError as failure:
                diagnostics.error(f"Invalid {what}", f"The {what} is not suitable: {failure}.", expression.span)


def _ask(condition: Condition, scope: Scope, diagnostics: Diagnostics) -> tuple[Status, str]:
    problems = Diagnostics()
    value, _ = unmark(condition.condition.evaluate(scope, problems))
    if not problems.has_errors and not isinstance(value, Unknown):
        try:
            value = convert(value, BOOL)
        except ConversionError as failure:
            detail = f"The condition is not suitable: {failure}."
            matter = values_of(condition.condition.references, scope)
            problems.error("Invalid condition", detail, condition.condition.span, values=matter)
        if value is None:
            problems.error("Invalid condition", "The condition is null.", condition.condition.span)
    if problems.has_errors:
        diagnostics.extend(problems)
        return "error", ""
    if isinstance(value, Unknown):
        return "unknown", ""
    return ("pass", "") if value else ("fail", _message(condition, scope, diagnostics))


def _message(condition: Condition, scope: Scope, diagnostics: Diagnostics) -> str:
    message, secret = unmark(condition.error_message.evaluate(scope, diagnostics))
    if secret:
        return "The message has something sensitive or ephemeral in it, and is not shown."
    return message.strip() if isinstance(message, str) else "The message is not known."
