import stat
import threading
import time
from dataclasses import replace

import pytest

from language.diagnostics import FreeholdError, error
from state import ledger
from state.backends.contract import Locked, StaleWrite
from state.records import Begin
from state.resources import OutputState
from state.snapshot import decode
from tests.state.memory_backend import MemoryBackend, Shelf


def create(manager, resource):
    begun = manager.begin(resource.address, "create", resource.type, resource.provider)
    manager.done(begun, resource)


def unreachable(what):
    raise FreeholdError([error("The backend does not answer")])


def test_a_state_that_never_was_is_fresh_and_opening_writes_nothing(manager_on, shelf):
    loaded = manager_on(shelf).open()

    assert loaded.fresh
    assert (loaded.snapshot.serial, loaded.snapshot.resources, loaded.in_flight) == (0, {}, ())
    assert (shelf.snapshot, shelf.journal, shelf.lock) == (None, {}, None)


def test_each_fresh_state_has_a_lineage_and_a_key_of_its_own(manager_on):
    one, other = (manager_on(Shelf()).open().snapshot for _ in range(2))

    assert one.lineage
    assert len(bytes.fromhex(one.digest_key)) == 32
    assert one.lineage != other.lineage
    assert one.digest_key != other.digest_key


def test_a_fresh_state_keeps_the_lineage_and_the_key_that_it_was_opened_with(manager_on, shelf, resource):
    manager = manager_on(shelf)
    opened = manager.open().snapshot
    create(manager, resource("terraform_data.a"))
    manager.checkpoint()

    snapshot = manager_on(shelf).open().snapshot

    assert (snapshot.lineage, snapshot.digest_key) == (opened.lineage, opened.digest_key)


def test_a_fresh_state_is_written_before_anything_is_made_under_its_lineage(manager_on, shelf):
    manager = manager_on(shelf, linger=60)
    lineage = manager.open().snapshot.lineage

    manager.begin("app.a/Secret/x/y", "create", "Secret", "kubernetes", durable=False)

    assert shelf.snapshot is not None
    assert decode(shelf.snapshot).lineage == lineage


def test_what_was_applied_is_there_afterwards_in_one_snapshot(manager_on, shelf, resource):
    manager = manager_on(shelf)
    with manager.locked("apply"):
        manager.open()
        for name in "abc":
            create(manager, resource(f"terraform_data.{name}"))
        manager.outputs({"size": OutputState(3, "number")}, {"check.a": "pass"})
        manager.checkpoint()

    loaded = manager_on(shelf).open()

    assert not loaded.fresh
    assert set(loaded.snapshot.resources) == {"terraform_data.a", "terraform_data.b", "terraform_data.c"}
    assert loaded.snapshot.outputs == {"size": OutputState(3, "number")}
    assert loaded.snapshot.checks == {"check.a": "pass"}
    assert (loaded.in_flight, shelf.journal, shelf.lock) == ((), {}, None)


def test_what_is_not_folded_yet_is_replayed(manager_on, shelf, resource):
    manager = manager_on(shelf)
    manager.open()
    create(manager, resource("terraform_data.a"))
    manager.checkpoint()
    create(manager, resource("terraform_data.b"))
    manager.close()

    loaded = manager_on(shelf).open()

    assert set(loaded.snapshot.resources) == {"terraform_data.a", "terraform_data.b"}
    assert decode(shelf.snapshot).resources.keys() == {"terraform_data.a"}


def test_a_call_whose_outcome_nobody_recorded_stays_in_flight_until_it_is_settled(manager_on, shelf, resource):
    manager = manager_on(shelf)
    manager.open()
    begun = manager.begin(
        "aws_vpc.a", "create", "aws_vpc", "aws", identity={"tag": "x"}, token="t", planned={"cidr": "y"}
    )
    manager.close()

    again = manager_on(shelf)
    expected = Begin(
        begun, "aws_vpc.a", "create", "aws_vpc", "aws", {"tag": "x"}, "t", {"cidr": "y"}, "2026-01-01T00:00:00+00:00"
    )
    assert again.open().in_flight == (expected,)
    create(again, resource("terraform_data.b"))
    again.checkpoint()
    assert again.open().in_flight == (expected,)
    again.done(begun, resource("aws_vpc.a"))
    again.checkpoint()
    assert again.open().in_flight == ()
    assert "aws_vpc.a" in again.snapshot().resources


def test_a_durable_begin_is_written_when_it_returns(manager_on, shelf):
    manager = manager_on(shelf, linger=60)
    manager.open()

    manager.begin("aws_vpc.a", "create", "aws_vpc", "aws")

    assert [begin.address for begin in manager_on(shelf).open().in_flight] == ["aws_vpc.a"]


