"""A plan and a state as Terraform's JSON (plan format 1.2, state format 1.0), for policies, scanners and cost tools.

Sensitive values are redacted: null in their place, and marked in before_sensitive and after_sensitive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from language import __version__
from language.values import Sensitive, SetValue, Unknown
from planner.configuration import Configuration, Resource
from planner.plan import OutputChange, Plan
from planner.prior import CLUSTER
from planner.render.theme import look
from planner.steps import Delete, Forget, NoOp, Read, Reason, Replace, Step
from planner.stored import restore
from state.snapshot import ResourceState, Snapshot

if TYPE_CHECKING:
    from language.expressions import Expression

FORMAT = "1.2"
_REASONS: dict[Reason, str] = {
    "immutable": "replace_because_cannot_update",
    "tainted": "replace_because_tainted",
    "requested": "replace_by_request",
    "triggered": "replace_by_triggers",
    "cluster": "replace_because_cannot_update",
    "not-configured": "delete_because_no_resource_config",
}
_INDEX = re.compile(r'\[(?:"(.*)"|(\d+))\]\Z', re.DOTALL)


def render(plan: Plan, configuration: Configuration | None) -> dict[str, Any]:
    """The plan. `configuration` adds what the stack's blocks say; without it that part is empty."""
    changes = sorted((_change(step) for step in plan.steps), key=lambda change: change["address"])
    return {
        "format_version": FORMAT,
        "terraform_version": __version__,
        "variables": {name: {"value": plain(value)} for name, value in plan.variables.items()},
        "planned_values": _planned(plan),
        "resource_drift": [_drifted(plan, index) for index in range(len(plan.drift))],
        "resource_changes": changes,
        "output_changes": {output.name: _output(output) for output in plan.outputs},
        "prior_state": _prior(plan),
        "configuration": _configuration(configuration),
        "timestamp": plan.timestamp,
        "applyable": plan.changes,
        "complete": not plan.targets,
        "errored": False,
    }


def plain(value: Any) -> Any:
    """A value as JSON has it: sets as lists, what is secret or unknown as null."""
    if isinstance(value, Sensitive | Unknown):
        return None
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items() if not isinstance(member, Unknown)}
    if isinstance(value, tuple | SetValue):
        return [plain(element) for element in value]
    return value


def _flags(value: Any, what: type) -> Any:
    """True where a value is unknown, or sensitive; {} or [] where nothing in it is; false for a scalar."""
    if isinstance(value, what):
        return True
    if isinstance(value, Sensitive):
        return _flags(value.value, what)
    if isinstance(value, dict):
        found = {name: _flags(member, what) for name, member in value.items()}
        return {name: flag for name, flag in found.items() if flag is not False}
    if isinstance(value, tuple | SetValue):
        return [_flags(element, what) for element in value]
    return False


def named(address: str, type_: str) -> tuple[str, Any]:
    """The name of a resource and its index: "private-a" of "cluster.main/aws_subnet.private-a"."""
    found = _INDEX.search(address)
    index: Any = None
    if found:
        address = address[: found.start()]
        index = found.group(1) if found.group(1) is not None else int(found.group(2))
    last = address.partition("/")[2] or address
    return last.removeprefix(f"{type_}."), index


def _change(step: Step) -> dict[str, Any]:
    subject = step.subject
    name, index = named(subject.address, subject.type)
    before = getattr(step, "before", None) or None
    after = step.before if isinstance(step, NoOp) else getattr(step, "after", None)
    change: dict[str, Any] = {
        "actions": list(look(step).actions),
        "before": plain(before),
        "after": plain(after),
        "after_unknown": _flags(after, Unknown) if after is not None else {},
        "before_sensitive": _flags(before, Sensitive) if before is not None else False,
        "after_sensitive": _flags(after, Sensitive) if after is not None else False,
    }
    if isinstance(step, Replace) and step.paths:
        change["replace_paths"] = [list(path) for path in step.paths]
    made: dict[str, Any] = {
        "address": subject.address,
        "mode": "data" if isinstance(step, Read) else "managed",
        "type": subject.type,
        "name": name,
        "provider_name": subject.source,
        "change": change,
    }
    if index is not None:
        made["index"] = index
    if isinstance(step, Delete) and step.deposed:
        made["deposed"] = step.deposed
    reason = _REASONS.get(getattr(step, "reason", ""))
    if reason:
        made["action_reason"] = reason
    return made


