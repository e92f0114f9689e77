"""The directed graph: addresses, edges, cycles, the parallel walk. Knows no provider and no cloud.

Read in this order: `addresses` (how nodes are named by people), `digraph` (nodes and edges, their order),
`cycles` (who waits for whom for ever), `walk` (many at a time, a failure skips its dependents and nothing else).
"""