def test_what_a_service_goes_on_with_is_written_when_it_is_accepted_and_kept_until_it_is_settled(manager_on, shelf):
    manager = manager_on(shelf, linger=60)
    manager.open()
    begun = manager.begin("aws_vpc.a", "update", "aws_vpc", "aws", identity={"id": "v"}, durable=False)

    manager.accepted(begun, {"update": "1"})
    manager.accepted(begun, {"update": "2"}, planned={"cidr": "y", "id": None}, unknown=(("id",),))

    (begin,) = manager_on(shelf).open().in_flight
    assert (begin.identity, begin.handle) == ({"id": "v"}, {"update": "2"})
    assert (begin.planned, begin.unknown) == ({"cidr": "y", "id": None}, (("id",),))
    manager.checkpoint()
    assert manager_on(shelf).open().in_flight == (begin,)
    manager.accepted("another", {"update": "3"})
    manager.failed(begun, "it failed")
    manager.close()
    assert manager_on(shelf).open().in_flight == ()


def test_a_begin_that_may_wait_rides_with_the_next_group(manager_on, shelf, resource):
    manager = manager_on(shelf, linger=60)
    manager.open()
    create(manager, resource("aws_vpc.there"))
    manager.checkpoint()
    manager.begin("app.a/Secret/x/y", "create", "Secret", "kubernetes", durable=False)

    assert manager_on(shelf).open().in_flight == ()
    manager.begin("aws_vpc.a", "create", "aws_vpc", "aws")

    assert len(manager_on(shelf).open().in_flight) == 2


def test_a_replacement_that_was_created_first_leaves_its_predecessor_deposed(manager_on, shelf, resource):
    manager = manager_on(shelf)
    manager.open()
    create(manager, resource("aws_vpc.a"))
    begun = manager.begin("aws_vpc.a", "create", "aws_vpc", "aws")
    manager.done(begun, resource("aws_vpc.a", status="ready"), predecessor=resource("aws_vpc.a", deposed="d1"))
    deleted = manager.begin("aws_vpc.a", "delete", "aws_vpc", "aws", deposed="d1")
    assert set(manager.snapshot().resources) == {"aws_vpc.a", "aws_vpc.a (deposed d1)"}

    manager.done(deleted, None)

    assert set(manager.snapshot().resources) == {"aws_vpc.a"}


def test_a_failure_keeps_what_was_there_or_what_it_left(manager_on, shelf, resource):
    manager = manager_on(shelf)
    manager.open()
    create(manager, resource("aws_vpc.a"))
    manager.failed(manager.begin("aws_vpc.a", "delete", "aws_vpc", "aws"), "in use")
    manager.failed(
        manager.begin("aws_vpc.b", "create", "aws_vpc", "aws"), "half done", resource("aws_vpc.b", status="tainted")
    )
    manager.close()

    loaded = manager_on(shelf).open()

    assert loaded.in_flight == ()
    assert {key: found.status for key, found in loaded.snapshot.resources.items()} == {
        "aws_vpc.a": "ready",
        "aws_vpc.b": "tainted",
    }


def test_things_are_put_moved_and_dropped_without_a_call(manager_on, shelf, resource):
    manager = manager_on(shelf)
    manager.open()
    manager.put(resource("aws_vpc.a"))
    manager.put(resource("aws_vpc.b"), instead_of="aws_vpc.a")
    manager.put(resource("aws_vpc.c"))
    manager.drop("aws_vpc.c")
    assert manager.resource("aws_vpc.b") == resource("aws_vpc.b")
    manager.close()

    assert set(manager_on(shelf).open().snapshot.resources) == {"aws_vpc.b"}


def test_a_checkpoint_after_nothing_writes_nothing(manager_on, shelf, resource):
    manager = manager_on(shelf)
    manager.open()
    create(manager, resource("aws_vpc.a"))
    manager.checkpoint()
    before = shelf.snapshot

    manager.checkpoint()
    manager.open()
    manager.checkpoint()

    assert shelf.snapshot is before


def test_the_position_changes_with_every_write_and_the_serial_grows_with_every_snapshot(manager_on, shelf, resource):
    manager = manager_on(shelf)
    positions, serials = [], []
    for name in "abc":
        loaded = manager.open()
        positions.append(loaded.position)
        serials.append(loaded.snapshot.serial)
        create(manager, resource(f"aws_vpc.{name}"))
        manager.close()
        positions.append(manager.open().position)
        manager.checkpoint()

    assert len(set(positions)) == len(positions)
    assert serials == sorted(set(serials))


