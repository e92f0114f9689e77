"""Changes of a configuration and of the world between operations. Which block or object is meant is told by a number,
modulo those that there are, so that every change means something everywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.planner.engine.brief import Brief
from tests.planner.engine.configuration import Block, Model
from tests.planner.engine.service import Service, Thing

MOST = 6
"""Blocks that a configuration grows to."""


@dataclass(frozen=True, repr=False)
class Change(Brief):
    """`what` is a function below, without its underscore."""

    what: str
    which: int = 0
    value: int = 0


def _chosen(block: Block, mask: int) -> frozenset[int]:
    return frozenset(number for number in range(block.number) if mask >> number & 1)


def _relabel(block: Block, value: int) -> Block:
    return replace(block, label=value)


def _resize(block: Block, value: int) -> Block:
    return replace(block, size=value)


def _rename(block: Block, value: int) -> Block:
    return replace(block, key=value)


def _refer(block: Block, value: int) -> Block:
    return replace(block, refs=_chosen(block, value))


def _wait(block: Block, value: int) -> Block:
    return replace(block, after=_chosen(block, value))


def _anchor(block: Block, value: int) -> Block:
    return replace(block, anchor=value % block.number if block.number and value else None)


def _repeat(block: Block, value: int) -> Block:
    return replace(block, repeat=("", "count", "for_each")[value % 3], copies=value % 4)


def _first(block: Block, value: int) -> Block:
    return replace(block, first=not block.first)


def _retitle(block: Block, value: int) -> Block:
    return replace(block, name="retitled")


def _secrete(block: Block, value: int) -> Block:
    return replace(block, secret=not block.secret)


EDITS: dict[str, Callable[[Block, int], Block]] = {
    "relabel": _relabel,
    "resize": _resize,
    "rename": _rename,
    "refer": _refer,
    "wait": _wait,
    "anchor": _anchor,
    "repeat": _repeat,
    "first": _first,
    "secrete": _secrete,
}


def _settled(model: Model, block: Block) -> Model:
    """Without the statements about a block, which is another one now."""
    return replace(
        model,
        moves=tuple(move for move in model.moves if block.address not in move),
        removals=tuple(address for address in model.removals if address != block.address),
        imports={to: id_ for to, id_ in model.imports.items() if to != block.address},
    )


def _drop(model: Model, block: Block) -> Model:
    left = {number: each for number, each in model.blocks.items() if number != block.number}
    return replace(_settled(model, block), blocks=left)


def _forget(model: Model, block: Block) -> Model:
    dropped = _drop(model, block)
    return replace(dropped, removals=(*dropped.removals, block.address))


def _move(model: Model, block: Block) -> Model:
    """To a name that no block had before; earlier moves stay, since the state may not have followed them yet."""
    moved = replace(block, name=f"m{block.number}x{len(model.moves)}x{model.next}")
    kept = replace(_settled(model, block), moves=(*model.moves, (block.address, moved.address)))
    return replace(kept.with_block(moved), next=kept.next + 1)


def _add(model: Model, change: Change) -> Model:
    if len(model.blocks) >= MOST:
        return model
    block = Block(model.next, named=bool(change.value & 1), label=change.value, first=bool(change.value & 2))
    block = _repeat(_refer(block, change.which), change.value >> 2)
    return _settled(model, block).with_block(block)


def _import(model: Model, change: Change, service: Service) -> Model:
    """A new block for what others made."""
    block = Block(model.next, named=bool(change.value & 1), label=change.value)
    if len(model.blocks) >= MOST:
        return model
    values = {"label": f"l{change.which}", "size": "s0", "anchor": None, "refs": (), "secret": None}
    if block.named:
        values["name"] = block.named_by(None)
    made = service.make(block.type, values, "", "")
    service.things[made.identity["id"]].visible = 0.0
    changed = _settled(model, block).with_block(block)
    return replace(changed, imports={**changed.imports, block.address: made.identity["id"]})


def changed(model: Model, change: Change, service: Service, ours: set[str]) -> Model:
    """What a change makes of the configuration, or of what exists (`ours`, by id).

    A block that is to be imported stays as it is: what would be replaced is not imported.
    """
    if change.what in ("vanish", "drift"):
        there = sorted((service.things[id_] for id_ in ours & set(service.things)), key=lambda thing: thing.id)
        if there:
            _outside(change, there[change.which % len(there)], service)
        return model
    if change.what == "secret":
        return replace(model, secret=change.value)
    if change.what == "add":
        return _add(model, change)
    if change.what == "import":
        return _import(model, change, service)
    if not model.blocks:
        return model
    block = list(model.blocks.values())[change.which % len(model.blocks)]
    if block.address in model.imports:
        return model
    match change.what:
        case "retitle":  # without a word of where it was
            return model.with_block(_retitle(block, change.value))
        case "drop":
            return _drop(model, block)
        case "forget":
            return _forget(model, block)
        case "move":
            return _move(model, block)
    return model.with_block(EDITS[change.what](block, change.value))


def _outside(change: Change, thing: Thing, service: Service) -> None:
    if change.what == "vanish":
        service.remove(thing.id)
    else:
        thing.values = {**thing.values, "label": f"x{change.value}"}


CHANGES = (*EDITS, "vanish", "drift", "secret", "add", "import", "drop", "forget", "move")
