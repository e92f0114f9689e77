import threading
import time

import pytest

from state.journal import Journal


class Disk:
    """Takes groups, one at a time, and can be held up."""

    def __init__(self):
        self.groups = []
        self.free = threading.Event()
        self.free.set()
        self.entered = threading.Event()

    def __call__(self, lines):
        self.entered.set()
        assert self.free.wait(5)
        self.groups.append(lines)


@pytest.fixture
def disk():
    return Disk()


def test_what_comes_while_a_group_is_written_goes_together_into_the_next(disk):
    journal = Journal(disk, linger=0)
    disk.free.clear()
    journal.add(b"first")
    assert disk.entered.wait(5)
    for number in range(100):
        journal.add(b"%d" % number)
    disk.free.set()
    journal.close()

    assert disk.groups == [[b"first"], [b"%d" % number for number in range(100)]]


def test_who_waits_for_a_line_takes_those_before_it_along(disk):
    journal = Journal(disk, linger=60)
    journal.add(b"one")
    journal.wait(journal.add(b"two"))

    assert disk.groups == [[b"one", b"two"]]
    journal.close()


def test_who_waits_for_a_line_that_is_written_waits_for_no_other(disk):
    journal = Journal(disk, linger=60)
    first = journal.add(b"one")
    journal.wait(first)
    journal.add(b"two")

    journal.wait(first)

    assert disk.groups == [[b"one"]]
    journal.close()


def test_a_journal_that_nobody_closes_keeps_no_process_from_ending(disk):
    journal = Journal(disk, linger=60)
    before = set(threading.enumerate())
    journal.add(b"one")

    assert [thread.daemon for thread in set(threading.enumerate()) - before] == [True]
    journal.close()


def test_a_line_that_nobody_waits_for_is_written_soon(disk):
    journal = Journal(disk, linger=0.05)
    journal.add(b"one")

    assert disk.entered.wait(5)
    journal.close()
    assert disk.groups == [[b"one"]]


def test_closing_writes_what_is_left_and_takes_no_more(disk):
    journal = Journal(disk, linger=60)
    journal.add(b"one")
    journal.close()

    assert disk.groups == [[b"one"]]
    with pytest.raises(RuntimeError):
        journal.add(b"two")


def test_a_failure_reaches_everyone_who_waits_and_all_who_come_later():
    def full(lines):
        time.sleep(0.05)
        raise OSError("no space")

    journal, told = Journal(full, linger=60), []

    def work():
        try:
            journal.wait(journal.add(b"x"))
        except OSError as failure:
            told.append(str(failure))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)

    assert told == ["no space"] * 8
    with pytest.raises(OSError, match="no space"):
        journal.add(b"y")
    with pytest.raises(OSError, match="no space"):
        journal.close()


def test_lines_keep_their_order_and_none_is_lost_among_many_threads(disk):
    journal = Journal(disk, linger=0.001)

    def work(name):
        for number in range(500):
            ticket = journal.add(b"%s-%d" % (name, number))
            if number % 50 == 0:
                journal.wait(ticket)

    threads = [threading.Thread(target=work, args=(name,)) for name in (b"a", b"b", b"c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()

    written = [line for group in disk.groups for line in group]
    for name in (b"a", b"b", b"c"):
        assert [line for line in written if line.startswith(name)] == [b"%s-%d" % (name, n) for n in range(500)]