def test_an_apply_costs_what_it_changes(manager_on, shelf, resource):
    manager = manager_on(shelf)
    manager.open()
    for index in range(2000):
        manager.put(resource(f"terraform_data.x{index}"))
    manager.checkpoint()
    written = []
    backend = MemoryBackend(shelf, before=written.append)
    again = manager_on(backend, linger=60)
    again.open()

    for index in range(300):
        again.put(resource(f"terraform_data.y{index}"))
    again.checkpoint()

    assert written.count("write") == 1
    assert written.count("append") == 2  # the records, and the seal before the snapshot


def test_a_long_journal_is_folded_before_the_end(manager_on, shelf):
    written = []
    manager = manager_on(MemoryBackend(shelf, before=written.append))
    manager.open()
    for index in range(1200):
        manager.begin(f"aws_vpc.x{index}", "create", "aws_vpc", "aws")
    manager.close()

    assert 3 <= written.count("write") <= 5
    assert len(shelf.journal) < 600
    assert len(manager_on(shelf).open().in_flight) == 1200


def test_a_large_journal_is_folded_when_it_outgrows_its_snapshot_twice(manager_on, shelf, monkeypatch):
    monkeypatch.setattr(ledger, "_MUCH_JOURNAL", 10_000)
    written = []
    manager = manager_on(MemoryBackend(shelf, before=written.append))
    manager.open()
    sizes = []
    for index in range(60):
        manager.begin(f"aws_vpc.x{index}", "create", "aws_vpc", "aws", planned={"text": "x" * 1000})
        sizes.append(sum(map(len, shelf.journal.values())))

    folded = [index for index, size in enumerate(sizes) if not size]
    assert folded[0] == 0  # there was no snapshot to add to
    assert 10_000 < sizes[folded[1] - 1] + 1000 < 12_000
    snapshot = folded[1] * 1000
    assert 2 * snapshot < sizes[folded[2] - 1] + 1000 < 3 * snapshot
    assert len(folded) == written.count("write") == 3


