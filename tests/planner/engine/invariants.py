"""What always holds, whatever is done and whatever goes wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from graph.addresses import covered, unkeyed
from graph.digraph import Digraph
from language.values import Sensitive, Unknown, equal
from planner.plan.plan import Operation, Plan, operations
from planner.plan.steps import Adopt, Create, Delete, Import, Replace, Resume, Update
from state.secrets import Digest
from state.snapshot import Snapshot
from tests.planner.engine.configuration import SECRET, Model
from tests.planner.engine.lifecycle import Ended, Stack, Turn
from tests.planner.engine.service import Service, Thing

Things = dict[str, Thing]


def things(service: Service) -> Things:
    return deepcopy(service.things)


def check(stack: Stack, turn: Turn, ended: Ended, before: Things) -> None:
    """All that holds after an operation."""
    after = things(stack.service)
    snapshot = stack.snapshot()
    sent_as_planned(ended)
    in_order(ended)
    no_key_twice(ended)
    nobody_let_down(stack, turn, ended)
    accounted_for(stack, snapshot, after)
    if turn.verb in ("plan", "refresh-only") or ended.plan is None:
        assert after == before, "an operation that only looks changed something"
    if not ended.good:
        names_all(stack, snapshot)
        if ended.result is not None and not ended.run.struck:  # what was found can only be replaced
            check(stack, Turn(), stack.operate(Turn()), after)
    elif turn.verb == "destroy":
        nothing_left(stack, snapshot)
    elif turn.verb in ("apply", "saved", "replacing"):
        as_configured(stack, snapshot)
    elif turn.verb == "targeted":
        only_needed(stack, turn, ended, before, after)


# -- values -----------------------------------------------------------------------------------------------------------


def sent_as_planned(ended: Ended) -> None:
    """No value that was sent differs from a known planned one."""
    if ended.plan is None:
        return
    steps = {step.subject.address: step for step in ended.plan.steps if isinstance(step, _SENDING)}
    for sent in ended.run.sent:
        assert sent.address in steps, f"{sent.verb} {sent.address} is not in the plan"
        _known_kept(steps[sent.address].after, sent.values, sent.address)


_SENDING = Create | Update | Replace | Adopt | Import | Resume


def _known_kept(planned: Any, sent: Any, where: str) -> None:
    if isinstance(planned, Sensitive):
        planned = planned.value
    if isinstance(planned, Unknown | Digest):
        return
    if isinstance(planned, dict):
        for name, member in planned.items():
            _known_kept(member, sent[name], f"{where}.{name}")
    elif isinstance(planned, tuple):
        assert len(planned) == len(sent), where
        for index, (one, other) in enumerate(zip(planned, sent, strict=True)):
            _known_kept(one, other, f"{where}[{index}]")
    else:
        assert equal(planned, sent), f"{where}: {planned!r} was planned, and {sent!r} sent"


# -- order ------------------------------------------------------------------------------------------------------------


def in_order(ended: Ended) -> None:
    """No edge of the plan was violated in the journal's order, nor what dependencies mean for it."""
    if ended.plan is None:
        return
    begun, over = _journalled(ended.run.records)
    graph: Digraph[Any] = Digraph((op for step in ended.plan.steps for op in operations(step)), ended.plan.edges)
    for operation in graph:
        if operation not in begun:
            continue
        for earlier in graph.reachable([operation], forward=False) - {operation}:
            assert earlier not in begun or over.get(earlier, 1 << 30) < begun[operation], f"{earlier} > {operation}"
    _dependencies_first(ended, begun, over)


def _journalled(records: Iterable[dict[str, Any]]) -> tuple[dict[Any, int], dict[Any, int]]:
    """When each operation began first, and when it was done last, as places in the journal."""
    begun: dict[Any, int] = {}
    over: dict[Any, int] = {}
    ids: dict[str, Any] = {}
    for place, record in enumerate(records):
        ((kind, body),) = record.items()
        if kind == "begin":
            name = body["address"] + (f" (deposed {body['deposed']})" if body.get("deposed") else "")
            ids[body["id"]] = (name, body["action"])
            begun.setdefault((name, body["action"]), place)
        elif kind == "done" and body["id"] in ids:
            over[ids[body["id"]]] = place
    return begun, over


