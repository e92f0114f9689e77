"""No done is lost and nothing is doubled, wherever a writer dies or another one comes between."""

import contextlib
import itertools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from language.diagnostics import FreeholdError
from state.backends.frames import decode_frames
from state.backends.local import LocalBackend
from state.manager import StateManager
from state.resources import ResourceState
from tests.state.memory_backend import MemoryBackend, Shelf

ROOT = Path(__file__).parents[2]
NAMES = st.sampled_from(["x.a", "x.b", "x.c"])
STEPS = st.lists(
    st.tuples(st.sampled_from(["begin", "create", "delete", "fail", "put", "drop"]), NAMES)
    | st.just(("checkpoint", "")),
    max_size=12,
)


class Model:
    """What the state ought to be, moment after moment: the numbers that names were last given, and names in flight."""

    def __init__(self) -> None:
        self.now = (frozenset(), frozenset())
        self.moments = [self.now]
        self.durable = 0  # the moment before which a crash may not go back

    def record(self, resources, in_flight) -> None:
        self.now = (frozenset(resources.items()), frozenset(in_flight))
        self.moments.append(self.now)


def seen(loaded):
    resources = {(key, found.attributes["n"]) for key, found in loaded.snapshot.resources.items()}
    return frozenset(resources), frozenset(begin.address for begin in loaded.in_flight)


def run(manager, steps, model) -> None:
    """Do the steps, noting in the model each moment that a reader may see after a crash."""
    numbers, resources, in_flight = itertools.count(), {}, []
    for kind, name in steps:
        if kind == "checkpoint":
            manager.checkpoint()
            model.durable = len(model.moments) - 1
        elif kind in ("put", "drop"):
            if kind == "put":
                resources[name] = next(numbers)
                manager.put(ResourceState(name, "x", "p", {"n": resources[name]}))
            else:
                resources.pop(name, None)
                manager.drop(name)
            model.record(resources, in_flight)
        else:
            in_flight.append(name)
            model.record(resources, in_flight)
            begun = manager.begin(name, kind, "x", "p")
            model.durable = len(model.moments) - 1
            if kind == "begin":
                continue
            in_flight.remove(name)
            if kind == "create":
                resources[name] = next(numbers)
                manager.done(begun, ResourceState(name, "x", "p", {"n": resources[name]}))
            elif kind == "delete":
                resources.pop(name, None)
                manager.done(begun, None)
            else:
                manager.failed(begun, "no")
            model.record(resources, in_flight)
    manager.close()
    model.durable = len(model.moments) - 1


def manager_on(backend, directory) -> StateManager:
    return StateManager(backend, directory=Path(directory), linger=0)


class Crash(BaseException):
    """The end of a process: nothing catches it on the way."""


@given(STEPS, st.integers(0, 30), st.booleans())
@settings(deadline=None)
def test_after_a_crash_at_any_write_the_state_is_as_it_was_at_some_moment(steps, fatal, arrives):
    shelf, count, model = Shelf(), itertools.count(), Model()

    def crash(what: str) -> None:
        if next(count) >= fatal:
            raise Crash

    backend = MemoryBackend(shelf, **{"after" if arrives else "before": crash})
    with tempfile.TemporaryDirectory() as directory:
        manager = manager_on(backend, directory)
        manager.open()
        with contextlib.suppress(Crash):
            run(manager, steps, model)

        found = seen(manager_on(MemoryBackend(shelf), directory).open())

    assert found in model.moments[model.durable :]


@given(STEPS, st.fractions(0, 1))
@settings(deadline=None, max_examples=60)
def test_a_journal_cut_at_any_byte_gives_the_state_at_some_moment_and_can_be_continued(steps, share):
    model = Model()
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "freehold.state")
        manager = manager_on(LocalBackend(path), directory)
        manager.open()
        run(manager, steps, model)
        assert seen(manager_on(LocalBackend(path), directory).open()) == model.now
        journal = path.with_name("freehold.state.journal")
        whole = journal.read_bytes() if journal.exists() else b""
        cut = int(share * len(whole))  # the length depends on how writes fell into groups
        if journal.exists():
            journal.write_bytes(whole[:cut])

        again = manager_on(LocalBackend(path), directory)
        found = seen(again.open())
        assert found in model.moments
        again.put(ResourceState("x.new", "x", "p", {"n": -1}))
        again.checkpoint()

        assert seen(manager_on(LocalBackend(path), directory).open()) == (found[0] | {("x.new", -1)}, found[1])
        assert len(decode_frames(journal.read_bytes())) == 0


