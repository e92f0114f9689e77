"""What of a snapshot before is hidden, by what is secret in the one that follows."""

from __future__ import annotations

from dataclasses import replace

from state.hiding import hidden
from state.resources import OutputState
from state.secrets import Digest, digest
from state.snapshot import Snapshot, decode, encode

KEY = "00" * 32
SECRET = "the old harbour"


def snapshots(resource, clear, secret, **others):
    """Before and after the attribute `a` became another; `others` stay as they are."""
    kept = {f"t.{name}": replace(resource(f"t.{name}"), attributes={"x": value}) for name, value in others.items()}
    before = replace(resource("t.a"), attributes={"a": clear})
    now = replace(before, attributes={"a": secret})
    return Snapshot("l", KEY, 1, {"t.a": before, **kept}), Snapshot("l", KEY, 2, {"t.a": now, **kept})


def of(value):
    return Digest(digest(value, KEY))


def test_it_stands_as_its_digest_and_so_does_what_says_the_same(resource):
    before, now = snapshots(
        resource,
        SECRET,
        of("new"),
        same=SECRET,
        inside=("x", f"<{SECRET}>"),
        other="harbour",
        set={"$set": ("string", (SECRET,))},
    )

    made = hidden(before, now)

    found = {key: next(iter(each.attributes.values())) for key, each in made.resources.items()}
    assert found["t.a"] == found["t.same"] == of(SECRET)
    assert found["t.inside"] == ("x", of(f"<{SECRET}>"))
    assert found["t.other"] == "harbour"
    assert isinstance(found["t.set"], Digest)
    assert SECRET.encode() not in encode(made)
    assert decode(encode(made)) == made


def test_a_part_of_a_value_is_hidden_by_its_place_and_short_texts_only_whole(resource):
    before, now = snapshots(
        resource,
        {"pin": 4711, "code": "ab", "n": 4711},
        {"pin": of(1), "code": of("ab"), "n": 4711},
        text="about ab",
        same="ab",
    )

    made = hidden(before, now)

    assert made.resources["t.a"].attributes["a"] == {"pin": of(4711), "code": of("ab"), "n": 4711}
    assert made.resources["t.text"].attributes["x"] == "about ab"
    assert made.resources["t.same"].attributes["x"] == of("ab")


def test_outputs_become_sensitive_with_their_values(resource):
    before, now = snapshots(resource, SECRET, of(SECRET))
    before = replace(before, outputs={"o": OutputState(f"x{SECRET}"), "p": OutputState(1)})

    assert hidden(before, now).outputs == {"o": OutputState(of(f"x{SECRET}"), sensitive=True), "p": OutputState(1)}


def test_nothing_new_hides_nothing(resource):
    before, now = snapshots(resource, of(SECRET), of("other"), same=SECRET)

    assert hidden(before, now) is None
