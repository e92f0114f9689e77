"""The execution graph of a plan: which operation has to be over before which may begin.

Rules, as Terraform's walk has them: a create or update comes after those of what it depends on; a delete comes after
the deletes of what depended on it, also where only the state knows of that; a replacement deletes first and creates
then, or the other way round with create_before_destroy, which spreads to the replacements that it depends on; where
what forces it is not known yet, its delete waits for that. What an interrupted apply began and goes on is waited for
before anything else of its address, and by all that waits for that.
Dependencies name instances, or whole blocks as the configuration has them, in all instances of their module; a block's
operations meet in one "join" (all of it is there) and one "gone" (all that stood on it is gone), so that edges do not
multiply.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from graph.addresses import unkeyed
from graph.digraph import Digraph
from planner.plan.plan import Operation, operations
from planner.plan.steps import Adopt, Delete, Forget, Import, NoOp, Replace, Resume, Step, Update

Dependencies = Mapping[str, Sequence[str]]
"""What each address depends on: addresses of instances and of blocks."""


def spread_create_first(
    steps: Sequence[Step], depends: Dependencies, first: Iterable[str], never: Container[str] = ()
) -> list[Step]:
    """Replacements that a create-before-destroy instance (those `first`) depends on are created first as well, whatever
    is done to the instance itself; those `never`, which cannot be there twice, are not."""
    left = list(first)
    if not left or not any(isinstance(step, Replace) for step in steps):
        return list(steps)
    members: dict[str, list[str]] = {}
    for address in depends:
        members.setdefault(unkeyed(address), []).append(address)
    seen: set[str] = set()
    while left:
        address = left.pop()
        if address not in seen:
            seen.add(address)
            for dependency in depends.get(address, ()):
                left.extend(members.get(dependency, (dependency,)))
    return [
        replace(step, create_first=True)
        if isinstance(step, Replace) and step.subject.address in seen and step.subject.address not in never
        else step
        for step in steps
    ]


class Edges:
    """Builds the edges for some steps. `desired` are the configuration's dependencies, `stored` the state's, which has
    those of deposed objects by their own keys. `freed`: pairs of which the second is created under the key that the
    first is deleted under."""

    def __init__(
        self,
        steps: Iterable[Step],
        desired: Dependencies,
        stored: Dependencies,
        freed: Iterable[tuple[str, str]] = (),
    ) -> None:
        present = [step for step in steps if not _is_deposed(step)]
        self._steps = {step.subject.address: step for step in present}
        self._resumed = {step.subject.address: step for step in present if isinstance(step, Resume)}
        self._deposed = [step for step in steps if _is_deposed(step)]
        self._deposed_of: dict[str, list[Step]] = {}
        for step in self._deposed:
            if step.reason != "in-flight":
                self._deposed_of.setdefault(step.subject.address, []).append(step)
        self._desired = desired
        self._stored = stored
        self._freed = freed
        self._releases: dict[str, list[Operation]] = {}
        self._turning: list[tuple[Operation, Operation]] = []
        self._graph: Digraph[Operation] = Digraph()
        self._blocks: dict[str, list[str]] = {}
        for address in {**self._steps, **self._deposed_of}:
            block = unkeyed(address)
            if block != address:
                self._blocks.setdefault(block, []).append(address)

    def build(self) -> tuple[tuple[Operation, Operation], ...]:
        """All edges between operations that do something, and the joins that they go through. Raises Cycle."""
        for address, step in self._steps.items():
            self._graph.add(self._up(address))
            for first, second in zip(operations(step), operations(step)[1:], strict=False):
                self._graph.connect(first, second)
        for address in self._resumed:
            self._first(address, (address, "resume"))
        for address in self._steps:
            self._upward(address)
            self._downward(address)
        for deposed in self._deposed:
            self._delete_deposed(deposed)
        self._turn_first()
        for deleted, created in self._freed:
            self._graph.connect((deleted, "delete"), self._up(created))
        for step in self._steps.values():
            if isinstance(step, Replace) and step.is_open and not step.create_first:
                self._delete_when_known(step)
        doing = self._doing()
        idle = {node for node in self._graph if node not in doing}
        whole = self._graph.without(idle)
        whole.order()
        return tuple(whole.edges)

    def _first(self, address: str, operation: Operation) -> None:
        """It comes before anything else of an address."""
        for own in (*operations(self._steps[address])[:1], self._up(address)):
            self._graph.connect(operation, own)

    def _doing(self) -> set[Operation]:
        """What is worth a node: operations that steps do, and joins of clusters' blocks, which are recorded."""
        steps = (*self._steps.values(), *self._resumed.values(), *self._deposed)
        real = {operation for step in steps for operation in operations(step)}
        used = {block for block in self._blocks if any((a, v) in real for a in self._blocks[block] for v in _VERBS)}
        return real | {(block, "join") for block in used} | {(block, "gone") for block in used}

    def _up(self, address: str) -> Operation:
        """The operation after which the instance is as wanted (one that does nothing, where nothing is to be done)."""
        step = self._steps.get(address)
        if step is not None and not _is_removal(step):
            found = [operation for operation in operations(step) if operation[1] != "delete"]
            if found:
                return found[-1]
        return (address, "read")

    def _down(self, address: str) -> Operation | None:
        """The operation after which the instance, as it was, is gone."""
        steps = (self._steps.get(address), self._resumed.get(address))
        found = [operation for step in steps if step is not None for operation in operations(step)]
        removals = ("delete", "resume") if _is_removal(self._resumed.get(address)) else ("delete",)
        return next((operation for operation in found if operation[1] in removals), None)

    def _upward(self, address: str) -> None:
        if _is_removal(self._steps[address]):
            return
        mine = self._up(address)
        block = unkeyed(address)
        if block in self._blocks and block != address:
            self._graph.connect(mine, (block, "join"))
        for dependency in self._desired.get(address, ()):
            if dependency in self._blocks:
                self._graph.connect((dependency, "join"), mine)
            if dependency in self._steps and not _is_removal(self._steps[dependency]):
                self._graph.connect(self._up(dependency), mine)

    def _downward(self, address: str) -> None:
        """Whatever takes `address` away from what it stood on comes before that is deleted."""
        step = self._steps[address]
        own = self._down(address)
        stays = isinstance(step, Update | Import | Adopt | Resume | NoOp)
        turned = self._up(address) if stays or (isinstance(step, Replace) and step.create_first) else None
        block = unkeyed(address)
        if block in self._blocks and block != address:
            for removal, _ in self._removals(address):
                self._graph.connect((block, "gone"), removal)
        for dependency in dict.fromkeys((*self._stored.get(address, ()), *self._desired.get(address, ()))):
            if dependency in self._blocks and dependency != block:
                self._leave_block(own, turned, dependency)
            for removal, released in self._removals(dependency):
                if own is not None:
                    self._graph.connect(own, removal)
                if turned is not None and released:
                    self._turning.append((turned, removal))

    def _leave_block(self, own: Operation | None, turned: Operation | None, block: str) -> None:
        """As for one that is stood on, for all instances of a block: through "gone", where they are alike."""
        if own is not None:
            self._graph.connect(own, (block, "gone"))
        if turned is None:
            return
        if block not in self._releases:
            found = [each for address in self._blocks[block] for each in self._removals(address)]
            alike = bool(found) and all(released for _, released in found)
            self._releases[block] = [(block, "gone")] if alike else [removal for removal, released in found if released]
        self._turning += [(turned, removal) for removal in self._releases[block]]

    def _removals(self, address: str) -> Iterator[tuple[Operation, bool]]:
        """What deletes the instance, or an old one of it, and whether that waits for those who turn to another one.

        What goes on already waits for nobody.
        """
        own = self._down(address)
        if own is not None and own[1] == "delete":
            yield own, self._released_by_update(address)
        for deposed in self._deposed_of.get(address, ()):
            yield operations(deposed)[0], True

    def _delete_deposed(self, deposed: Step) -> None:
        """An old one goes when the new one is as wanted, and before what it stood on."""
        address, (operation,) = deposed.subject.address, operations(deposed)
        if deposed.reason == "in-flight":
            self._first(address, operation)
            return
        self._graph.connect(self._up(address), operation)
        for dependency in self._stored.get(operation[0], ()):
            for each in (dependency, *self._blocks.get(dependency, ())):
                for removal, released in self._removals(each):
                    if released:
                        self._turning.append((operation, removal))

    def _turn_first(self) -> None:
        """What stays turns away before that is deleted which it stood on, save where that closes a cycle: by what is
        deleted first, to be replaced, and turned to."""
        cyclic = any(isinstance(step, Replace) and not step.create_first for step in self._steps.values())
        for turned, removal in self._turning:
            if not cyclic or turned not in self._graph.reachable([removal], forward=True):
                self._graph.connect(turned, removal)

    def _delete_when_known(self, step: Replace) -> None:
        """Nothing is deleted for values that are not known: the delete waits for all that the create waits for and that
        does not itself wait for the delete."""
        delete, create = operations(step)
        behind = self._graph.reachable([delete], forward=True)
        queue, seen = [create], {create}
        while queue:
            for before in tuple(self._graph.predecessors(queue.pop())):
                if before not in behind:
                    self._graph.connect(before, delete)
                elif before not in seen:
                    seen.add(before)
                    queue.append(before)

    def _released_by_update(self, dependency: str) -> bool:
        """Whether the old one is deleted only after its dependents have turned to something else."""
        step = self._steps.get(dependency)
        return isinstance(step, Delete) or (isinstance(step, Replace) and step.create_first)


_VERBS = ("create", "update", "delete", "import", "adopt", "read", "resume")


def _is_deposed(step: Step) -> bool:
    return isinstance(step, Delete | Resume) and step.deposed is not None


def _is_removal(step: Step | None) -> bool:
    return isinstance(step, Delete | Forget) or (isinstance(step, Resume) and step.action == "delete")
