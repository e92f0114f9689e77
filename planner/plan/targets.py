"""-target and -exclude: a plan with only some of its steps, and all that these need."""

from __future__ import annotations

from collections.abc import Container, Sequence

from graph.addresses import covered, covers, suggest, unkeyed
from graph.digraph import Digraph
from language.diagnostics import Diagnostics
from planner.plan.plan import Operation, operations
from planner.plan.steps import NoOp, Replace, Step

Edge = tuple[Operation, Operation]


def restrict(
    steps: Sequence[Step],
    edges: Sequence[Edge],
    targets: Sequence[str],
    excluded: Sequence[str],
    needed: Container[str],
    known: Sequence[str],
    diagnostics: Diagnostics,
) -> tuple[list[Step], tuple[Edge, ...]]:
    """The steps that `targets` name with all that has to come before, less the `excluded` and all that comes after.
    What goes on already is waited for, whatever is named.

    `needed` are blocks that are wanted as the targets are; `known` are addresses that have no step, and may be named.
    """
    addresses = [*(step.subject.address for step in steps), *known]
    for name in (*targets, *excluded):
        if not any(covers(name, address) for address in addresses):
            meant = suggest(name, addresses)
            advice = f"Did you mean {meant}?" if meant else ""
            diagnostics.error("No such address", f'Nothing in this plan has the address "{name}".', advice=advice)
    graph: Digraph[Operation] = Digraph((op for step in steps for op in operations(step)), edges)
    running = {op for op in graph if op[1] == "resume"}
    keep = set(graph)
    if targets:
        keep = _whole(steps, graph, {op for op in graph if covered(targets, op[0]) or unkeyed(op[0]) in needed})
    if excluded:
        keep -= _without(steps, graph, {op for op in graph if covered(excluded, op[0])})
    keep |= running
    # a replacement is done as a whole or not at all
    for step in steps:
        own = operations(step)
        if not all(op in keep for op in own):
            keep.difference_update(own)
    kept = [step for step in steps if isinstance(step, NoOp) or all(op in keep for op in operations(step))]
    if targets:
        diagnostics.warning(
            "Resource targeting is in effect",
            "The plan has only what was named with -target and what that needs; it may leave the stack unfinished.",
        )
    return kept, tuple(edge for edge in edges if edge[0] in keep and edge[1] in keep)


def _whole(steps: Sequence[Step], graph: Digraph[Operation], desired: set[Operation]) -> set[Operation]:
    """What is wanted with all that has to come before. Of what is created first for it, or cannot outlive what is
    replaced, the other half is done, too, with all that has to come before that."""
    keep = graph.reachable(desired, forward=False)
    replaced = [operations(step) for step in steps if isinstance(step, Replace) and _is_bound(step)]
    while True:
        left = {op for own in replaced if not keep.isdisjoint(own) for op in own} - keep
        if not left:
            return keep
        keep |= graph.reachable(left, forward=False)


def _is_bound(step: Replace) -> bool:
    return step.create_first or step.reason in ("cluster", "container")


def _without(steps: Sequence[Step], graph: Digraph[Operation], excluded: set[Operation]) -> set[Operation]:
    """What is excluded with all that comes after. Of what is replaced, neither half is done without the other."""
    removed = graph.reachable(excluded, forward=True)
    replaced = [operations(step) for step in steps if isinstance(step, Replace)]
    while True:
        left = {op for own in replaced if not removed.isdisjoint(own) for op in own} - removed
        if not left:
            return removed
        removed |= graph.reachable(left, forward=True)
