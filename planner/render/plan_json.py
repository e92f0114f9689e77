"""A plan as Terraform's JSON (format 1.2), for policies, scanners and cost tools, which know its types and attributes.

Sensitive values are redacted: null in their place, and marked in before_sensitive and after_sensitive. What a block
expands into keeps its address ("cluster.main/aws_vpc").
Source: Terraform's "JSON Output Format".
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from graph.addresses import is_data
from language import __version__
from language.values import Sensitive, Unknown, is_wholly_known, type_of
from planner.configuration.blocks import Configuration
from planner.plan.plan import Deferred, Drift, OutputChange, Plan, ReadData
from planner.plan.steps import Delete, Import, Read, Replace, Resume, Step
from planner.render import checks_json, configuration_json, state_json
from planner.render.json_values import flags, module_of, nested, place, plain
from planner.render.masks import masked
from planner.render.theme import REASONS, look

FORMAT = "1.2"
_EXPLAINED = {Replace: "replace_", Read: "read_"}
"""What the action_reason of a step begins with, where it is another than a deletion."""


def render(plan: Plan, configuration: Configuration | None = None) -> dict[str, Any]:
    """The plan. `configuration` adds what the stack's blocks say; without it that part is empty."""
    rows = [_row(step) for step in sorted(plan.steps, key=lambda step: step.subject.address)]
    made: dict[str, Any] = {
        "format_version": FORMAT,
        "terraform_version": __version__,
        "variables": {name: {"value": plain(value)} for name, value in plan.variables.items()},
        "planned_values": _planned(plan, rows),
        "resource_changes": [_resource_change(row) for row in rows],
        "output_changes": {output.name: _output_change(output) for output in plan.outputs},
    }
    if plan.deferred:
        made["deferred_changes"] = [_deferred(each) for each in sorted(plan.deferred, key=_address)]
    if plan.drift:
        sources = {row.step.subject.address: row.step.subject.source for row in rows}
        made["resource_drift"] = [_drift(drift, sources.get(drift.address, "")) for drift in plan.drift]
    prior = _prior(plan, rows)
    if prior:
        made["prior_state"] = prior
    if plan.checks:
        made["checks"] = checks_json.render(plan.checks)
    return {
        **made,
        "configuration": configuration_json.render(configuration),
        "timestamp": plan.timestamp,
        "applyable": plan.changes,
        "complete": not plan.targets and not plan.deferred,
        "errored": False,
    }


@dataclass(frozen=True, slots=True)
class _Row:
    """A step and its values, masked on both sides; None where there are none."""

    step: Step
    before: Any
    after: Any


def _row(step: Step) -> _Row:
    before = step.before or None
    after = step.after or None
    return _Row(step, *masked(before, after))


def _change(actions: tuple[str, ...], before: Any, after: Any) -> dict[str, Any]:
    """What changes: both values, and which parts of them are unknown or sensitive."""
    return {
        "actions": list(actions),
        "before": plain(before),
        "after": plain(after),
        "after_unknown": {} if after is None or is_wholly_known(after) else flags(after, Unknown),
        "before_sensitive": flags(before, Sensitive) if before is not None else False,
        "after_sensitive": flags(after, Sensitive) if after is not None else False,
    }


def _resource_change(row: _Row) -> dict[str, Any]:
    step, subject = row.step, row.step.subject
    made: dict[str, Any] = {
        "address": subject.address,
        **({"module_address": module_of(subject.address)} if module_of(subject.address) else {}),
        "mode": "data" if isinstance(step, Read) else "managed",
        "type": subject.type,
        **place(subject.address, subject.type),
        "provider_name": subject.source,
        "change": _change(look(step).actions, row.before, row.after),
    }
    if subject.previous:
        made["previous_address"] = subject.previous
    if isinstance(step, Delete | Resume) and step.deposed:
        made["deposed"] = step.deposed
    if isinstance(step, Replace) and step.paths:
        made["change"]["replace_paths"] = [list(path) for path in step.paths]
    if isinstance(step, Import):
        made["change"]["importing"] = {"id": step.id}
    why = REASONS.get(step.reason)
    if why and why.action.startswith(_EXPLAINED.get(type(step), "delete_")):
        made["action_reason"] = why.action
    return made


