"""`replace_triggered_by`: whether something that an instance follows changes in the plan.

Rules, as Terraform has them: a block or an instance goes off when it is updated or replaced, not when it is created; an
attribute when it has another value then, or one that is not known yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from graph.addresses import indexed
from language.diagnostics import Diagnostics
from language.expressions import Expression
from language.marks import unmark, unmark_deep
from language.scope import Scope
from language.values import NOTHING, equal, is_wholly_known, value_at
from planner.configuration.triggers import TriggerPath, reference
from planner.plan.steps import Replace, Update

Changes: TypeAlias = Mapping[str, Mapping[str, Update | Replace]]


class Triggers:
    """The triggers of one block, in the module instance whose addresses begin with `prefix`.

    `changes` are the steps that make one go off, by block and in it by address.
    """

    def __init__(self, triggers: Iterable[Expression], prefix: str, changes: Changes) -> None:
        self._paths = [path for path in map(reference, triggers) if path is not None]
        self._prefix = prefix
        self._changes = changes

    def is_triggered(self, scope: Scope, diagnostics: Diagnostics) -> bool:
        """Whether any of them does, for the instance that the scope is of."""
        return any(self._triggers(path, scope, diagnostics) for path in self._paths)

    def _triggers(self, path: TriggerPath, scope: Scope, diagnostics: Diagnostics) -> bool:
        block, rest = f"{self._prefix}{path[0]}.{path[1]}", path[2:]
        changes = self._changes.get(block, {})
        if not rest:
            return bool(changes)
        address = block
        if isinstance(rest[0], Expression):
            key = _key(rest[0], scope, diagnostics)
            address, rest = indexed(block, key), rest[1:]
        step = changes.get(address)
        if step is None or not rest:
            return step is not None
        keys = [each if isinstance(each, str) else _key(each, scope, diagnostics) for each in rest]
        before, after = (unmark_deep(value_at(values, keys))[0] for values in (step.before, step.after))
        if before is NOTHING or after is NOTHING:
            return before is not after
        return not is_wholly_known(after) or not equal(before, after)


def _key(expression: Expression, scope: Scope, diagnostics: Diagnostics) -> Any:
    return unmark(expression.evaluate(scope, diagnostics))[0]
