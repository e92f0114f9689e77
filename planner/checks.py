"""Where conditions are asked: around each resource instance; of outputs and `check` blocks when all else is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from language.diagnostics import Diagnostics
from language.expressions import Scope
from planner.conditions import CheckResult, examine
from planner.configuration import Resource
from planner.evaluate import Evaluator
from planner.outputs import conditions as output_conditions


def preconditions(resource: Resource, address: str, scope: Scope, diagnostics: Diagnostics) -> CheckResult | None:
    """What has to hold before an instance is planned or changed."""
    asked = resource.lifecycle.preconditions
    return examine(address, "resource", asked, scope, "precondition", diagnostics) if asked else None


def postconditions(
    resource: Resource, address: str, scope: Scope, values: Any, diagnostics: Diagnostics
) -> CheckResult | None:
    """What has to hold of an instance with these values; `self` is them."""
    asked = resource.lifecycle.postconditions
    inner = scope.child({"self": values})
    return examine(address, "resource", asked, inner, "postcondition", diagnostics) if asked else None


def concluding(root: Evaluator, diagnostics: Diagnostics) -> Iterator[CheckResult]:
    """The preconditions of outputs, and all check blocks, whose assertions only warn."""
    for module in root.configuration.tree():
        for evaluator in root.instances(module.path):
            yield from output_conditions(evaluator, diagnostics)
            for check in module.checks.values():
                address = evaluator.prefix + check.address
                yield examine(address, "check", check.asserts, evaluator.scope, "assert", diagnostics, warn=True)
