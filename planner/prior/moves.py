"""`moved` blocks: what has another address now keeps its place in the state, before anything is read or planned.

Rules, as Terraform has them: a resource or a module moves with all of its instances, or one instance with an index on
either side; statements are followed one after another; a place that is taken stays with who has it. A resource that
gained or lost its `count` goes to or from index 0 by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from graph.addresses import Key, block_of, indexed, module_prefix, split_index, split_modules, unkeyed
from language.diagnostics import Diagnostics
from language.traversal import Key as IndexKey
from language.traversal import Traversal
from planner.configuration.blocks import Configuration, Move, Resource
from planner.desired.desired import CLUSTER_PREFIX
from state.snapshot import ResourceState, Snapshot

Calls = tuple[tuple[str, Key], ...]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One side of a statement: the module calls that it names, and a block with a key, or no block for a module."""

    calls: Calls
    block: str
    key: Key

    @property
    def type(self) -> str:
        """What may not change: the type of the block, "module" for a module."""
        return self.block.rpartition(".")[0] if self.block else "module"


def endpoint(traversal: Traversal) -> Endpoint | None:
    """`module.a["x"].aws_vpc.b[0]` in its parts; None for what is no address."""
    steps: list[str | IndexKey] = [traversal.root, *traversal.steps]
    calls: list[tuple[str, Key]] = []
    while len(steps) >= 2 and steps[0] == "module" and isinstance(steps[1], str):
        name, steps = steps[1], steps[2:]
        key: Key = None
        if steps and isinstance(steps[0], IndexKey):
            key, steps = steps[0].value, steps[1:]
        calls.append((name, key))
    if not steps:
        return Endpoint(tuple(calls), "", None)
    names = [step for step in steps if isinstance(step, str)]
    last = steps[-1]
    key = last.value if isinstance(last, IndexKey) else None
    if len(names) != 2 or len(steps) - len(names) > (key is not None):
        return None
    return Endpoint(tuple(calls), ".".join(names), key)


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement of the module at `path`."""

    path: tuple[str, ...]
    source: Endpoint
    destination: Endpoint
    move: Move

    @property
    def absolute(self) -> tuple[Endpoint, Endpoint]:
        """Both sides as the stack would write them."""
        above: Calls = tuple((name, None) for name in self.path)
        return (
            replace(self.source, calls=(*above, *self.source.calls)),
            replace(self.destination, calls=(*above, *self.destination.calls)),
        )

    def relocate(self, address: str) -> str | None:
        """Where it sends an address; None when it is about something else."""
        calls, rest = split_modules(address)
        depth = len(self.path)
        if tuple(name for name, _ in calls[:depth]) != self.path:
            return None
        head, inner = calls[:depth], calls[depth:]
        if not self.source.block:
            moved = self._module(inner)
            return None if moved is None else module_prefix((*head, *moved)) + rest
        if inner != self.source.calls:
            return None
        moved_rest = self._block(rest)
        return None if moved_rest is None else module_prefix((*head, *self.destination.calls)) + moved_rest

    def _module(self, inner: Calls) -> Calls | None:
        desired, length = self.source.calls, len(self.source.calls)
        if len(inner) < length or inner[: length - 1] != desired[:-1] or inner[length - 1][0] != desired[-1][0]:
            return None
        key, (name, new_key) = inner[length - 1][1], self.destination.calls[-1]
        if desired[-1][1] is None and new_key is None:
            new_key = key
        elif key != desired[-1][1]:
            return None
        return (*self.destination.calls[:-1], (name, new_key), *inner[length:])

    def _block(self, rest: str) -> str | None:
        block = block_of(rest)
        if block != self.source.block:
            return None
        if self.source.key is None and self.destination.key is None:
            return self.destination.block + rest[len(block) :]
        if split_index(rest)[1] != self.source.key:
            return None
        return indexed(self.destination.block, self.destination.key)


def moved(
    configuration: Configuration, snapshot: Snapshot, diagnostics: Diagnostics
) -> tuple[Snapshot, dict[str, str]]:
    """The state with all at its place in the configuration, and where that was before, by the address now."""
    statements = check(configuration, diagnostics)
    present = {resource.address for resource in snapshot.resources.values()}
    present |= {begin.address for begin in snapshot.in_flight}
    places: dict[str, str] = {}
    for address in sorted(present):
        place = _implied(configuration, _followed(statements, address))
        if place == address:
            continue
        if place in present or place in places.values():
            detail = f"{address} would move to {place}, where there is something already. It stays where it is."
            diagnostics.warning("Move to a place that is taken", detail)
            continue
        places[address] = place
    if not places:
        return snapshot, {}
    return renamed(snapshot, places), {new: old for old, new in places.items()}


def check(configuration: Configuration, diagnostics: Diagnostics) -> list[_Statement]:
    """The statements that make sense; what does not is reported."""
    statements = list(_statements(configuration, diagnostics))
    _unambiguous(statements, diagnostics)
    return statements


def _statements(configuration: Configuration, diagnostics: Diagnostics) -> list[_Statement]:
    found = []
    for module in configuration.tree():
        for move in module.moves:
            source, destination = endpoint(move.source), endpoint(move.destination)
            if source is None or destination is None:
                wrong = move.source if source is None else move.destination
                detail = f'"{wrong}" is no address of a resource, a module, a cluster or an app.'
                diagnostics.error("Invalid address", detail, wrong.span)
            elif source == destination:
                detail = f"{move.source} is where it is said to move to."
                diagnostics.error("Redundant move statement", detail, move.span)
            elif source.type != destination.type:
                detail = f"{move.source} and {move.destination} are of different types."
                diagnostics.error("Moved to another type", detail, move.destination.span)
            elif (
                _named(source) != _named(destination)
                and source.key is None
                and _is_there(configuration, module, source)
            ):
                detail = f"{move.source} is still in the configuration, and cannot be somewhere else at once."
                diagnostics.error("Moved object still exists", detail, move.source.span)
            else:
                found.append(_Statement(module.path, source, destination, move))
    return found


def _unambiguous(statements: list[_Statement], diagnostics: Diagnostics) -> None:
    """Report what would move to two places, what two would move to, and moves that lead back to where they began."""
    to: dict[Endpoint, Endpoint] = {}
    of: dict[Endpoint, Endpoint] = {}
    for statement in statements:
        source, destination = statement.absolute
        if to.setdefault(source, destination) != destination:
            detail = f"Another statement has {statement.move.source} move to another place."
        elif of.setdefault(destination, source) != source:
            detail = f"Another statement has another one move to {statement.move.destination}."
        elif _leads_back(to, source):
            detail = f"Followed one after another, the statements lead back to {statement.move.source}."
        else:
            continue
        diagnostics.error("Ambiguous move statements", detail, statement.move.span)


def _leads_back(to: dict[Endpoint, Endpoint], start: Endpoint) -> bool:
    seen, place = {start}, to.get(start)
    while place is not None and place not in seen:
        seen.add(place)
        place = to.get(place)
    return place == start


def _named(side: Endpoint) -> tuple[tuple[str, ...], str]:
    """What an address names without its indexes: an instance may move to another one of the same."""
    return tuple(name for name, _ in side.calls), side.block


def _is_there(configuration: Configuration, module: Configuration, source: Endpoint) -> bool:
    """Whether the block, in all of its instances, is still declared."""
    if any(key is not None for _, key in source.calls):
        return False
    address = module.prefix + module_prefix(source.calls) + source.block
    return configuration.declares(address.removesuffix("."))


def _followed(statements: list[_Statement], address: str) -> str:
    """Where all statements together send an address; each is followed once."""
    left = list(statements)
    while True:
        for statement in left:
            place = statement.relocate(address)
            if place is not None and place != address:
                address = place
                left.remove(statement)
                break
        else:
            return address


def _implied(configuration: Configuration, address: str) -> str:
    """The place of a resource that gained or lost its count."""
    calls, rest = split_modules(address)
    module = configuration.at(name for name, _ in calls)
    bare, key = split_index(rest)
    block = module.resources.get(bare) if module else None
    if not isinstance(block, Resource):
        return address
    if block.count is not None and key is None:
        return module_prefix(calls) + indexed(bare, 0)
    if block.count is None and block.for_each is None and key == 0:
        return module_prefix(calls) + bare
    return address


def renamed(snapshot: Snapshot, places: Mapping[str, str]) -> Snapshot:
    """The state with other addresses, by the old ones."""
    blocks = {unkeyed(old): unkeyed(new) for old, new in places.items()}

    def name(address: str) -> str:
        return places.get(address) or blocks.get(address, address)

    def rename(resource: ResourceState) -> ResourceState:
        provider = resource.provider
        if provider.startswith(CLUSTER_PREFIX):
            provider = CLUSTER_PREFIX + name(provider.removeprefix(CLUSTER_PREFIX))
        attributes = resource.attributes
        if isinstance(attributes.get("anchor"), str) and resource.type == "cluster":
            attributes = {**attributes, "anchor": name(attributes["anchor"])}
        return replace(
            resource,
            address=places.get(resource.address, resource.address),
            provider=provider,
            attributes=attributes,
            dependencies=tuple(name(each) for each in resource.dependencies),
        )

    resources = [rename(resource) for resource in snapshot.resources.values()]
    flying = tuple(replace(begin, address=places.get(begin.address, begin.address)) for begin in snapshot.in_flight)
    return replace(snapshot, resources={each.key: each for each in resources}, in_flight=flying)
