import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.digraph import Cycle, Digraph

forward_edges = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(lambda e: e[0] < e[1]))


def test_order_keeps_insertion_order_among_the_free():
    graph = Digraph("cab", [("b", "c")])

    assert graph.order() == ["a", "b", "c"]


@given(forward_edges)
def test_every_edge_points_forward_in_the_order(edges):
    order = Digraph(range(31), edges).order()

    position = {node: index for index, node in enumerate(order)}
    assert sorted(order) == list(range(31))
    assert all(position[first] < position[second] for first, second in edges)


def test_cycle_names_the_shortest_with_every_member():
    graph = Digraph(edges=[("a", "b"), ("b", "c"), ("c", "d"), ("d", "a"), ("c", "b")])

    with pytest.raises(Cycle) as caught:
        graph.order()

    assert set(caught.value.members) == {"b", "c"}


def test_reachable_goes_both_ways():
    graph = Digraph(edges=[("vpc", "subnet"), ("subnet", "cluster"), ("role", "cluster")])

    assert graph.reachable(["subnet"], forward=True) == {"subnet", "cluster"}
    assert graph.reachable(["subnet"], forward=False) == {"subnet", "vpc"}


@given(forward_edges, st.sets(st.integers(0, 30)))
def test_dropping_nodes_keeps_who_waits_for_whom(edges, dropped):
    whole = Digraph(range(31), edges)

    left = whole.without(dropped)

    for node in left:
        assert left.reachable([node], forward=True) == whole.reachable([node], forward=True) - dropped