def _value(address: str, type_: str, source: str, values: dict[str, Any]) -> dict[str, Any]:
    name, index = named(address, type_)
    made = {
        "address": address,
        "mode": "managed",
        "type": type_,
        "name": name,
        "provider_name": source,
        "schema_version": 0,
        "values": plain(values),
        "sensitive_values": _flags(values, Sensitive),
    }
    if index is not None:
        made["index"] = index
    return made


def _planned(plan: Plan) -> dict[str, Any]:
    resources = []
    for step in sorted(plan.steps, key=lambda step: step.subject.address):
        if not isinstance(step, Delete | Forget):
            values = step.before if isinstance(step, NoOp) else step.after
            resources.append(_value(step.subject.address, step.subject.type, step.subject.source, values))
    outputs = {
        output.name: {"sensitive": output.sensitive, "value": plain(output.after)}
        for output in plan.outputs
        if output.action != "delete"
    }
    return {"outputs": outputs, "root_module": {"resources": resources}}


def _prior(plan: Plan) -> dict[str, Any]:
    resources = [
        _value(step.subject.address, step.subject.type, step.subject.source, step.before)
        for step in sorted(plan.steps, key=lambda step: step.subject.address)
        if getattr(step, "before", None)
    ]
    return {
        "format_version": "1.0",
        "terraform_version": __version__,
        "values": {"outputs": {}, "root_module": {"resources": resources}},
    }


def _drifted(plan: Plan, index: int) -> dict[str, Any]:
    drift = plan.drift[index]
    source = next((s.subject.source for s in plan.steps if s.subject.address == drift.address), "")
    name, key = named(drift.address, drift.type)
    made: dict[str, Any] = {
        "address": drift.address,
        "mode": "managed",
        "type": drift.type,
        "name": name,
        "provider_name": source,
        "change": {
            "actions": ["update" if drift.after is not None else "delete"],
            "before": plain(drift.before),
            "after": plain(drift.after),
            "after_unknown": {},
            "before_sensitive": _flags(drift.before, Sensitive),
            "after_sensitive": _flags(drift.after, Sensitive) if drift.after is not None else False,
        },
    }
    if key is not None:
        made["index"] = key
    return made


def _output(output: OutputChange) -> dict[str, Any]:
    hidden = output.sensitive
    return {
        "actions": [output.action],
        "before": None if hidden else plain(output.before),
        "after": None if hidden else plain(output.after),
        "after_unknown": _flags(output.after, Unknown) if not hidden else False,
        "before_sensitive": hidden,
        "after_sensitive": hidden,
    }


def _configuration(configuration: Configuration | None) -> dict[str, Any]:
    if configuration is None:
        return {"root_module": {}}
    root: dict[str, Any] = {
        "resources": [_configured(resource) for resource in configuration.resources.values()],
        "outputs": {name: {"expression": _expression(o.value)} for name, o in configuration.outputs.items()},
        "variables": {
            name: {"description": v.description} if v.description else {} for name, v in configuration.variables.items()
        },
    }
    return {"provider_config": {name: {"name": name} for name in configuration.providers}, "root_module": root}


def _configured(resource: Resource) -> dict[str, Any]:
    return {
        "address": resource.address,
        "mode": "managed",
        "type": resource.type,
        "name": resource.name,
        "provider_config_key": resource.type.partition("_")[0],
        "expressions": {name: _expression(node.expression) for name, node in resource.body.attributes.items()},
        "schema_version": 0,
    }


def _expression(expression: Expression) -> dict[str, Any]:
    references: Iterable[str] = (str(reference) for reference in expression.references)
    found = list(dict.fromkeys(references))
    if found:
        return {"references": found}
    constant = expression.static_string()
    return {"constant_value": constant} if constant is not None else {}


def state(snapshot: Snapshot) -> dict[str, Any]:
    """A state, in Terraform's state format."""
    resources = [_stored(r) for key, r in sorted(snapshot.resources.items()) if r.type != CLUSTER]
    outputs = {
        name: {"sensitive": o.sensitive, "value": None if o.sensitive else plain(restore(o.value)), "type": o.type}
        for name, o in sorted(snapshot.outputs.items())
    }
    values = {"outputs": outputs, "root_module": {"resources": resources}}
    return {"format_version": "1.0", "terraform_version": __version__, "values": values}


def _stored(resource: ResourceState) -> dict[str, Any]:
    values = {name: restore(value) for name, value in resource.attributes.items()}
    return _value(resource.address, resource.type, resource.provider, values)