def _dependencies_first(ended: Ended, begun: dict[Any, int], over: dict[Any, int]) -> None:
    """Makers after what they stand on; destroyers before it, as the state had it."""
    assert ended.plan is not None
    for address in ended.plan.depends:
        for verb in ("create", "update"):
            if (address, verb) not in begun:
                continue
            for other in _instances(ended.plan.depends[address], [s.subject.address for s in ended.plan.steps]):
                for made in ("create", "update"):
                    if (other, made) in begun:
                        assert over.get((other, made), 1 << 30) < begun[address, verb], f"{other} > {address}"
    resources = ended.before.resources if ended.before else {}
    first = {s.subject.address for s in ended.plan.steps if isinstance(s, Replace) and not s.create_first}
    for resource in resources.values():
        gone = (resource.key, "delete")
        if gone not in begun:
            continue
        for other in _instances(resource.dependencies, list(resources)):
            if (other, "delete") in begun and other != resource.address and not (resource.deposed and other in first):
                assert over.get(gone, 1 << 30) < begun[other, "delete"], f"delete {gone[0]} after delete {other}"


def _instances(names: Iterable[str], addresses: list[str]) -> list[str]:
    return [address for name in names for address in addresses if name in (address, unkeyed(address))]


def no_key_twice(ended: Ended) -> None:
    """Nothing is created beside the delete of what its service takes for the same thing."""
    steps = ended.plan.steps if ended.plan else ()
    created = {(s.subject.type, s.after["name"]) for s in steps if isinstance(s, Create) and _is_named(s.after)}
    deleted = {(s.subject.type, s.before["name"]) for s in steps if isinstance(s, Delete) and _is_named(s.before)}
    assert not created & deleted, f"{created & deleted} are created, and deleted"


def _is_named(values: Mapping[str, Any]) -> bool:
    return isinstance(values.get("name"), str)


def nobody_let_down(stack: Stack, turn: Turn, ended: Ended) -> None:
    """Nothing was deleted that others referred to, unless it was replaced, and deleted first, or stood on something
    that is, whose successor they wait for; what is forgotten with all that it refers to is nobody's any more."""
    if ended.plan is None or ended.before is None or ended.run.struck or turn.verb in ("targeted", "excluded"):
        return
    ours = {each.identity["id"]: each for each in ended.before.resources.values()}
    first = {s.subject.address for s in ended.plan.steps if isinstance(s, Replace) and not s.create_first}
    first |= {s.subject.address for s in ended.plan.steps if isinstance(s, Resume)}  # decided by the run before
    moved = {s.subject.previous: s.subject.address for s in ended.plan.steps}
    for id_, holder in ended.run.dangling:
        if id_ not in ours or holder not in ours or holder in stack.released:
            continue
        gone = ours[id_]
        replaced = gone.deposed is None and moved.get(gone.address, gone.address) in first
        waiting = _waiting(ended.plan, (moved.get(gone.key, gone.key), "delete"), first)
        turns = moved.get(ours[holder].address, ours[holder].address) in waiting
        assert replaced or turns, f"{gone.key} was deleted, and {ours[holder].key} referred to it"


def _waiting(plan: Plan, delete: Operation, first: set[str]) -> set[str]:
    """The addresses that wait for a delete by way of one of those `first`, which is deleted before its successor comes:
    they cannot turn away before."""
    graph: Digraph[Operation] = Digraph((op for step in plan.steps for op in operations(step)), plan.edges)
    if delete not in graph:
        return set()
    ways = {(address, verb) for address, verb in graph.reachable([delete], forward=True) if verb == "delete"}
    return {address for address, _ in graph.reachable([way for way in ways if way[0] in first], forward=True)}


# -- what exists ------------------------------------------------------------------------------------------------------


def accounted_for(stack: Stack, snapshot: Snapshot | None, after: Things) -> None:
    """Nothing exists twice: what we made is in the state, once, or it is what a create in flight made."""
    known = [each.identity["id"] for each in snapshot.resources.values() if each.identity] if snapshot else []
    doubled = {id_ for id_ in known if known.count(id_) > 1}
    assert not doubled, f"the state has {doubled} twice"
    tokens = {begin.token for begin in snapshot.in_flight if begin.action == "create"} if snapshot else set()
    for thing in after.values():
        if _ours(thing, stack):
            assert thing.id in known or thing.token in tokens, f"nobody knows of {thing}"


def names_all(stack: Stack, snapshot: Snapshot | None) -> None:
    """The next plan names all that exists and is ours."""
    plan = stack.plan()
    named = {name for step in plan.steps for name in (step.subject.address, step.subject.previous)}
    for resource in snapshot.resources.values() if snapshot else ():
        assert resource.address in named, f"{resource.address} is not in the plan"
    for begin in snapshot.in_flight if snapshot else ():
        assert begin.address in named or begin.action != "create", f"{begin.address} is not in the plan"


