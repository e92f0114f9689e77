"""Finding a cycle worth showing: the shortest one, so that a person sees the knot and not the whole skein.

Only asked when an order could not be found, so networkx is imported here and not at start-up.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

MAX_STARTS = 20
"""Of a large knot: how many of its members a shortest cycle is looked for from."""


def shortest_cycle(nodes: Iterable[Hashable], edges: Iterable[tuple[Hashable, Hashable]]) -> tuple[Hashable, ...]:
    """The members of a shortest cycle, each waiting for the next. The graph must have one."""
    import networkx

    waits_for: Any = networkx.DiGraph((second, first) for first, second in edges)
    knots = [knot for knot in networkx.strongly_connected_components(waits_for) if len(knot) > 1]
    rank = {node: index for index, node in enumerate(nodes)}
    knot = waits_for.subgraph(min(knots, key=lambda members: (len(members), min(rank[node] for node in members))))
    best: list[Hashable] = []
    for node in sorted(knot, key=lambda member: rank[member])[:MAX_STARTS]:
        for successor in knot.successors(node):
            path = networkx.shortest_path(knot, successor, node)
            if not best or len(path) < len(best):
                best = [node, *path[:-1]]
        if len(best) == 2:
            break
    return tuple(best)
