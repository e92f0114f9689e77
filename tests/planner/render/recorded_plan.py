"""The plan that terraform recorded in `recorded/`, as one of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from language.values import Unknown
from planner.plan.plan import OutputChange, Plan
from planner.plan.steps import Create, Delete, NoOp, Replace, Update
from tests.planner.render.plans import UNKNOWN, plan, subject

RECORDED = Path(__file__).parent / "recorded"


def recorded(name: str) -> Any:
    """One of the recorded files; a list of values for lines of JSON."""
    text = (RECORDED / name).read_text()
    return [json.loads(line) for line in text.splitlines()] if name.endswith("l") else json.loads(text)


def before_of(address: str) -> dict[str, Any]:
    """What terraform says that there was, as a value of the language."""
    found = next(each for each in recorded("plan.json")["resource_changes"] if each["address"] == address)
    value: dict[str, Any] = _tuples(found["change"]["before"])
    return value


def same_plan() -> Plan:
    """The steps that terraform planned."""
    changed, replaced = before_of("terraform_data.changed"), before_of('terraform_data.replaced["k"]')
    unknown = {"id": UNKNOWN, "output": Unknown()}
    return plan(
        NoOp(subject("terraform_data.same"), before=before_of("terraform_data.same")),
        Update(
            subject("terraform_data.changed"),
            before=changed,
            after={**changed, "input": {"list": (1, "b"), "deep": {"x": "y"}}, "output": Unknown()},
        ),
        Replace(
            subject('terraform_data.replaced["k"]'),
            before=replaced,
            after={**replaced, "id": UNKNOWN, "triggers_replace": ("y",)},
            paths=(("triggers_replace",),),
        ),
        Delete(subject("terraform_data.gone[0]"), before=before_of("terraform_data.gone[0]")),
        Create(subject("terraform_data.new"), after={"input": (True, UNKNOWN), "triggers_replace": None, **unknown}),
        outputs=(
            OutputChange("kept", (1, "x"), (1, "x"), "no-op"),
            OutputChange("changed", "x", UNKNOWN, "update"),
            OutputChange("fresh", None, {"a": UNKNOWN, "b": 1}, "create"),
            OutputChange("dropped", "d", None, "delete"),
        ),
    )


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _tuples(member) for name, member in value.items()}
    return tuple(_tuples(element) for element in value) if isinstance(value, list) else value
