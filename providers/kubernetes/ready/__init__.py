"""When an object is ready: general rules first, then one module a kind, then its conditions.

A module here has `KINDS` (group and kind) and `check(object)`; to add a kind, add a module. The rules are those that
kubectl's rollout status, kstatus and Argo CD agree on.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias

from providers.contract import Values
from providers.kubernetes.foreign import count, mapping, mappings
from providers.kubernetes.ready.status import READY, Status, failed, waiting

Rule: TypeAlias = Callable[[Values], Status]
_GOOD = ("Ready", "Available", "Healthy", "Accepted", "Programmed", "Established", "Succeeded")


@cache
def _rules() -> Mapping[tuple[str, str], Rule]:
    found: dict[tuple[str, str], Rule] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name == "status":
            continue
        rule = importlib.import_module(f"{__name__}.{module.name}")
        found.update(dict.fromkeys(rule.KINDS, rule.check))
    return found


def status_of(live: Values, ready: Any = None) -> Status:
    """Whether the object is ready, has failed, or what it waits for. `ready` is the user's own rule."""
    status = mapping(live, "status")
    if mapping(live, "metadata").get("deletionTimestamp"):
        return failed("it is being deleted")
    generation = count(live, "metadata", "generation")
    if count(status, "observedGeneration", default=generation) < generation:
        return waiting("its controller has not seen the change yet")
    if isinstance(ready, dict) and ready.get("condition"):
        return _condition(status, str(ready["condition"]))
    for word, value in (("Stalled", "True"), ("Failed", "True")):
        found = _find(status, word)
        if found is not None and found.get("status") == value:
            return failed(_said(found))
    group = str(live.get("apiVersion", "")).rpartition("/")[0]
    rule = _rules().get((group, str(live.get("kind"))))
    return rule(live) if rule else _by_conditions(status)


def _by_conditions(status: Values) -> Status:
    reconciling = _find(status, "Reconciling")
    if reconciling is not None and reconciling.get("status") == "True":
        return waiting(_said(reconciling))
    for word in _GOOD:
        found = _find(status, word)
        if found is not None:
            return READY if found.get("status") == "True" else waiting(_said(found))
    return READY


def _condition(status: Values, word: str) -> Status:
    found = _find(status, word)
    if found is None:
        return waiting(f"its condition {word} is not there yet")
    return READY if found.get("status") == "True" else waiting(_said(found))


def _find(status: Values, word: str) -> Values | None:
    return next((each for each in mappings(status, "conditions") if each.get("type") == word), None)


def _said(condition: Values) -> str:
    reason, message = condition.get("reason"), condition.get("message")
    reported = ": ".join(str(part) for part in (reason, message) if part)
    return f"{condition['type']} is {condition.get('status')}" + (f" ({reported})" if reported else "")
