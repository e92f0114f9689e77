"""What the state knows, for people: `state list`, `state show`, `show`, and outputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from graph.addresses import covered
from language.values import Sensitive
from planner.prior import CLUSTER
from planner.render.values import Diff, scalar
from planner.stored import restore
from state.snapshot import OutputState, ResourceState, Snapshot


def listed(snapshot: Snapshot, addresses: Iterable[str]) -> list[str]:
    """The addresses in the state, or those of them that stand below one of `addresses`."""
    wanted = tuple(addresses)
    keys = [key for key, resource in snapshot.resources.items() if resource.type != CLUSTER]
    return sorted(key for key in keys if not wanted or covered(wanted, key))


def resource(state: ResourceState) -> Iterator[str]:
    """One resource, as HCL would write it."""
    tainted = "  (tainted)" if state.status == "tainted" else ""
    yield f"# {state.key}{tainted}"
    yield f"{state.type} {{"
    values = {name: restore(value) for name, value in state.attributes.items()}
    for line in Diff(yaml=False).lines(None, values):
        yield f"  {'  ' * line.depth}{line.text}"
    yield "}"


def output_line(name: str, output: OutputState, width: int = 0) -> str:
    """`name = value`, as after an apply."""
    return f"{name:<{width}} = {scalar(output_value(output))}"


def output_value(output: OutputState) -> Any:
    """The value, marked when it is not to be shown."""
    value = restore(output.value)
    return Sensitive(value) if output.sensitive else value
