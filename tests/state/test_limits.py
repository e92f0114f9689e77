"""Where what is kept ends: how deep, how long, how much; and just before that it is kept."""

from __future__ import annotations

import time

import pytest

from language.diagnostics import FreeholdError
from state import codec, ledger
from state.backends import contract
from state.backends.contract import LockInfo
from state.codec import DEEPEST, Malformed
from state.formats import FORMAT, format_of, upgraded
from state.journal import Journal
from state.snapshot import OutputState, Snapshot, decode, encode
from state.values import STORED

KEY = "0" * 64


def nested(depth, inner=()):
    for _ in range(depth):
        inner = (inner,)
    return inner


class Spoken:
    """What `default` makes JSON of."""

    def __init__(self, value):
        self.value = value


@pytest.mark.parametrize(
    ("value", "written"),
    [({"a": (1,)}, b'{"a":[1]}'), ([1, 2], b"[1,2]"), ((1, Spoken({"b": ()})), b'[1,{"b":[]}]')],
)
def test_what_the_caller_makes_of_a_value_is_written(value, written):
    assert codec.dumps(Spoken(value), lambda item: item.value if isinstance(item, Spoken) else item) == written


def test_what_the_caller_makes_of_a_value_is_no_deeper_than_others():
    with pytest.raises(FreeholdError, match="cannot be kept in the state"):
        codec.dumps(Spoken(nested(100_000)), lambda item: item.value if isinstance(item, Spoken) else item)


@pytest.mark.parametrize("longer", [0, 1])
def test_a_long_path_is_written_as_far_as_it_says_something(longer):
    path = ("a",) * (codec._LONGEST_PATH + longer)

    text = codec.written(path)

    assert text == ".".join("a" * codec._LONGEST_PATH) + "..." * longer


@pytest.mark.parametrize("tag", [lambda inner: {"$set": ["dynamic", [inner]]}, lambda inner: {"x": inner}])
def test_stored_values_are_nested_as_deep_as_is_read_and_no_deeper(tag):
    def made(depth):
        raw = 1
        for _ in range(depth):
            raw = tag(raw)
        return raw

    STORED.decode(made(DEEPEST // 2 - 1))
    with pytest.raises(Malformed, match="nested too deeply"):
        STORED.decode(made(DEEPEST + 1))


def test_what_may_be_written_may_be_read_again():
    deepest = nested(DEEPEST - 4)
    snapshot = Snapshot("lineage", KEY, outputs={"o": OutputState(deepest, sensitive=False)})

    assert decode(encode(snapshot)) == snapshot


@pytest.mark.parametrize(("depth", "refused"), [(2 * DEEPEST - 1, False), (2 * DEEPEST, True)])
def test_an_older_format_is_brought_to_the_newest_as_deep_as_it_is_read(depth, refused):
    raw = 1
    for _ in range(depth):
        raw = [raw]
    if refused:
        with pytest.raises(Malformed, match="nested too deeply"):
            upgraded(raw, 1)
    else:
        assert upgraded(raw, 1) == raw


@pytest.mark.parametrize(
    ("version", "says", "advice"),
    [
        ("9.9.9", "written by freehold 9.9.9;", "Upgrade freehold to 9.9.9 or newer."),
        ("", "written; this", "Upgrade freehold."),
        (7, "written; this", "Upgrade freehold."),
        (None, "written; this", "Upgrade freehold."),
    ],
)
def test_a_newer_format_says_who_wrote_it_where_that_is_known(version, says, advice):
    with pytest.raises(FreeholdError) as raised:
        format_of({"format": FORMAT + 1, "version": version}, "the state")

    (found,) = raised.value.diagnostics
    assert says in found.detail
    assert found.advice == advice


@pytest.mark.parametrize(("ttl", "read"), [(contract._LONGEST, contract._LONGEST), (contract._LONGEST + 1, 0), (-1, 0)])
def test_a_lock_of_more_than_thirty_years_is_none(ttl, read):
    assert 30 < contract._LONGEST / 86400 / 365 < 33
    assert LockInfo.from_bytes(b'{"ID":"i","TTL":%d}' % ttl).ttl == read


def test_a_journal_is_folded_when_it_is_larger_than_what_is_read_at_once():
    assert ledger._MUCH_JOURNAL == 8 * 1024 * 1024


def test_a_line_waits_for_others_from_when_it_came():
    groups = []
    journal = Journal(lambda lines: groups.append((time.monotonic(), lines)), linger=0.3)
    journal.wait(journal.add(b"first"))
    time.sleep(0.35)

    begun = time.monotonic()
    journal.add(b"second")
    deadline = begun + 5
    while len(groups) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)

    assert groups[1][1] == [b"second"]
    assert groups[1][0] - begun >= 0.25
    journal.close()
