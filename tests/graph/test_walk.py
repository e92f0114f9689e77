import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.digraph import Digraph
from graph.walk import Walk


class Visitor:
    """Records the order in which nodes begin and end; some of them fail."""

    def __init__(self, failing=()):
        self.failing = set(failing)
        self.begun, self.ended, self.skipped = [], [], {}
        self.lock = threading.Lock()

    def visit(self, node):
        with self.lock:
            self.begun.append(node)
        with self.lock:
            self.ended.append(node)
        return node not in self.failing

    def skip(self, node, cause):
        self.skipped[node] = cause


edges_and_failures = st.tuples(
    st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)).filter(lambda e: e[0] < e[1])),
    st.sets(st.integers(0, 15), max_size=4),
    st.integers(1, 5),
)


@settings(deadline=None, max_examples=60)
@given(edges_and_failures)
def test_a_failure_skips_its_dependents_and_nothing_else(case):
    edges, failing, parallelism = case
    graph = Digraph(range(16), edges)
    visitor = Visitor(failing)

    Walk(graph, visitor.visit, visitor.skip, parallelism=parallelism).run()

    visited_failures = failing & set(visitor.begun)
    doomed = graph.reachable(visited_failures, forward=True) - visited_failures
    assert set(visitor.skipped) == doomed
    assert sorted(visitor.begun) == sorted(set(range(16)) - doomed)
    assert all(graph.reachable([cause], forward=True) >= {node} for node, cause in visitor.skipped.items())


@settings(deadline=None, max_examples=40)
@given(edges_and_failures)
def test_nothing_begins_before_what_it_waits_for_has_ended(case):
    edges, _, parallelism = case
    ended_before: dict[int, set[int]] = {}
    ended: set[int] = set()
    lock = threading.Lock()

    def visit(node):
        with lock:
            ended_before[node] = set(ended)
        with lock:
            ended.add(node)
        return True

    Walk(Digraph(range(16), edges), visit, lambda *_: None, parallelism=parallelism).run()

    assert all(first in ended_before[second] for first, second in edges)


def test_runs_at_most_so_many_at_a_time_and_as_many():
    running, most = 0, 0
    lock = threading.Lock()

    def visit(node):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1
        return True

    Walk(Digraph(range(12)), visit, lambda *_: None, parallelism=4).run()

    assert most == 4


def test_ten_run_at_a_time_unless_told_otherwise():
    running, most = 0, 0
    lock, full = threading.Lock(), threading.Event()

    def visit(node):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            if running == 10:
                full.set()
        assert full.wait(10)
        time.sleep(0.1)
        with lock:
            running -= 1
        return True

    Walk(Digraph(range(20)), visit, lambda *_: None).run()

    assert most == 10


@pytest.mark.parametrize("parallelism", [1, 0, -1])
def test_one_is_visited_at_a_time_at_least_and_then_in_order(parallelism):
    begun, running = [], threading.Semaphore(1)

    def visit(node):
        assert running.acquire(blocking=False)
        begun.append(node)
        time.sleep(0.01)
        running.release()
        return True

    Walk(Digraph("cab"), visit, lambda *_: None, parallelism=parallelism).run()

    assert begun == ["c", "a", "b"]


def test_each_node_that_a_failure_dooms_is_skipped_once_and_told_of_the_first_that_failed():
    graph = Digraph("abcd", [("a", "c"), ("b", "c"), ("c", "d")])
    skipped = []

    Walk(graph, lambda node: False, lambda *told: skipped.append(told), parallelism=1).run()

    assert skipped == [("c", "a"), ("d", "a")]


def test_a_visit_that_hangs_keeps_no_process_from_ending():
    daemons = []

    def visit(node):
        daemons.append(threading.current_thread().daemon)
        return True

    Walk(Digraph("a"), visit, lambda *_: None).run()

    assert daemons == [True]


