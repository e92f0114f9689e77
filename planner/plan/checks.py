"""Where conditions are asked: around each instance of a resource or of data; of outputs and `check` blocks at the end,
when all else is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeAlias

from language.diagnostics import Diagnostics
from language.scope import Scope
from planner.configuration.blocks import Check, Data, TypedBlock
from planner.evaluation.conditions import CheckResult, examine
from planner.evaluation.evaluator import Evaluator
from planner.plan.outputs import conditions as output_conditions

LookUp: TypeAlias = Callable[[Evaluator, Data], Diagnostics]
"""Reads the data of a check, and tells what went wrong."""


def preconditions(block: TypedBlock, address: str, scope: Scope, diagnostics: Diagnostics) -> CheckResult | None:
    """What has to hold before an instance is planned, changed or read."""
    conditions = block.lifecycle.preconditions
    return examine(address, "resource", conditions, scope, "precondition", diagnostics) if conditions else None


def broken(result: CheckResult | None) -> bool:
    """Whether something that has to hold does not."""
    return result is not None and result.status in ("fail", "error")


def postconditions(
    block: TypedBlock, address: str, scope: Scope, values: Any, diagnostics: Diagnostics
) -> CheckResult | None:
    """What has to hold of an instance with these values; `self` is them."""
    conditions = block.lifecycle.postconditions
    inner = scope.child({"self": values})
    return examine(address, "resource", conditions, inner, "postcondition", diagnostics) if conditions else None


def concluding(root: Evaluator, diagnostics: Diagnostics, look_up: LookUp) -> Iterator[CheckResult]:
    """The preconditions of outputs, and all check blocks, whose assertions only warn.

    Locals and modules' outputs that come out in error are told, though nothing may have needed them.
    """
    for module in root.configuration.tree():
        for evaluator in root.instances(module.path):
            for name in module.locals:
                evaluator.local(name, diagnostics)
            if module.path:
                evaluator.outputs(diagnostics)
            yield from output_conditions(evaluator, diagnostics)
            for check in module.checks.values():
                yield _checked(evaluator, check, diagnostics, look_up)


def _checked(evaluator: Evaluator, check: Check, diagnostics: Diagnostics, look_up: LookUp) -> CheckResult:
    """A check with its data, which may not be there: that is a warning as well."""
    data = [each for each in evaluator.configuration.data.values() if each.check == check.name]
    problems = [problem for each in data for problem in look_up(evaluator, each)]
    diagnostics.extend(replace(problem, severity="warning") for problem in problems)
    address = evaluator.prefix + check.address
    found = examine(address, "check", check.asserts, evaluator.scope, "assert", diagnostics, warn=True)
    if not problems:
        return found
    texts = (f"{problem.summary}: {problem.detail}" for problem in problems)
    return replace(found, status="fail", problems=(*texts, *found.problems))