def test_many_threads_record_at_once(manager_on, shelf, resource):
    manager = manager_on(shelf)
    manager.open()

    def work(number: int) -> None:
        for index in range(50):
            create(manager, resource(f"terraform_data.x{number}-{index}"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    manager.checkpoint()

    loaded = manager_on(shelf).open()
    assert (len(loaded.snapshot.resources), loaded.in_flight) == (400, ())


def test_what_the_backend_does_not_take_goes_to_a_file_of_its_owner_alone(manager_on, shelf, resource, tmp_path):
    backend = MemoryBackend(shelf)
    manager = manager_on(backend)
    with pytest.raises(FreeholdError) as refused, manager.locked("apply"):  # noqa: PT012
        manager.open()
        create(manager, resource("aws_vpc.a"))
        backend.before = unreachable
        manager.done(manager.begin("aws_vpc.b", "create", "aws_vpc", "aws", durable=False), resource("aws_vpc.b"))
        manager.checkpoint()

    rescued = tmp_path / "errored.freehold.state"
    assert set(decode(rescued.read_bytes()).resources) == {"aws_vpc.a", "aws_vpc.b"}
    assert stat.S_IMODE(rescued.stat().st_mode) == 0o600
    assert "freehold state push errored.freehold.state" in refused.value.diagnostics[-1].advice
    assert shelf.lock is None


def test_a_state_that_can_be_written_nowhere_is_told_with_both_reasons(manager_on, shelf, resource, tmp_path):
    (tmp_path / "errored.freehold.state").mkdir()
    backend = MemoryBackend(shelf)
    manager = manager_on(backend)
    manager.open()
    backend.before = unreachable
    manager.put(resource("aws_vpc.a"))

    with pytest.raises(FreeholdError) as refused:
        manager.checkpoint()

    assert [diagnostic.summary for diagnostic in refused.value.diagnostics] == [
        "The backend does not answer",
        "The state could not be written anywhere",
    ]


def test_what_a_backend_raises_unforeseen_is_told_and_the_state_rescued(manager_on, shelf, resource, tmp_path):
    def broken(what):
        raise ZeroDivisionError("division by zero")

    backend = MemoryBackend(shelf)
    manager = manager_on(backend)
    manager.open()
    backend.before = broken
    manager.put(resource("aws_vpc.a"))

    with pytest.raises(FreeholdError) as refused:
        manager.close()

    assert refused.value.diagnostics[0].detail == "ZeroDivisionError: division by zero"
    assert set(decode((tmp_path / "errored.freehold.state").read_bytes()).resources) == {"aws_vpc.a"}


def test_a_backend_that_answers_again_at_the_end_has_it_all(manager_on, shelf, resource, tmp_path):
    backend = MemoryBackend(shelf)
    manager = manager_on(backend)
    with manager.locked("apply"):
        manager.open()
        create(manager, resource("aws_vpc.a"))
        backend.before = unreachable
        with pytest.raises(FreeholdError, match="does not answer"):
            manager.begin("aws_vpc.b", "create", "aws_vpc", "aws")
        backend.before = lambda what: None

    assert "aws_vpc.a" in manager_on(shelf).open().snapshot.resources
    assert list(tmp_path.iterdir()) == []


def test_an_append_whose_answer_was_lost_is_not_taken_for_another_writers(manager_on, shelf, resource):
    backend = MemoryBackend(shelf)
    manager = manager_on(backend)
    manager.open()
    create(manager, resource("aws_vpc.a"))
    manager.checkpoint()
    backend.after = unreachable
    with pytest.raises(FreeholdError, match="does not answer"):
        manager.begin("aws_vpc.b", "create", "aws_vpc", "aws")
    backend.after = lambda what: None

    manager.checkpoint()

    assert [begin.address for begin in manager_on(shelf).open().in_flight] == ["aws_vpc.b"]


def test_a_lock_is_waited_for_and_who_has_it_is_told(manager_on, shelf):
    holder, told, slept = manager_on(shelf), [], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            shelf.lock = None

    waiting = manager_on(shelf, sleep=sleep)
    with holder.locked("apply", info="nightly"), waiting.locked("plan", 600, lambda info, left: told.append(info)):
        assert shelf.lock.operation == "plan"
    assert [(info.who, info.info) for info in told] == [("ada@host", "nightly")] * 3
    assert slept == sorted(slept)


def test_a_lock_that_is_not_waited_for_is_refused_at_once(manager_on, shelf):
    slept = []
    other = manager_on(shelf, sleep=slept.append)
    with manager_on(shelf).locked("apply"), pytest.raises(Locked) as locked, other.locked("plan"):
        pytest.fail("two hold the lock")

    assert locked.value.holder.operation == "apply"
    assert slept == []


def test_who_meets_a_lock_is_told_all_of_its_holder(manager_on, shelf):
    with manager_on(shelf, ttl=600).locked("apply", info="nightly") as holder:
        assert shelf.lock == replace(holder, ttl=600)

    told = (holder.operation, holder.who, holder.version, holder.created, holder.path, holder.info)
    assert told == ("apply", "ada@host", "0.1.0", "2026-01-01T00:00:00+00:00", "memory", "nightly")
    assert holder.id


def test_who_lost_a_lock_may_take_it_anew(manager_on, shelf):
    manager = manager_on(shelf)
    with manager.locked("apply"):
        manager.lost.set()
    shelf.lock = None

    with manager.locked("apply"):
        assert not manager.lost.is_set()


def test_a_state_that_is_not_open_takes_nothing(manager_on, shelf, resource):
    manager = manager_on(shelf)
    manager.close()

    for act in (manager.snapshot, manager.checkpoint, lambda: manager.put(resource("aws_vpc.a"))):
        with pytest.raises(RuntimeError, match="not open"):
            act()


def test_outputs_without_checks_say_that_there_are_none(manager_on, shelf):
    manager = manager_on(shelf)
    manager.open()
    manager.outputs({}, {"check.a": "pass"})
    manager.outputs({"size": OutputState(3, "number")})
    manager.checkpoint()

    snapshot = manager_on(shelf).open().snapshot
    assert (snapshot.checks, snapshot.outputs) == ({}, {"size": OutputState(3, "number")})


def test_what_is_written_after_the_lock_was_given_back_asks_for_none(manager_on, shelf, resource):
    manager = manager_on(shelf, ttl=0.05)
    with manager.locked("apply"):
        pass
    time.sleep(0.1)

    manager.open()
    create(manager, resource("aws_vpc.a"))
    manager.checkpoint()

    assert set(manager_on(shelf).open().snapshot.resources) == {"aws_vpc.a"}


def test_a_heartbeat_keeps_the_lock(manager_on, shelf):
    with manager_on(shelf, ttl=0.2).locked("apply"):
        threading.Event().wait(0.6)
        with pytest.raises(Locked), manager_on(shelf).locked("plan"):
            pytest.fail("two hold the lock")


def test_who_lost_the_lock_is_told_and_writes_no_more(manager_on, shelf, resource, tmp_path):
    manager = manager_on(shelf, ttl=0.1)
    with pytest.raises(FreeholdError, match="lock of the state is lost"), manager.locked("apply"):  # noqa: PT012
        manager.open()
        create(manager, resource("aws_vpc.a"))
        manager.checkpoint()
        manager.force_unlock(shelf.lock.id)
        with manager_on(shelf).locked("apply"):
            assert manager.lost.wait(5)
            before = dict(shelf.journal)
            manager.begin("aws_vpc.b", "create", "aws_vpc", "aws")
    assert shelf.journal == before
    assert [begin.address for begin in decode((tmp_path / "errored.freehold.state").read_bytes()).in_flight] == [
        "aws_vpc.b"
    ]


def test_who_cannot_renew_in_time_has_lost_the_lock_though_nobody_said_so(manager_on, shelf):
    class Silent(MemoryBackend):
        def renew(self, lock_id, ttl):
            unreachable("renew")

    manager = manager_on(Silent(shelf), ttl=0.2)
    with manager.locked("apply"):
        assert manager.lost.wait(5)


def test_an_operation_on_the_state_replaces_it_only_as_it_was_read(manager_on, shelf, resource):
    one, other = manager_on(shelf), manager_on(shelf)
    snapshot = one.open().snapshot
    other.open()
    create(other, resource("aws_vpc.a"))
    other.checkpoint()

    with pytest.raises(StaleWrite):
        one.replace(snapshot)

    assert "aws_vpc.a" in manager_on(shelf).open().snapshot.resources


def test_what_replaced_the_state_is_present_and_is_not_written_again(manager_on, shelf, resource):
    written = []
    manager = manager_on(MemoryBackend(shelf, before=written.append))
    manager.open()
    create(manager, resource("aws_vpc.a"))
    manager.close()
    snapshot = manager.open().snapshot
    changed = replace(snapshot, serial=snapshot.serial + 1, resources={})

    manager.replace(changed)
    assert manager.snapshot().resources == {}
    assert manager.resource("aws_vpc.a") is None
    written.clear()
    manager.checkpoint()

    assert written == []
    assert manager_on(shelf).open().snapshot.resources == {}


def test_a_journal_without_its_snapshot_is_refused(manager_on, shelf, resource):
    manager = manager_on(shelf)
    manager.open()
    create(manager, resource("aws_vpc.a"))
    manager.checkpoint()
    create(manager, resource("aws_vpc.b"))
    manager.close()
    shelf.snapshot = None

    with pytest.raises(FreeholdError, match="state is missing"):
        manager_on(shelf).open()


@pytest.mark.parametrize(
    "spoil", [lambda data: b"{}", lambda data: data[:-3], lambda data: data.replace(b"begin", b"bogus")]
)
def test_a_damaged_journal_is_refused_and_not_skipped(manager_on, resource, spoil):
    shelf = Shelf()
    manager = manager_on(shelf)
    manager.open()
    create(manager, resource("aws_vpc.a"))
    manager.checkpoint()
    manager.begin("aws_vpc.b", "create", "aws_vpc", "aws")
    (name,) = shelf.journal
    shelf.journal[name] = spoil(shelf.journal[name])

    with pytest.raises(FreeholdError, match="journal of the state is damaged"):
        manager_on(shelf).open()


def test_segments_that_a_snapshot_took_in_and_that_were_not_swept_are_ignored(manager_on, shelf):
    manager = manager_on(shelf)
    manager.open()
    begun = [manager.begin(f"aws_vpc.{name}", "create", "aws_vpc", "aws") for name in "ab"]
    old = dict(shelf.journal)
    for id in begun:
        manager.done(id, None)
    manager.checkpoint()
    manager.begin("aws_vpc.c", "create", "aws_vpc", "aws")
    shelf.journal.update(old)

    assert old
    assert min(shelf.journal) in old
    assert [begin.address for begin in manager_on(shelf).open().in_flight] == ["aws_vpc.c"]


def test_a_missing_segment_is_told(manager_on, shelf, resource):
    manager = manager_on(shelf)
    manager.open()
    manager.begin("aws_vpc.a", "create", "aws_vpc", "aws")
    manager.checkpoint()
    for name in "bc":
        manager.begin(f"aws_vpc.{name}", "create", "aws_vpc", "aws")
    del shelf.journal[min(shelf.journal)]

    with pytest.raises(FreeholdError, match="segment 0 of serial 2 is missing"):
        manager_on(shelf).open()
