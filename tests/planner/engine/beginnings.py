"""States that are there from the beginning, made without the engine: tainted and deposed objects among them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from language.types import STRING
from language.values import ListValue, Sensitive
from planner.evaluation.stored import store
from state import secrets
from state.snapshot import ResourceState, Snapshot, encode
from tests.planner.engine.configuration import Block, Model
from tests.planner.engine.service import Service
from tests.state.memory_backend import Shelf

Oddity = Literal["", "tainted", "deposed"]


def begin(model: Model, oddities: dict[int, Oddity], service: Service, shelf: Shelf, lineage: str) -> None:
    """Let all that is configured exist, and the state know it; by number of their blocks some are odd."""
    key = secrets.new_key()
    ids: dict[str, str] = {}
    resources: dict[str, ResourceState] = {}
    for address, (block, instance) in model.instances().items():
        odd = oddities.get(block.number, "")
        planned = _values(model, block, ids) | ({"name": block.named_by(instance)} if block.named else {})
        if odd == "deposed" and not block.named:
            old = _made(block, address, planned, model, service, lineage, key)
            resources |= {(was := replace(old, deposed="0ld")).key: was}
        made = _made(block, address, planned, model, service, lineage, key)
        resources[address] = replace(made, status="tainted" if odd == "tainted" else "ready")
        ids[address] = str((made.identity or {})["id"])
    shelf.snapshot, shelf.version = encode(Snapshot(lineage, key, 1, resources)), 1


def _values(model: Model, block: Block, ids: dict[str, str]) -> dict[str, Any]:
    anchor = model.blocks.get(block.anchor) if block.anchor is not None else None
    refs = [ids[address] for other in model.others(block.refs) for address in other.addresses]
    return {
        "label": f"l{block.label}",
        "size": f"s{block.size}",
        "anchor": None if anchor is None else "+".join(ids[address] for address in anchor.addresses),
        "refs": ListValue(STRING, refs),
        "secret": model.secret_text if block.secret else None,
    }


def _made(
    block: Block, address: str, planned: dict[str, Any], model: Model, service: Service, lineage: str, key: str
) -> ResourceState:
    observed = service.make(block.type, planned, f"made-{service.number()}", lineage)
    service.things[observed.identity["id"]].visible = 0.0
    hidden = {**observed.values, "secret": Sensitive(observed.values["secret"]) if block.secret else None}
    depends = tuple(other.address for other in model.waits_for(block))
    return ResourceState(address, block.type, "mem", store(hidden, key), dict(observed.identity), depends)
