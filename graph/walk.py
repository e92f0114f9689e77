"""The parallel walk: each node once all that it waits for is done, many at a time.

A failure skips what depends on it and nothing else. After a stop nothing new starts and what is in flight finishes.
Among the nodes that are free to go, the one with the longest chain behind it goes first. Of the nodes of one lane one
goes at a time; the others wait without a worker.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Generic

from graph.digraph import Digraph, Node


class Walk(Generic[Node]):
    """One walk over a graph.

    `visit(node)` does the work and tells whether it succeeded; what it raises ends the walk and is raised by `run`.
    `skip(node, cause)` is told of every node that is not visited: `cause` is the failed node, or None after a stop.
    `lane(node)` is asked when a node is free to go; None: beside all others.
    `choose(free)` gives the place, among the nodes that are free to go, of the one that goes next; without it that is
    the first, the one with the longest chain behind it.
    """

    def __init__(
        self,
        graph: Digraph[Node],
        visit: Callable[[Node], bool],
        skip: Callable[[Node, Node | None], None],
        *,
        parallelism: int = 10,
        lane: Callable[[Node], Hashable | None] = lambda node: None,
        choose: Callable[[Sequence[Node]], int] | None = None,
    ) -> None:
        self._graph = graph
        self._visit = visit
        self._skip = skip
        self._lane = lane
        self._lanes: dict[Node, Hashable] = {}
        self._held: dict[Hashable, list[Node]] = {}
        self._parallelism = max(1, parallelism)
        self._choose = choose
        self._changed = threading.Condition()
        self._waiting = {node: len(list(graph.predecessors(node))) for node in graph}
        self._heights = _heights(graph)
        self._rank = {node: index for index, node in enumerate(graph)}
        self._ready: list[tuple[int, int, Node]] = []
        self._unvisited = dict.fromkeys(graph)
        self._left = len(graph)
        self._blame: dict[Node, Node] = {}
        self._stopped = False
        self._raised: BaseException | None = None

    def stop(self) -> None:
        """Start nothing new. What is in flight finishes, and the rest is skipped."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def run(self) -> None:
        """Walk it all; returns when nothing is left or, after a stop, nothing is in flight."""
        for node, count in self._waiting.items():
            if not count:
                self._offer(node)
        workers = [
            threading.Thread(target=self._work, name=f"walk-{index}", daemon=True)
            for index in range(min(self._parallelism, max(1, len(self._graph))))
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            while worker.is_alive():  # in slices, so that signals are handled meanwhile
                worker.join(0.2)
        if self._raised is not None:
            raise self._raised
        for node in self._unvisited:
            self._skip(node, self._blame.get(node))

    def _offer(self, node: Node) -> None:
        heapq.heappush(self._ready, (-self._heights[node], self._rank[node], node))

    def _take(self) -> Node | None:
        with self._changed:
            while True:
                if self._stopped or not self._left:
                    return None
                while self._ready:
                    node = self._next()
                    if self._enter(node):
                        del self._unvisited[node]
                        return node
                self._changed.wait()

    def _next(self) -> Node:
        if self._choose is None:
            return heapq.heappop(self._ready)[2]
        self._ready.sort()  # a sorted list is a heap
        return self._ready.pop(self._choose([node for _, _, node in self._ready]))[2]

    def _enter(self, node: Node) -> bool:
        """Whether a node's lane is free, which it takes then; where it is not, the node is held until it is."""
        lane = self._lane(node)
        if lane is None:
            return True
        if lane in self._held:
            self._held[lane].append(node)
            return False
        self._held[lane] = []
        self._lanes[node] = lane
        return True

    def _leave(self, node: Node) -> None:
        if node in self._lanes:
            for held in self._held.pop(self._lanes.pop(node)):
                self._offer(held)

    def _work(self) -> None:
        try:
            while (node := self._take()) is not None:
                self._finish(node, self._visit(node))
        except BaseException as error:
            self._raised = self._raised or error
            self.stop()

    def _finish(self, node: Node, succeeded: bool) -> None:
        with self._changed:
            self._leave(node)
            doomed = self._settle(node, None if succeeded else node)
            self._changed.notify_all()
        for skipped, cause in doomed:
            self._skip(skipped, cause)

    def _settle(self, node: Node, cause: Node | None) -> list[tuple[Node, Node]]:
        """Count `node` as over; free or doom what waited for it, and what that dooms in turn."""
        doomed: list[tuple[Node, Node]] = []
        over: list[tuple[Node, Node | None]] = [(node, cause)]
        while over:
            done, blame = over.pop()
            self._left -= 1
            for successor in self._graph.successors(done):
                if blame is not None:
                    self._blame.setdefault(successor, blame)
                self._waiting[successor] -= 1
                if self._waiting[successor]:
                    continue
                if successor in self._blame:
                    doomed.append((successor, self._blame[successor]))
                    over.append((successor, self._blame[successor]))
                    del self._unvisited[successor]
                else:
                    self._offer(successor)
        return doomed


def _heights(graph: Digraph[Node]) -> dict[Node, int]:
    """The length of the longest chain that waits behind each node."""
    heights: dict[Node, int] = {}
    for node in reversed(graph.order()):
        heights[node] = 1 + max((heights[successor] for successor in graph.successors(node)), default=0)
    return heights