def nothing_left(stack: Stack, snapshot: Snapshot | None) -> None:
    assert not snapshot or (not snapshot.resources and not snapshot.in_flight)
    assert not [thing for thing in stack.service.things.values() if _ours(thing, stack)]


def _ours(thing: Thing, stack: Stack) -> bool:
    return bool(thing.lineage) and thing.id not in stack.released


def as_configured(stack: Stack, snapshot: Snapshot | None) -> None:
    """The world is as the configuration says, and the next plan is empty."""
    model, service = stack.model, stack.service
    resources = snapshot.resources if snapshot else {}
    assert not snapshot or not snapshot.in_flight
    ids = {address: resource.identity["id"] for address, resource in resources.items()}
    assert set(ids) == set(model.instances()), "the state has other instances than the configuration"
    ours = {thing.id for thing in service.things.values() if _ours(thing, stack)}
    assert ours <= set(ids.values()) <= set(service.things), f"{ours} exist, and the state has {ids}"
    for address, (block, key) in model.instances().items():
        values = service.things[ids[address]].values
        _as_written(model, block, key, values, ids)
    left = stack.plan()
    assert not left.changes, f"after a good apply the next plan has still: {left.describe()}"


def _as_written(model: Model, block: Any, key: Any, values: dict[str, Any], ids: dict[str, str]) -> None:
    assert values["label"] == f"l{block.label}"
    assert values["size"] == f"s{block.size}"
    assert values["secret"] == (model.secret_text if block.secret else None)
    assert list(values["refs"]) == [ids[a] for other in model.others(block.refs) for a in other.addresses]
    anchor = model.blocks.get(block.anchor) if block.anchor is not None else None
    assert values["anchor"] == (None if anchor is None else "+".join(ids[a] for a in anchor.addresses))
    if block.named:
        assert values["name"] == block.named_by(key)


def only_needed(stack: Stack, turn: Turn, ended: Ended, before: Things, after: Things) -> None:
    """Nothing outside of the target and what it needs changed."""
    assert ended.plan is not None
    if not ended.plan.targets:
        return
    places = {s.subject.previous: s.subject.address for s in ended.plan.steps if s.subject.previous}
    allowed = _needed(ended, places)
    stored = ended.before.resources.values() if ended.before else ()
    was = {each.identity["id"]: places.get(each.address, each.address) for each in stored}
    touched = {was.get(id_) for id_ in before if before[id_] != after.get(id_) and id_ not in stack.busy} - {None}
    now = stack.snapshot()
    new = after.keys() - before.keys()
    made = {r.address for r in now.resources.values() if r.identity["id"] in new} if now else set()
    assert touched | made <= allowed, f"{(touched | made) - allowed} changed, and {ended.plan.targets} was the target"


def _needed(ended: Ended, places: dict[str, str]) -> set[str]:
    """The targets, what of the state stands on them (it goes before they go), and what all of that depends on; of what
    is created first for it also who turns to it before the old one goes. By their addresses now: `places`, by those
    before."""
    assert ended.plan is not None
    now = {unkeyed(before): unkeyed(address) for before, address in places.items()} | places
    resources = ended.before.resources.values() if ended.before else ()
    stored = {now.get(r.address, r.address): [now.get(name, name) for name in r.dependencies] for r in resources}
    addresses = list({*stored, *ended.plan.depends, *(step.subject.address for step in ended.plan.steps)})
    graph: Digraph[str] = Digraph(addresses)
    for depends in (stored, ended.plan.depends):
        for address, names in depends.items():
            for other in _instances(names, addresses):
                graph.connect(other, address)
    targets = [address for address in addresses if covered(ended.plan.targets, address)]
    needed = graph.reachable(graph.reachable(targets, forward=True), forward=False)
    first = {s.subject.address for s in ended.plan.steps if isinstance(s, Replace) and s.create_first}
    return graph.reachable(graph.reachable(needed & first, forward=True), forward=False) | needed


# -- secrets ----------------------------------------------------------------------------------------------------------


def no_secret_written(stack: Stack) -> None:
    """No secret is in any byte of state, journal or plan file, nor in what was told."""
    for data in stack.written:
        assert SECRET.encode() not in data
    assert SECRET not in repr([event for event in stack.told if type(event).__name__ != "Errored"])
