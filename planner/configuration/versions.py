"""Version constraints: `>= 1.2, < 2`, `~> 1.4`, `!= 1.5.1`, as Terraform writes them."""

from __future__ import annotations

import re

from language import __version__
from language.diagnostics import Diagnostics, Span
from planner.configuration.blocks import Stack

TERRAFORM = "1.11.4"
"""The version of Terraform whose language is read."""
_CONSTRAINT = re.compile(r"\s*(=|!=|>=|<=|>|<|~>)?\s*v?(\d+(?:\.\d+){0,3})\s*\Z")


def parse_version(text: str) -> tuple[int, ...]:
    """ "1.2.3" as numbers. Raises ValueError."""
    return tuple(int(part) for part in text.removeprefix("v").split("-")[0].split("."))


def matches(version: str, constraints: str) -> bool:
    """Whether the version meets every one of the constraints, which commas separate. Raises ValueError."""
    found = parse_version(version)
    return all(_one(found, constraint) for constraint in constraints.split(","))


def _one(found: tuple[int, ...], constraint: str) -> bool:
    parsed = _CONSTRAINT.match(constraint)
    if parsed is None:
        raise ValueError(f'"{constraint.strip()}" is not a version constraint')
    operator, desired = parsed.group(1) or "=", parse_version(parsed.group(2))
    width = max(len(found), len(desired))
    one, other = (*found, *(0,) * (width - len(found))), (*desired, *(0,) * (width - len(desired)))
    if operator == "~>":
        upper = desired[: max(1, len(desired) - 1)]
        return one >= other and one[: len(upper)] == upper
    return {
        "=": one == other,
        "!=": one != other,
        ">=": one >= other,
        "<=": one <= other,
        ">": one > other,
        "<": one < other,
    }[operator]


def check_language(constraints: str, span: Span, diagnostics: Diagnostics) -> None:
    """Report a `terraform` block that asks for another version of the language than the one that is read here."""
    try:
        fits = matches(TERRAFORM, constraints)
    except ValueError as failure:
        diagnostics.error("Invalid version constraint", f"{failure}.", span)
        return
    if not fits:
        detail = f"This asks for Terraform {constraints}; the language that is read here is that of {TERRAFORM}."
        diagnostics.error("Unsupported Terraform language version", detail, span)


def check_required(stack: Stack, diagnostics: Diagnostics) -> None:
    """Report a stack that needs another version of freehold."""
    if not stack.required_version or not isinstance(stack.required_version, str):
        return
    try:
        fits = matches(__version__, stack.required_version)
    except ValueError as failure:
        diagnostics.error("Invalid version constraint", f"{failure}.", stack.span)
        return
    if not fits:
        detail = f"This stack needs freehold {stack.required_version}, and this is {__version__}."
        diagnostics.error("Unsupported freehold version", detail, stack.span)
