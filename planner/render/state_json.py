"""A state as Terraform's JSON (format 1.0): `show -json` without a plan, and the prior state inside of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from language import __version__
from language.values import Sensitive
from planner.evaluation.stored import restore
from planner.prior.reading import CLUSTER
from planner.render import outputs
from planner.render.json_values import flags, nested, place, plain
from state.snapshot import ResourceState, Snapshot

FORMAT = "1.0"


def render(snapshot: Snapshot, source_of: Callable[[str], str]) -> dict[str, Any]:
    """All that the state holds. `source_of` gives the provider's address in Terraform's registry for a type."""
    kept = [each for _, each in sorted(snapshot.resources.items()) if each.type != CLUSTER]
    return document(outputs.to_json(snapshot.outputs), [_stored(each, source_of(each.type)) for each in kept])


def document(outputs: dict[str, Any], resources: list[dict[str, Any]]) -> dict[str, Any]:
    """Outputs and resources as a whole; without values where there are neither."""
    made: dict[str, Any] = {"format_version": FORMAT, "terraform_version": __version__}
    if outputs or resources:
        root = nested(resources)
        made["values"] = {"outputs": outputs, "root_module": root} if outputs else {"root_module": root}
    return made


def resource(address: str, type_: str, source: str, values: Any, *, mode: str = "managed") -> dict[str, Any]:
    """One resource with its values."""
    return {
        "address": address,
        "mode": mode,
        "type": type_,
        **place(address, type_),
        "provider_name": source,
        "schema_version": 0,
        "values": plain(values),
        "sensitive_values": flags(values, Sensitive),
    }


def _stored(state: ResourceState, source: str) -> dict[str, Any]:
    values = {name: restore(value) for name, value in state.attributes.items()}
    made = {**resource(state.address, state.type, source, values), "schema_version": state.schema_version}
    if state.dependencies:
        made["depends_on"] = list(state.dependencies)
    if state.status == "tainted":
        made["tainted"] = True
    if state.deposed:
        made["deposed_key"] = state.deposed
    return made
