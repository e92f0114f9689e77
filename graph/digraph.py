"""Nodes and edges, in insertion order, so that everything derived from a graph is the same on every run."""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Iterable, Iterator
from typing import Generic, TypeVar

from graph.cycles import shortest_cycle

Node = TypeVar("Node", bound=Hashable)


class Cycle(Exception):
    """The graph has a cycle; `members` names one, each waiting for the next and the last for the first."""

    def __init__(self, members: tuple[Hashable, ...]) -> None:
        super().__init__(" -> ".join(str(member) for member in (*members, members[0])))
        self.members = members


class Digraph(Generic[Node]):
    """A directed graph. An edge runs from what has to be first to what waits for it."""

    def __init__(self, nodes: Iterable[Node] = (), edges: Iterable[tuple[Node, Node]] = ()) -> None:
        self._after: dict[Node, dict[Node, None]] = {}
        self._before: dict[Node, dict[Node, None]] = {}
        for node in nodes:
            self.add(node)
        for first, second in edges:
            self.connect(first, second)

    def add(self, node: Node) -> None:
        """Make it a node, if it is none yet."""
        self._after.setdefault(node, {})
        self._before.setdefault(node, {})

    def connect(self, first: Node, second: Node) -> None:
        """`second` waits for `first`; both are added. A node never waits for itself here."""
        self.add(first)
        self.add(second)
        if first != second:
            self._after[first][second] = None
            self._before[second][first] = None

    def __contains__(self, node: object) -> bool:
        return node in self._after

    def __iter__(self) -> Iterator[Node]:
        return iter(self._after)

    def __len__(self) -> int:
        return len(self._after)

    @property
    def edges(self) -> Iterator[tuple[Node, Node]]:
        """Every edge, from what comes first."""
        return ((first, second) for first, seconds in self._after.items() for second in seconds)

    def successors(self, node: Node) -> Iterable[Node]:
        """What waits for `node`."""
        return self._after[node]

    def predecessors(self, node: Node) -> Iterable[Node]:
        """What `node` waits for."""
        return self._before[node]

    def order(self) -> list[Node]:
        """Every node after what it waits for; of those free to go, the one added first. Raises Cycle."""
        rank = {node: index for index, node in enumerate(self._after)}
        nodes = list(self._after)
        waiting = {node: len(before) for node, before in self._before.items()}
        free = [rank[node] for node, count in waiting.items() if not count]
        heapq.heapify(free)
        ordered: list[Node] = []
        while free:
            node = nodes[heapq.heappop(free)]
            ordered.append(node)
            for successor in self._after[node]:
                waiting[successor] -= 1
                if not waiting[successor]:
                    heapq.heappush(free, rank[successor])
        if len(ordered) < len(nodes):
            raise Cycle(shortest_cycle(self, self.edges))
        return ordered

    def reachable(self, start: Iterable[Node], *, forward: bool) -> set[Node]:
        """`start` and all that waits for it (forward), or all that it waits for."""
        step = self._after if forward else self._before
        seen = {node for node in start if node in step}
        queue = list(seen)
        while queue:
            for node in step[queue.pop()]:
                if node not in seen:
                    seen.add(node)
                    queue.append(node)
        return seen

    def without(self, dropped: set[Node]) -> Digraph[Node]:
        """The graph less some nodes; what waited through one of them still waits for what that one waited for."""
        result = Digraph[Node](node for node in self if node not in dropped)
        for node in result:
            queue, seen = list(self._before[node]), set[Node]()
            while queue:
                before = queue.pop()
                if before in seen:
                    continue
                seen.add(before)
                if before in dropped:
                    queue.extend(self._before[before])
                else:
                    result.connect(before, node)
        return result
