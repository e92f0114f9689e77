"""What the state knows, for people: `state list`, `state show`, `show`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graph.addresses import covered, suggest
from language.diagnostics import FreeholdError, error
from planner.evaluation.stored import restore
from planner.prior.reading import CLUSTER
from planner.render import outputs
from planner.render.diff import UNLIMITED, Diff
from planner.render.notation import Hcl
from state.snapshot import ResourceState, Snapshot


def listed(snapshot: Snapshot, addresses: Iterable[str] = ()) -> list[str]:
    """The addresses in the state, or those of them that stand below one of `addresses`."""
    desired = tuple(addresses)
    keys = [key for key, resource in snapshot.resources.items() if resource.type != CLUSTER]
    return sorted(key for key in keys if not desired or covered(desired, key))


def found(snapshot: Snapshot, address: str) -> ResourceState:
    """The resource of that address. Raises FreeholdError, with what was probably meant, where there is none."""
    resource = snapshot.resources.get(address)
    if resource is None or resource.type == CLUSTER:
        meant = suggest(address, listed(snapshot))
        advice = f"Did you mean {meant}?" if meant else "`freehold state list` shows what there is."
        raise FreeholdError([error("No such address", f"The state holds no {address}.", advice=advice)])
    return resource


def resource(state: ResourceState) -> Iterator[str]:
    """One resource, as HCL would write it."""
    tainted = "  (tainted)" if state.status == "tainted" else ""
    yield f"# {state.key}{tainted}"
    yield f"{state.type} {{"
    values = {name: restore(value) for name, value in state.attributes.items()}
    for line in Diff(Hcl(), limits=UNLIMITED).lines(None, values):
        yield f"  {'  ' * line.depth}{line.text}"
    yield "}"


def whole(snapshot: Snapshot) -> Iterator[str]:
    """Every resource and every output."""
    keys = listed(snapshot)
    if not keys and not snapshot.outputs:
        yield "The state is empty."
        return
    for key in keys:
        yield from resource(snapshot.resources[key])
        yield ""
    if snapshot.outputs:
        yield "Outputs:"
        yield ""
        yield from outputs.text(snapshot.outputs)
