import itertools

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

    assert caught.value.members == ("b", "c")
    assert str(caught.value) == "b -> c -> b"


@pytest.mark.parametrize(
    ("edges", "members"),
    [
        # a waits for c, c for b, and b for a; an edge runs from what is first to what waits for it
        ([("a", "b"), ("b", "c"), ("c", "a")], ("a", "c", "b")),
        # a shorter one is looked for beyond the first
        ([("a", "b"), ("b", "c"), ("c", "a"), ("b", "d"), ("d", "b")], ("b", "d")),
        # it begins with the member that was added first
        ([("z", "y"), ("y", "z")], ("z", "y")),
        # of two as short, the first
        ([("a", "b"), ("b", "c"), ("c", "a"), ("a", "d"), ("d", "e"), ("e", "a")], ("a", "c", "b")),
        # what stands around a knot is no part of it
        ([("w", "x"), ("x", "y"), ("y", "x"), ("y", "z")], ("x", "y")),
        # of two knots the smaller, wherever it stands
        ([("a", "b"), ("b", "c"), ("c", "a"), ("x", "y"), ("y", "x")], ("x", "y")),
        ([("x", "y"), ("y", "x"), ("a", "b"), ("b", "c"), ("c", "a")], ("x", "y")),
        # of two as small, the one that was added first
        ([("x", "y"), ("y", "x"), ("a", "b"), ("b", "a")], ("x", "y")),
        ([("a", "b"), ("b", "a"), ("x", "y"), ("y", "x")], ("a", "b")),
        ([("x", "y"), ("y", "x"), ("a", "b"), ("b", "a"), ("y", "a")], ("x", "y")),
        ([("x", "y"), ("y", "x"), ("a", "b"), ("b", "a"), ("a", "y")], ("x", "y")),
    ],
)
def test_the_cycle_that_is_shown(edges, members):
    with pytest.raises(Cycle) as caught:
        Digraph(edges=edges).order()

    assert caught.value.members == members


def test_a_node_never_waits_for_itself():
    graph = Digraph(edges=[("a", "a")])

    assert (list(graph), list(graph.edges)) == (["a"], [])


def test_what_is_in_a_graph_and_who_waits_for_whom():
    graph = Digraph("ab", [("b", "c"), ("b", "d"), ("a", "d"), ("b", "c")])

    assert "a" in graph
    assert "e" not in graph
    assert (list(graph), len(graph)) == (["a", "b", "c", "d"], 4)
    assert list(graph.edges) == [("a", "d"), ("b", "c"), ("b", "d")]
    assert list(graph.successors("b")) == ["c", "d"]
    assert list(graph.predecessors("d")) == ["b", "a"]


def test_reachable_goes_both_ways():
    graph = Digraph(edges=[("vpc", "subnet"), ("subnet", "cluster"), ("role", "cluster")])

    assert graph.reachable(["subnet"], forward=True) == {"subnet", "cluster"}
    assert graph.reachable(["subnet"], forward=False) == {"subnet", "vpc"}
    assert graph.reachable(["subnet", "unknown"], forward=False) == {"subnet", "vpc"}


@given(forward_edges, st.sets(st.integers(0, 30)))
def test_dropping_nodes_keeps_who_waits_for_whom(edges, dropped):
    whole = Digraph(range(31), edges)

    left = whole.without(dropped)

    for node in left:
        assert left.reachable([node], forward=True) == whole.reachable([node], forward=True) - dropped


def test_what_waited_through_dropped_nodes_waits_for_all_that_these_waited_for():
    edges = [("far", "c"), ("a", "x"), ("a", "y"), ("x", "c"), ("y", "c")]

    left = Digraph(edges=edges).without({"x", "y"})

    assert set(left.edges) == {("far", "c"), ("a", "c")}


def test_dropping_many_layers_does_not_follow_each_path_through_them():
    layers = [[(depth, side) for side in "ab"] for depth in range(40)]
    edges = [(first, second) for upper, lower in itertools.pairwise(layers) for first in upper for second in lower]
    dropped = {node for layer in layers[1:-1] for node in layer}

    left = Digraph(edges=edges).without(dropped)

    assert set(left.edges) == {(first, last) for first in layers[0] for last in layers[-1]}
