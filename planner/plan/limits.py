"""What -target and -exclude leave of the configuration's blocks: which data is read, and which outputs may change.

By blocks, as Terraform has it: a target stands for its block, with all that this refers to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graph.addresses import covers, unkeyed
from planner.configuration.blocks import Data, Output, Placed
from planner.configuration.references import References
from planner.plan.steps import Delete, Step


class Limits:
    """Of one plan."""

    def __init__(self, references: References, targets: Sequence[str], excluded: Sequence[str]) -> None:
        self._references = references
        self.targeted = bool(targets)
        self._blocks = frozenset(references.nodes)
        if targets:
            self._blocks = frozenset(references.graph.reachable(self._named(targets), forward=False))
        if excluded:
            self._blocks -= references.graph.reachable(self._named(excluded), forward=True)

    def holds(self, block: str) -> bool:
        """Whether a block is part of the plan."""
        return block in self._blocks

    def outputs(self) -> set[str]:
        """The stack's outputs that are part of the plan: what they are made from is. One that is made from nothing that
        exists is no part of what a target names."""
        found = set()
        for name, output in self._references.root.outputs.items():
            behind = self._behind(output)
            if behind <= self._blocks and (behind or not self.targeted):
                found.add(name)
        return found

    def outputs_destroyed(self, everything: Iterable[Step], kept: Iterable[Step]) -> set[str]:
        """The stack's outputs that are made of nothing but what a destruction of `kept` leaves nothing of."""
        deleted = {(step.subject.address, step.deposed) for step in kept if isinstance(step, Delete)}
        existing, staying = set(), set()
        for step in everything:
            block = unkeyed(step.subject.block)
            existing.add(block)
            if not isinstance(step, Delete) or (step.subject.address, step.deposed) not in deleted:
                staying.add(block)
        found = set()
        for name, output in self._references.root.outputs.items():
            behind = self._behind(output) & existing
            if behind and behind.isdisjoint(staying):
                found.add(name)
        return found

    def _behind(self, output: Output) -> set[str]:
        """The blocks of what exists that an output is made from."""
        nodes = self._references.nodes
        above = self._references.graph.reachable({output.address}, forward=False)
        return {address for address in above if isinstance(nodes[address][1], Placed | Data)}

    def _named(self, names: Iterable[str]) -> set[str]:
        blocks = {unkeyed(name) for name in names}
        nodes = self._references.nodes
        return {node for node in nodes for block in blocks if covers(block, node) or covers(node, block)}
