"""What every backend has to pass. A test module subclasses `BackendConformance` and gives it a `fresh` fixture.

`fresh()` opens the same place once more, as another process would; the first call finds it empty.
"""

from __future__ import annotations

import threading
import time

import pytest

from state.backends.contract import Locked, LockInfo, LockLost, StaleWrite

NAMES = [f"{1:012d}-{sequence:08d}" for sequence in range(12)]


class BackendConformance:
    """`ttl` is the shortest that the backend tells apart; `outlives` seconds later such a lock is free."""

    ttl = 0.2
    outlives = 0.3
    expires = True

    def test_an_empty_place_has_neither_snapshot_nor_journal(self, fresh):
        stored = fresh().read()

        assert (stored.snapshot, stored.journal, stored.token) == (None, (), None)

    def test_what_was_written_is_read_by_another(self, fresh):
        token = fresh().write(b"first", None)

        stored = fresh().read()

        assert (stored.snapshot, stored.token) == (b"first", token)

    def test_a_snapshot_is_only_founded_where_there_is_none(self, fresh):
        fresh().write(b"first", None)

        with pytest.raises(StaleWrite):
            fresh().write(b"second", None)

        assert fresh().read().snapshot == b"first"

    def test_only_the_snapshot_that_was_read_is_replaced(self, fresh):
        one, other = fresh(), fresh()
        token = one.write(b"first", None)
        newer = other.write(b"second", token)

        with pytest.raises(StaleWrite):
            one.write(b"third", token)

        assert newer != token
        assert fresh().read().snapshot == b"second"

    def test_nothing_replaces_a_snapshot_that_is_gone(self, fresh):
        with pytest.raises(StaleWrite):
            fresh().write(b"second", "no-such-token")

        assert fresh().read().snapshot is None

    def test_segments_are_read_in_order(self, fresh):
        backend = fresh()
        token = backend.write(b"first", None)
        for index, name in enumerate(NAMES):
            backend.append(name, b"segment %d\nof two lines" % index, token)

        assert fresh().read().journal == tuple(b"segment %d\nof two lines" % index for index in range(len(NAMES)))

    def test_a_place_in_the_journal_is_filled_once(self, fresh):
        one, other = fresh(), fresh()
        token = one.write(b"first", None)
        one.append(NAMES[0], b"one's", token)

        with pytest.raises(StaleWrite):
            other.append(NAMES[0], b"other's", token)

        other.append(NAMES[1], b"other's", token)
        with pytest.raises(StaleWrite):
            one.append(NAMES[1], b"one's", token)
        assert fresh().read().journal == (b"one's", b"other's")

    def test_appending_the_same_again_does_no_harm(self, fresh):
        one, other = fresh(), fresh()
        token = one.write(b"first", None)
        one.append(NAMES[0], b"segment", token)

        one.append(NAMES[0], b"segment", token)
        other.append(NAMES[0], b"segment", token)

        assert fresh().read().journal == (b"segment",)

    def test_a_new_snapshot_ends_the_journal_upon_the_old_one(self, fresh):
        one, other = fresh(), fresh()
        token = one.write(b"first", None)
        one.append(NAMES[0], b"segment", token)
        newer = other.write(b"second", token)

        with pytest.raises(StaleWrite):
            one.append(NAMES[1], b"late", token)

        other.append(NAMES[2], b"in time", newer)
        assert b"in time" in fresh().read().journal
        assert b"segment" not in fresh().read().journal

    def test_large_snapshots_and_segments_come_back_whole(self, fresh):
        backend, large = fresh(), bytes(range(256)) * 20_000
        token = backend.write(large, None)
        backend.append(NAMES[0], large, token)

        stored = fresh().read()

        assert (stored.snapshot, stored.journal) == (large, (large,))

    def test_of_many_writers_one_wins(self, fresh):
        token = fresh().write(b"first", None)
        won: list[int] = []

        def attempt(backend, number: int) -> None:
            try:
                backend.write(b"writer %d" % number, token)
                won.append(number)
            except StaleWrite:
                pass

        threads = [threading.Thread(target=attempt, args=(fresh(), number)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(won) == 1
        assert fresh().read().snapshot == b"writer %d" % won[0]

    def test_a_lock_has_one_holder_and_tells_who(self, fresh):
        holder = LockInfo("id-1", "apply", "ada@host", "0.1.0", "2026-01-01T00:00:00+00:00", "here", "why")
        fresh_holder = fresh()
        fresh_holder.lock(holder, 60)

        with pytest.raises(Locked) as locked:
            fresh().lock(LockInfo("id-2"), 60)

        told = locked.value.holder
        assert (told.id, told.operation, told.who, told.version) == ("id-1", "apply", "ada@host", "0.1.0")
        assert "id-1" in locked.value.diagnostics[0].advice
        fresh_holder.unlock("id-1")

    def test_an_unlocked_lock_can_be_taken(self, fresh):
        one, other = fresh(), fresh()
        one.lock(LockInfo("id-1"), 60)
        one.renew("id-1", 60)
        one.unlock("id-1")

        other.lock(LockInfo("id-2"), 60)

        with pytest.raises(LockLost):
            one.renew("id-1", 60)
        other.renew("id-2", 60)
        other.unlock("id-2")

    def test_a_lock_is_not_released_under_another_id(self, fresh):
        one, other = fresh(), fresh()
        one.lock(LockInfo("id-1"), 60)

        with pytest.raises(LockLost):
            other.unlock("id-2")

        with pytest.raises(Locked):
            other.lock(LockInfo("id-2"), 60)
        one.unlock("id-1")

    def test_what_is_not_locked_cannot_be_renewed_or_released(self, fresh):
        with pytest.raises(LockLost):
            fresh().renew("id-1", 60)
        with pytest.raises(LockLost):
            fresh().unlock("id-1")

    def test_a_lock_that_is_not_renewed_is_taken_over_and_its_holder_told(self, fresh):
        if not self.expires:
            pytest.skip("its lock ends with the process")
        one, other = fresh(), fresh()
        one.lock(LockInfo("id-1"), self.ttl)
        time.sleep(self.outlives)

        other.lock(LockInfo("id-2"), 60)

        with pytest.raises(LockLost):
            one.renew("id-1", 60)
        with pytest.raises(LockLost):
            one.unlock("id-1")
        other.unlock("id-2")

    def test_of_many_who_want_the_lock_one_gets_it(self, fresh):
        got: list[str] = []

        def attempt(backend, lock_id: str) -> None:
            try:
                backend.lock(LockInfo(lock_id), 60)
                got.append(lock_id)
            except Locked:
                pass

        backends = {f"id-{number}": fresh() for number in range(6)}
        threads = [threading.Thread(target=attempt, args=(backend, name)) for name, backend in backends.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(got) == 1
        backends[got[0]].unlock(got[0])
