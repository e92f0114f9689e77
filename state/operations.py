"""What people do to a state by hand: list, show, mv, rm, push. Pure: each gives a new snapshot, and writes nothing.

`StateManager.replace` writes what comes out of `move`, `remove` and `push`; `pull` is `snapshot.encode`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches

from language.diagnostics import Diagnostic, FreeholdError, error
from state.resources import ResourceState
from state.snapshot import Snapshot, decode

_BELOW = (".", "/", "[")


def list_keys(snapshot: Snapshot, addresses: Iterable[str] = ()) -> list[str]:
    """The keys of all resources, or of those at or below one of the addresses, sorted.

    Raises FreeholdError for an address that nothing is at or below.
    """
    chosen = list(addresses)
    if not chosen:
        return sorted(snapshot.resources)
    return sorted({key for address in chosen for key in _found(snapshot, address)})


def show(snapshot: Snapshot, key: str) -> ResourceState:
    """One resource. Raises FreeholdError when there is none of this key."""
    if key not in snapshot.resources:
        raise FreeholdError([_missing(snapshot, key)])
    return snapshot.resources[key]


def move(snapshot: Snapshot, source: str, destination: str) -> Snapshot:
    """Rename a resource, or all that is below a module, a cluster or an app; dependencies on it follow.

    Raises FreeholdError when there is nothing at the source, something at the destination, or the types differ.
    """
    moved = {key: destination + key[len(source) :] for key in _found(snapshot, source)}
    _refuse_in_flight(snapshot, moved)
    resources: dict[str, ResourceState] = {}
    for key, resource in snapshot.resources.items():
        dependencies = tuple(_renamed(dependency, source, destination) for dependency in resource.dependencies)
        address = _renamed(resource.address, source, destination)
        if key in moved:
            _refuse_type(resource, source, destination)
        elif key in moved.values():
            raise FreeholdError([_occupied(key)])
        renamed = replace(resource, address=address, dependencies=dependencies)
        resources[renamed.key] = renamed
    return replace(snapshot, serial=snapshot.serial + 1, resources=resources)


def remove(snapshot: Snapshot, addresses: Iterable[str]) -> tuple[Snapshot, list[str]]:
    """Forget resources, which go on existing; the second part names them. What depended on them forgets that.

    Raises FreeholdError for an address that nothing is at or below.
    """
    removed = {key for address in addresses for key in _found(snapshot, address)}
    _refuse_in_flight(snapshot, removed)
    left = {key: resource for key, resource in snapshot.resources.items() if key not in removed}
    addresses_removed = {snapshot.resources[key].address for key in removed} - {
        resource.address for resource in left.values()
    }
    resources = {key: _without(resource, addresses_removed) for key, resource in left.items()}
    return replace(snapshot, serial=snapshot.serial + 1, resources=resources), sorted(removed)


def push(present: Snapshot | None, data: bytes, place: str, *, force: bool = False) -> Snapshot | None:
    """What is to be written for a state that somebody hands in; None when it is there already.

    Terraform's rules: another lineage is refused, and so is a lower serial, and an equal one with other contents; over
    a state that holds nothing all go.
    `force` skips them, and takes what somebody edited; the serial is raised above the present one then, so that no
    left-over journal fits it.
    Raises FreeholdError.
    """
    incoming = decode(data, place, edited=force)
    if present is None:
        return incoming
    if incoming.lineage == present.lineage and incoming.serial == present.serial and incoming.same_content(present):
        return None
    if not force and (present.resources or present.outputs):
        problem = _refusal(present, incoming)
        if problem is not None:
            raise FreeholdError([problem])
    return replace(incoming, serial=max(incoming.serial, present.serial + 1))


def _refusal(present: Snapshot, incoming: Snapshot) -> Diagnostic | None:
    forcible = "If you are sure that it is to take its place: -force."
    if incoming.lineage != present.lineage:
        detail = f"The lineage of the present state is {present.lineage}, that of the one pushed {incoming.lineage}."
        return error("The state belongs to another stack", detail, advice=forcible)
    if incoming.serial < present.serial:
        detail = f"The serial of the present state is {present.serial}, that of the one pushed {incoming.serial}."
        return error("The state is older than the present one", detail, advice=forcible)
    if incoming.serial == present.serial:
        detail = f"Both have the serial {present.serial}, and they differ: both were made from the same one before."
        return error("The state conflicts with the present one", detail, advice=forcible)
    return None


def _found(snapshot: Snapshot, address: str) -> list[str]:
    if address in snapshot.resources and snapshot.resources[address].deposed:
        return [address]
    found = [key for key, resource in snapshot.resources.items() if _is_at_or_below(resource.address, address)]
    if not found:
        raise FreeholdError([_missing(snapshot, address)])
    return found


def _is_at_or_below(address: str, above: str) -> bool:
    return address == above or (address.startswith(above) and address[len(above)] in _BELOW)


def _renamed(address: str, source: str, destination: str) -> str:
    return destination + address[len(source) :] if _is_at_or_below(address, source) else address


def _without(resource: ResourceState, removed: set[str]) -> ResourceState:
    if removed.isdisjoint(resource.dependencies):
        return resource
    return replace(resource, dependencies=tuple(name for name in resource.dependencies if name not in removed))


def _refuse_type(resource: ResourceState, source: str, destination: str) -> None:
    """A resource stays of its type, wherever its address names that."""
    if f".{resource.type}." in f".{source}" and f".{resource.type}." not in f".{destination}":
        detail = f"{source} is a {resource.type}, and {destination} would be something else."
        raise FreeholdError([error("A resource cannot change its type", detail)])


def _refuse_in_flight(snapshot: Snapshot, keys: Iterable[str] | Mapping[str, str]) -> None:
    waiting = {begin.key for begin in snapshot.in_flight}.intersection(keys)
    if waiting:
        detail = f"The outcome of an interrupted apply is not known yet for {', '.join(sorted(waiting))}."
        raise FreeholdError(
            [error("A resource is in flight", detail, advice="Run `freehold apply` first: it finds out.")]
        )


def _missing(snapshot: Snapshot, address: str) -> Diagnostic:
    near = get_close_matches(address, snapshot.resources, 1)
    advice = f"Did you mean {near[0]}?" if near else "`freehold state list` lists what there is."
    return error("No such resource in the state", f"There is nothing at {address}.", advice=advice)


def _occupied(key: str) -> Diagnostic:
    return error("There is a resource already", f"{key} is in the state.", advice="Remove or move that one first.")