INTRUSIONS = [("reopen", "begin"), ("reopen", "begin", "checkpoint"), ("begin",), ("checkpoint",)]


class Rivals:
    """Managers on one shelf that take no lock. `kept` are the names whose begin was told to be durable."""

    def __init__(self, directory, *, interrupted_before: int, intrusion: tuple[str, ...]) -> None:
        self.shelf, self.names = Shelf(), itertools.count()
        self.kept: set[str] = set()
        self.told: set[str] = set()
        self._directory, self._requests_left, self._intrusion = directory, interrupted_before, intrusion
        self.intruder = self.another(MemoryBackend(self.shelf))
        self.writers = [self.another(MemoryBackend(self.shelf, before=self._interrupt)) for _ in range(2)]

    def another(self, backend) -> StateManager:
        manager = manager_on(backend, self._directory)
        manager.open()
        return manager

    def act(self, manager: StateManager, kind: str) -> None:
        name = f"x.n{next(self.names)}"
        try:
            if kind == "begin":
                manager.begin(name, "create", "x", "p")
                self.kept.add(name)
            elif kind == "checkpoint":
                manager.checkpoint()
            else:
                manager.open()
        except FreeholdError as refused:
            self.told.add(refused.diagnostics[0].summary)
            with contextlib.suppress(FreeholdError):  # what it could not keep goes to a file, and it is told once more
                manager.open()
            manager.open()

    def _interrupt(self, what: str) -> None:
        self._requests_left -= 1
        if self._requests_left == -1:
            for kind in self._intrusion:
                self.act(self.intruder, kind)

    def check(self) -> None:
        found = self.another(MemoryBackend(self.shelf)).snapshot()
        for manager in (*self.writers, self.intruder):
            self.act(manager, "reopen")
        assert self.kept <= {begin.address for begin in found.in_flight}
        assert self.told <= {"The state has changed since it was read"}


@pytest.mark.parametrize("intrusion", INTRUSIONS)
@pytest.mark.parametrize("request_number", range(8))
def test_another_writer_between_any_two_requests_takes_nothing_away(tmp_path, request_number, intrusion):
    rivals = Rivals(tmp_path, interrupted_before=request_number, intrusion=intrusion)

    for kind in ("begin", "checkpoint", "begin", "begin", "checkpoint"):
        rivals.act(rivals.writers[0], kind)

    assert rivals.kept
    rivals.check()


@given(
    st.lists(st.tuples(st.integers(0, 1), st.sampled_from(["begin", "begin", "checkpoint", "reopen"])), max_size=14),
    st.integers(0, 20),
    st.sampled_from(INTRUSIONS),
)
@settings(deadline=None)
def test_of_many_writers_without_a_lock_none_loses_what_it_was_told_is_kept(acts, request_number, intrusion):
    with tempfile.TemporaryDirectory() as directory:
        rivals = Rivals(directory, interrupted_before=request_number, intrusion=intrusion)
        for number, kind in acts:
            rivals.act(rivals.writers[number], kind)
        rivals.check()


APPLY = """
import os, sys, threading
from pathlib import Path
from state.backends.local import LocalBackend
from state.manager import StateManager
from state.resources import ResourceState
directory = Path(sys.argv[1])
manager = StateManager(LocalBackend(directory / "freehold.state"), directory=directory)
def work(worker):
    for index in range(100_000):
        name = f"x.w{worker}-{index}"
        begun = manager.begin(name, "create", "x", "p")
        os.write(1, f"begun {name}\\n".encode())
        manager.done(begun, ResourceState(name, "x", "p", {"n": index}))
with manager.locked("apply"):
    manager.open()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
"""


@pytest.mark.parametrize("after", [1, 50, 700])
def test_a_process_killed_in_the_middle_of_an_apply_leaves_all_that_it_began(tmp_path, after):
    command = [sys.executable, "-c", APPLY, str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    lines = [process.stdout.readline() for _ in range(after)]
    process.kill()
    rest, _ = process.communicate(timeout=30)
    whole = [line for line in (*lines, *rest.splitlines(keepends=True)) if line.endswith("\n")]
    begun = {line.split()[1] for line in whole}

    manager = manager_on(LocalBackend(tmp_path / "freehold.state"), tmp_path)
    with manager.locked("apply"):
        loaded = manager.open()
        manager.checkpoint()

    known = set(loaded.snapshot.resources) | {begin.address for begin in loaded.in_flight}
    assert begun <= known
    assert set(loaded.snapshot.resources).isdisjoint(begin.address for begin in loaded.in_flight)
    assert len(loaded.in_flight) <= len(known)
    assert os.listdir(tmp_path).count("freehold.state.lock") == 0
