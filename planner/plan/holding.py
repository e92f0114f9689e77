"""What would go with what is deleted or replaced, though nothing in the plan names it: such a step destroys data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from planner.plan.steps import Delete, Forget, Replace, Step
from planner.prior.clients import Clients
from planner.prior.holdings import Holdings, described
from planner.prior.reading import Prior
from providers import Registry
from providers.contract import Contents, Note, Observed


def with_contents(steps: Sequence[Step], registry: Registry, clients: Clients, prior: Prior) -> list[Step]:
    """The steps, with what is held by those that delete. What lives in a replaced cluster is asked for with that."""
    holdings = Holdings(registry, clients, prior, {each.subject.address for each in steps if isinstance(each, Forget)})
    groups: dict[tuple[str, str], dict[str, Observed]] = {}
    for step in _deleting(steps):
        live = prior.live(step.subject.address)
        if live is not None:
            groups.setdefault((step.subject.type, step.subject.provider), {})[step.subject.address] = live
    found: dict[str, Contents] = {}
    for (type_, provider), things in groups.items():
        found |= holdings.of(type_, provider, things)
    return [_holding(step, found.get(step.subject.address, Contents())) for step in steps]


def _deleting(steps: Iterable[Step]) -> Iterator[Delete | Replace]:
    for step in steps:
        match step:
            case Delete(deposed=None):
                yield step
            case Replace() if step.reason != "cluster":
                yield step


def _holding(step: Step, contents: Contents) -> Step:
    if contents == Contents():
        return step
    notes = tuple(Note("holds", (), f"holds {each}") for each in described(contents))
    return replace(step, subject=replace(step.subject, holds_data=True), notes=(*step.notes, *notes))