def _address(deferred: Deferred) -> str:
    return deferred.subject.address


def _deferred(deferred: Deferred) -> dict[str, Any]:
    """What cannot be planned yet, as far as it is known; an index that is not is said to be so."""
    subject = deferred.subject
    before, after = masked(deferred.before or None, deferred.after or None)
    action = "create" if before is None else "delete" if after is None else "update"
    change = {
        "address": subject.address,
        **({"module_address": module_of(subject.address)} if module_of(subject.address) else {}),
        "mode": "data" if is_data(subject.address) else "managed",
        "type": subject.type,
        **place(subject.address, subject.type),
        "provider_name": subject.source,
        "change": _change((action,), before, after),
    }
    return {"reason": deferred.reason, "resource_change": change}


def _drift(drift: Drift, source: str) -> dict[str, Any]:
    return {
        "address": drift.address,
        "mode": "managed",
        "type": drift.type,
        **place(drift.address, drift.type),
        "provider_name": source,
        "change": _change(("update" if drift.after is not None else "delete",), *masked(drift.before, drift.after)),
    }


def _output_change(output: OutputChange) -> dict[str, Any]:
    known = is_wholly_known(output.after)
    made = {
        "actions": [output.action],
        "before": None if output.sensitive else plain(output.before),
        "after": None if output.sensitive else plain(output.after),
        "after_unknown": False if known else flags(output.after, Unknown),
        "before_sensitive": output.sensitive,
        "after_sensitive": output.sensitive,
    }
    if made["after_unknown"] is True:
        del made["after"]
    return made


def _planned(plan: Plan, rows: list[_Row]) -> dict[str, Any]:
    final = [row for row in rows if not (isinstance(row.step, Resume) and row.step.followed)]
    resources = [_resource(row.step, row.after) for row in final if row.after is not None]
    outputs = {output.name: _planned_output(output) for output in plan.outputs if output.action != "delete"}
    return {"outputs": outputs, "root_module": nested(resources)}


def _planned_output(output: OutputChange) -> dict[str, Any]:
    """Without a type and a value where they are not known."""
    if not is_wholly_known(output.after):
        return {"sensitive": output.sensitive}
    if output.sensitive:
        return {"sensitive": True, "value": None}
    return {"sensitive": False, "type": type_of(output.after).encode(), "value": plain(output.after)}


def _resource(step: Step, values: Any) -> dict[str, Any]:
    subject, mode = step.subject, "data" if isinstance(step, Read) else "managed"
    return state_json.resource(subject.address, subject.type, subject.source, values, mode=mode)


def _read_data(data: ReadData) -> dict[str, Any]:
    subject = data.subject
    return state_json.resource(subject.address, subject.type, subject.source, data.values, mode="data")


def _is_prior(step: Step, resumed: Container[str]) -> bool:
    """Whether `before` is what exists at the address: not an old one of it, nor what goes on is only to make."""
    if isinstance(step, Delete | Resume) and step.deposed:
        return False
    return isinstance(step, Resume) or step.subject.address not in resumed


def _prior(plan: Plan, rows: list[_Row]) -> dict[str, Any] | None:
    resumed = {row.step.subject.address for row in rows if isinstance(row.step, Resume)}
    resources = [
        _resource(row.step, row.before) for row in rows if row.before is not None and _is_prior(row.step, resumed)
    ]
    resources += [_read_data(each) for each in plan.data]
    resources.sort(key=lambda resource: resource["address"])
    outputs = {
        output.name: {"sensitive": output.sensitive, "value": None if output.sensitive else plain(output.before)}
        for output in plan.outputs
        if output.action != "create"
    }
    return state_json.document(outputs, resources) if resources or outputs else None