def test_after_a_stop_what_is_in_flight_finishes_and_the_rest_is_skipped():
    graph = Digraph("abc", [("a", "b"), ("b", "c")])
    done, skipped = [], []

    def visit(node):
        walk.stop()
        done.append(node)
        return True

    walk = Walk(graph, visit, lambda node, cause: skipped.append((node, cause)))
    walk.run()

    assert done == ["a"]
    assert skipped == [("b", None), ("c", None)]


def test_what_a_visit_raises_ends_the_walk_and_is_raised():
    def visit(node):
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        Walk(Digraph("ab", [("a", "b")]), visit, lambda *_: None).run()


def test_what_is_raised_reaches_workers_that_wait_for_something_to_do():
    def visit(node):
        time.sleep(0.2)  # by then the other worker waits
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        Walk(Digraph("ab", [("a", "b")]), visit, lambda *_: None, parallelism=2).run()


def test_of_two_that_raise_the_first_is_raised():
    workers = {}
    both = threading.Barrier(2)

    def visit(node):
        workers[node] = threading.current_thread()
        both.wait(10)
        if node == "b":
            workers["a"].join(10)
        raise RuntimeError(node)

    with pytest.raises(RuntimeError, match="a"):
        Walk(Digraph("ab"), visit, lambda *_: None, parallelism=2).run()


def test_the_longest_chain_goes_first():
    graph = Digraph(["lone", "long", "next", "last"], [("long", "next"), ("next", "last")])
    visitor = Visitor()

    Walk(graph, visitor.visit, visitor.skip, parallelism=1).run()

    assert visitor.begun[:2] == ["long", "next"]


def test_of_one_lane_one_goes_at_a_time_and_waits_without_a_worker():
    graph = Digraph(["a1", "a2", "a3", "b1", "free"])
    together, most, both = 0, 0, threading.Barrier(2, timeout=5)
    lock = threading.Lock()

    def visit(node):
        nonlocal together, most
        if node in ("a1", "free"):
            both.wait()  # of two workers none waits for the lane: "free" runs beside "a1"
        if node.startswith("a"):
            with lock:
                together += 1
                most = max(most, together)
            time.sleep(0.02)
            with lock:
                together -= 1
        return True

    Walk(graph, visit, lambda *_: None, parallelism=2, lane=lambda node: node[0] if node != "free" else None).run()

    assert most == 1


def test_a_failure_frees_its_lane_and_skips_nothing_of_it():
    graph = Digraph(["a", "b", "c"], [("a", "c")])
    begun, skipped = [], []

    def visit(node):
        begun.append(node)
        return node != "a"

    Walk(graph, visit, lambda node, cause: skipped.append((node, cause)), parallelism=3, lane=lambda node: "one").run()

    assert sorted(begun) == ["a", "b"]
    assert skipped == [("c", "a")]


def test_after_a_stop_what_waits_for_a_lane_is_skipped():
    skipped = []

    def visit(node):
        walk.stop()
        return True

    walk = Walk(Digraph("ab"), visit, lambda *told: skipped.append(told), parallelism=2, lane=lambda node: "one")
    walk.run()

    assert skipped == [("b", None)]


def test_what_a_lane_raises_ends_the_walk_and_is_raised():
    def lane(node):
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        Walk(Digraph("ab"), lambda node: True, lambda *_: None, parallelism=2, lane=lane).run()


def test_which_of_the_free_nodes_goes_next_can_be_chosen():
    graph = Digraph(["lone", "long", "next", "last"], [("long", "next"), ("next", "last")])
    visitor, offered = Visitor(), []

    def choose(free):
        offered.append(tuple(free))
        return len(free) - 1

    Walk(graph, visitor.visit, visitor.skip, parallelism=1, choose=choose).run()

    assert visitor.begun == ["lone", "long", "next", "last"]
    assert offered == [("long", "lone"), ("long",), ("next",), ("last",)]
