"""Outputs of the stack: after an apply, as `output` shows them, as JSON, and as bare text for scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from language.conversion import format_number
from language.diagnostics import FreeholdError, error
from language.values import Sensitive
from planner.evaluation.stored import restore
from planner.render.diff import UNLIMITED, Diff
from planner.render.json_values import plain
from planner.render.notation import SECRET, Hcl
from state.snapshot import OutputState

Outputs = Mapping[str, OutputState]


def text(outputs: Outputs) -> Iterator[str]:
    """`name = value` for each, by name, as HCL writes them."""
    shown = {name: _value(outputs[name]) for name in sorted(outputs)}
    for name, value in shown.items():
        if Hcl().is_empty(value):
            yield f"{name} = {Hcl().scalar(value)}"
        else:
            for line in Diff(Hcl(), limits=UNLIMITED).lines(None, {name: value}):
                yield "  " * line.depth + line.text


def one(output: OutputState) -> Iterator[str]:
    """The value of one output alone, as HCL writes it."""
    value = _value(output)
    first, *rest = text({"value": output})
    yield SECRET if isinstance(value, Sensitive) else first.removeprefix("value = ")
    yield from rest


def to_json(outputs: Outputs) -> dict[str, Any]:
    """By name: sensitive, type and value, as Terraform's. A sensitive value is null: only a digest is kept."""
    return {
        name: {"sensitive": output.sensitive, "type": output.type, "value": value_json(output)}
        for name, output in sorted(outputs.items())
    }


def value_json(output: OutputState) -> Any:
    """The value of one output as JSON has it."""
    return None if output.sensitive else plain(restore(output.value))


def raw(name: str, output: OutputState) -> str:
    """The text of an output that is one. Raises FreeholdError for what is not, and for what is not kept."""
    if output.sensitive:
        detail = f'The output "{name}" is sensitive: the state keeps a digest of it, and not the value.'
        raise FreeholdError([error("Value not kept", detail, advice="Take it from where it was made.")])
    value = restore(output.value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return format_number(value)
    if isinstance(value, str):
        return value
    what = "is null" if value is None else "has parts"
    detail = f'The output "{name}" {what}, and -raw writes a text, a number or a bool.'
    raise FreeholdError([error("Unsupported value for raw output", detail, advice="Use -json instead.")])


def named(outputs: Outputs, name: str) -> OutputState:
    """The output of that name. Raises FreeholdError where there is none."""
    found = outputs.get(name)
    if found is None:
        known = ", ".join(sorted(outputs)) or "none"
        advice = "Outputs are there after the apply that makes them."
        raise FreeholdError(
            [error("No such output", f'The state has no output "{name}"; it has: {known}.', advice=advice)]
        )
    return found


def _value(output: OutputState) -> Any:
    value = restore(output.value)
    return Sensitive(value) if output.sensitive else value
