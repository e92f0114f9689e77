"""A lock is ours only for as long as it was renewed for, by our own clock, whatever the backend says later."""

import threading

import pytest

from language.diagnostics import FreeholdError, error
from state.backends.contract import Locked, LockInfo, LockLost
from state.lease import Lease
from tests.state.memory_backend import MemoryBackend

INFO = LockInfo(id="ours", operation="apply", who="ada", version="1", created="", path="memory", info="")
OTHER = LockInfo(id="theirs", operation="plan", who="bob", version="1", created="", path="memory", info="")
LONG = 60.0
"""No heartbeat within a test."""
SHORT = 0.5
"""A heartbeat each eighth of a second."""


class Clock:
    def __init__(self):
        self.now = 1000.0
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


class Beating(MemoryBackend):
    """Tells of every renewal, with what it is for, and can refuse."""

    def __init__(self, shelf, clock):
        super().__init__(shelf, monotonic=clock)
        self.refusal = None
        self.renewed, self.refused = threading.Event(), threading.Event()
        self.ttls = []

    def lock(self, info, ttl):
        self.ttls.append(ttl)
        super().lock(info, ttl)

    def renew(self, lock_id, ttl):
        self.ttls.append(ttl)
        if self.refusal is not None:
            self.refused.set()
            raise self.refusal
        super().renew(lock_id, ttl)
        self.renewed.set()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def backend(shelf, clock):
    return Beating(shelf, clock)


@pytest.fixture
def lease_of(backend, clock):
    made = []

    def make(ttl):
        made.append(Lease(backend, INFO, lost=threading.Event(), ttl=ttl, monotonic=clock))
        return made[-1]

    yield make
    for lease in made:
        lease.release()


def test_a_lease_holds_for_its_time_and_not_a_moment_longer(lease_of, clock):
    lease = lease_of(LONG)
    lease.acquire(0)

    clock.now += LONG - 0.001
    lease.check()
    assert not lease.lost.is_set()
    clock.now += 0.001
    with pytest.raises(LockLost, match="it was not renewed in time"):
        lease.check()
    assert lease.lost.is_set()


def test_what_was_lost_stays_lost_though_the_clock_is_set_back(lease_of, clock):
    lease = lease_of(LONG)
    lease.acquire(0)
    clock.now += LONG
    with pytest.raises(LockLost):
        lease.check()

    clock.now -= LONG
    with pytest.raises(LockLost):
        lease.check()


def test_the_time_counts_from_when_the_lock_was_asked_for_and_not_from_the_answer(lease_of, backend, clock):
    answer = backend.lock

    def slow(info, ttl):
        answer(info, ttl)
        clock.now += 10

    backend.lock = slow
    lease = lease_of(LONG)
    lease.acquire(0)

    clock.now += LONG - 10
    with pytest.raises(LockLost):
        lease.check()


def test_a_renewal_counts_from_when_it_was_asked_for(lease_of, backend, clock):
    lease = lease_of(SHORT)
    lease.acquire(0)
    clock.now += 0.25
    backend.renewed.clear()
    assert backend.renewed.wait(5)
    backend.refusal = FreeholdError([error("The backend does not answer")])
    assert backend.refused.wait(5)

    clock.now += 0.25  # the first half second is over
    lease.check()
    clock.now += 0.25
    with pytest.raises(LockLost, match="could not be renewed in time: The backend does not answer"):
        lease.check()
    assert set(backend.ttls) == {SHORT}


def test_the_heartbeat_itself_notices_that_the_time_is_up(lease_of, backend, clock):
    backend.refusal = FreeholdError([error("The backend does not answer")])
    lease = lease_of(SHORT)
    lease.acquire(0)
    assert backend.refused.wait(5)
    assert not lease.lost.is_set()

    clock.now += SHORT

    assert lease.lost.wait(5)


def test_who_is_told_that_the_lock_is_anothers_has_lost_it_at_once_and_why(lease_of, backend):
    lease = lease_of(SHORT)
    lease.acquire(0)
    backend.refusal = LockLost("memory", "bob broke it")

    assert lease.lost.wait(5)
    with pytest.raises(LockLost, match="bob broke it"):
        lease.check()


def test_a_lease_that_ended_in_time_unlocks_and_one_that_was_lost_does_not(lease_of, shelf, clock):
    lease = lease_of(LONG)
    lease.acquire(0)
    lease.release()
    assert shelf.lock is None

    lost = lease_of(LONG)
    lost.acquire(0)
    clock.now += LONG
    with pytest.raises(LockLost):
        lost.check()
    shelf.lock = OTHER
    lost.release()
    assert shelf.lock is OTHER


def test_a_lock_that_turns_out_to_be_lost_when_it_is_released_is_no_error(lease_of, shelf):
    lease = lease_of(LONG)
    lease.acquire(0)
    shelf.lock = OTHER

    lease.release()

    assert shelf.lock is OTHER


def test_after_its_release_the_heart_beats_no_more(lease_of, backend):
    lease = lease_of(SHORT)
    lease.acquire(0)
    lease.release()
    backend.renewed.clear()

    assert not backend.renewed.wait(SHORT)


@pytest.mark.parametrize(
    ("timeout", "pauses"),
    [
        (0, []),
        (0.1, [0.1]),
        (3, [0.25, 0.5, 1, 1.25]),
        (20, [0.25, 0.5, 1, 2, 4, 5, 5, 2.25]),
    ],
)
def test_it_is_asked_again_at_growing_intervals_until_the_time_is_up(timeout, pauses, lease_of, shelf, clock):
    MemoryBackend(shelf, monotonic=clock).lock(OTHER, 1000)
    told = []

    with pytest.raises(Locked) as refused:
        lease_of(LONG).acquire(timeout, lambda holder, left: told.append((holder.id, left)), clock.sleep)

    assert clock.slept == pytest.approx(pauses)
    lefts = [timeout - sum(pauses[:index]) for index in range(len(pauses))]
    assert [left for _, left in told] == pytest.approx(lefts)
    assert {holder for holder, _ in told} <= {"theirs"}
    assert refused.value.holder.id == "theirs"


def test_a_lock_that_becomes_free_is_taken_and_its_time_counts_from_then(lease_of, shelf, clock):
    MemoryBackend(shelf, monotonic=clock).lock(OTHER, 3)
    lease = lease_of(LONG)

    lease.acquire(100, sleep=clock.sleep)

    assert shelf.lock.id == "ours"
    clock.now += LONG - 0.001
    lease.check()
