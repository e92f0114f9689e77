"""What of a plan is next, while it is applied: kept up by each start and end, at the cost of the edges in all."""

from __future__ import annotations

from collections import deque
from itertools import islice

from planner.plan.plan import Operation, Plan, operations


class Upcoming:
    """Operations whose predecessors have all begun or are over, in the order in which that came about."""

    def __init__(self, plan: Plan) -> None:
        real = dict.fromkeys(operation for step in plan.steps for operation in operations(step))
        self.total = len(real)
        self._all = frozenset(real)
        self._real = real
        self._after: dict[Operation, list[Operation]] = {}
        self._left: dict[Operation, int] = dict.fromkeys(real, 0)
        for first, second in plan.edges:
            self._after.setdefault(first, []).append(second)
            self._left.setdefault(first, 0)
            self._left[second] = self._left.get(second, 0) + 1
        self._ready: dict[Operation, None] = {}
        for operation in [each for each, count in self._left.items() if not count]:
            self._free(operation)

    def __contains__(self, operation: Operation) -> bool:
        """Whether the plan has it; the data of checks is read besides."""
        return operation in self._all

    def begin(self, operation: Operation) -> None:
        """It runs, or was skipped: what waits for nothing else is next."""
        if operation not in self._real:
            return
        del self._real[operation]
        self._ready.pop(operation, None)
        self._release(operation)

    def next(self, count: int) -> list[Operation]:
        """The first of those that are next."""
        return list(islice(self._ready, count))

    def _free(self, operation: Operation) -> None:
        if operation in self._real:
            self._ready[operation] = None
        else:
            self._release(operation)

    def _release(self, operation: Operation) -> None:
        """Those behind it wait for one less. Joins are passed through: nobody begins them."""
        queue = deque([operation])
        while queue:
            for second in self._after.get(queue.popleft(), ()):
                self._left[second] -= 1
                if self._left[second] == 0:
                    if second in self._real:
                        self._ready[second] = None
                    else:
                        queue.append(second)
