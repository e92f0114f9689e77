"""What `replace_triggered_by` may name: a resource, an instance of it or an attribute, never a value without a life."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from language.expressions import Expression

NO_TRIGGERS = frozenset({"var", "local", "module", "path", "terraform", "each", "count", "self", "data"})
"""Roots of what has no life of its own to follow."""
TriggerPath: TypeAlias = Sequence[str | Expression]


def reference(trigger: Expression) -> TriggerPath | None:
    """The steps of a trigger from its root on; None for what cannot be one."""
    path = trigger.path()
    if path is None or len(path) < 2 or path[0] in NO_TRIGGERS or not isinstance(path[1], str):
        return None
    keys = [step for step in path if isinstance(step, Expression)]
    named = {str(reference) for key in keys for reference in key.references}
    return path if named <= {"each.key", "count.index"} else None
