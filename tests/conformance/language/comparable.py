"""Verdicts made comparable: without what is random, and without what freehold leaves out on purpose.

Sensitive values are null in our plans, and digests in our state; a null has no type.
"""

from __future__ import annotations

import re
from typing import Any

from tests.conformance.language.conftest import Verdict

_RANDOM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:]+Z")
_NAMES = ("previous_address", "action_reason")
_PARTS = ("actions", "after_unknown", "replace_paths")


def comparable(verdict: Verdict) -> dict[str, Any]:
    """The planned changes, the planned outputs and what came out."""
    plan, ids = verdict.plan, _ids(verdict.plan)
    outputs = plan["planned_values"].get("outputs", {})
    return {
        "resources": {each["address"]: _resource(each, ids) for each in plan.get("resource_changes", ())},
        "outputs": {name: _output(output) for name, output in outputs.items()},
        "changes": {name: change["actions"] for name, change in plan.get("output_changes", {}).items()},
        "applied": {name: _output(output) for name, output in verdict.outputs.items()},
    }


def _resource(planned: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    change = planned["change"]
    sides = {side: _named(_shown(change, change[side]), ids) for side in ("before", "after")}
    return {
        **{name: planned.get(name) for name in _NAMES},
        **{name: change.get(name) for name in _PARTS},
        **sides,
    }


def _output(output: dict[str, Any]) -> dict[str, Any]:
    if output["sensitive"]:
        return {"sensitive": True}
    return {**output, "type": _typed(output["type"], output["value"])} if "type" in output else output


def _shown(change: dict[str, Any], value: Any) -> Any:
    """A side of a change with null in place of what is sensitive on any side."""
    return _masked(_masked(value, change["before_sensitive"]), change["after_sensitive"])


def _masked(value: Any, sensitive: Any) -> Any:
    if sensitive is True:
        return None
    if isinstance(value, dict) and isinstance(sensitive, dict):
        return {name: _masked(member, sensitive.get(name, False)) for name, member in value.items()}
    if isinstance(value, list) and isinstance(sensitive, list) and len(value) == len(sensitive):
        return [_masked(element, flag) for element, flag in zip(value, sensitive, strict=True)]
    return value


def _ids(plan: dict[str, Any]) -> dict[str, str]:
    """The random ids of what was there, each by the resource that has it."""
    changes = plan.get("resource_changes", ())
    return {
        each["change"]["before"]["id"]: f"id of {each['address']}"
        for each in changes
        if each["change"]["before"] is not None
    }


def _named(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _named(member, ids) for name, member in value.items()}
    if isinstance(value, list):
        return [_named(element, ids) for element in value]
    if isinstance(value, str):
        return _RANDOM.sub("(another each time)", ids.get(value, value))
    return value


def _typed(type_: Any, value: Any) -> Any:
    """A type without those of nulls."""
    if value is None:
        return "null"
    if isinstance(value, dict) and type_[0] == "object":
        return ["object", {name: _typed(type_[1][name], member) for name, member in value.items()}]
    if isinstance(value, dict):
        return [type_[0], [_typed(type_[1], member) for member in value.values()] or type_[1]]
    if isinstance(value, list) and type_[0] == "tuple":
        return ["tuple", [_typed(inner, element) for inner, element in zip(type_[1], value, strict=True)]]
    if isinstance(value, list):
        return [type_[0], [_typed(type_[1], element) for element in value] or type_[1]]
    return type_
