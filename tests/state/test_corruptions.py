"""Whatever happens to a state's files, what reads them tells it by file and field, and never with a traceback.

FREEHOLD_CORRUPTIONS: how many cases of each sort, FREEHOLD_SEED: of which draw.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from language.diagnostics import FreeholdError
from state.backends.frames import decode_frames
from state.backends.local import LocalBackend
from state.replay import replay
from state.snapshot import decode, encode
from tests.corruptions import COUNT, SEED, with_wrong_bytes, with_wrong_values

FORMATS = Path(__file__).parent / "formats"
STATE = (FORMATS / "2" / "freehold.state").read_bytes()
OLD = (FORMATS / "1" / "freehold.state").read_bytes()
JOURNAL = (FORMATS / "2" / "freehold.state.journal").read_bytes()
DEEP = '{"$object":{"a":' * 3000 + "1" + "}}" * 3000
SEGMENTS = [frame.segment for frame in decode_frames(JOURNAL)]


def told(failure: FreeholdError) -> str:
    (diagnostic,) = failure.diagnostics
    assert "here" in diagnostic.detail
    return diagnostic.detail


@pytest.mark.parametrize("whole", [STATE, OLD], ids=["newest", "format 1"])
def test_a_state_with_wrong_values_is_read_or_refused_by_name(whole):
    refused = 0
    for what, made in with_wrong_values(json.loads(whole), random.Random(SEED), COUNT):
        try:
            snapshot = decode(json.dumps(made).encode(), "here", edited=True)
        except FreeholdError as failure:
            told(failure)
            refused += 1
        else:
            assert decode(encode(snapshot)).resources == snapshot.resources, what
    assert refused > COUNT / 2


@pytest.mark.parametrize("whole", [STATE, OLD], ids=["newest", "format 1"])
def test_a_state_with_wrong_bytes_is_read_or_refused(whole):
    intact = decode(whole)
    for what, made in with_wrong_bytes(whole, random.Random(SEED), COUNT):
        try:
            snapshot = decode(made, "here")
        except FreeholdError as failure:
            told(failure)
        else:
            assert whole is OLD or snapshot == intact, what


def test_a_segment_with_wrong_values_is_replayed_or_refused_by_name():
    snapshot, sample = decode(STATE), random.Random(SEED)
    for number, segment in enumerate(SEGMENTS):
        lines = [json.loads(line) for line in segment.split(b"\n")]
        for _, made in with_wrong_values(lines, sample, COUNT // len(SEGMENTS)):
            data = b"\n".join(json.dumps(line).encode() for line in made)
            try:
                replayed = replay(snapshot, [*SEGMENTS[:number], data], "here").present.snapshot(8, "")
                encode(replayed)
            except FreeholdError as failure:
                told(failure)


def test_a_journal_with_wrong_bytes_is_read_or_refused(tmp_path):
    (tmp_path / "here.journal").touch()
    backend = LocalBackend(tmp_path / "here")
    (tmp_path / "here").write_bytes(STATE)
    for _, made in with_wrong_bytes(JOURNAL, random.Random(SEED), COUNT):
        (tmp_path / "here.journal").write_bytes(made)
        try:
            stored = backend.read()
            replay(decode(STATE), stored.journal, "here")
        except FreeholdError as failure:
            told(failure)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('"schema_version":3', '"schema_version":"3"', "resources[1].schema_version is not a whole number"),
        ('"identity":{"id":"1b1c"}', '"identity":5', "resources[2].identity is a number, not an object"),
        ('"terraform_data.first","cluster.main"', '{},"cluster.main"', "resources[1].dependencies[0] is an object"),
        ('"id":"1b1c","input"', '"id":"x","id":"1b1c","input"', 'it has the key "id" twice'),
        ('{"$set":["string",["a","b"]]}', '{"$set":["a","b"]}', "resources[2].attributes.output.$set is not a type"),
        ('"digest_key":"00', '"digest_key":"zz', "digest_key is no key"),
        ('"status":"tainted"', '"status":["ready"]', "resources[1].status is not one of 'ready', 'tainted'"),
        ('"type":"string","sensitive"', '"type":["list",5],"sensitive"', "outputs.secret.type is not a type"),
        ('"check.health":"pass"', '"check.health":null', 'checks["check.health"] is null, not a text'),
        ('"serial":7', '"serial":' + "9" * 5000, "serial is not a whole number"),
        ("0.1000000000000000000000000001", "1e999999999", "resources[2].attributes.input.n is not a number of the"),
        ('{"$ref":"#/definitions/x"}', "[" * 300 + "]" * 300, "is nested too deeply"),
        ('{"$ref":"#/definitions/x"}', DEEP, "is nested too deeply"),
        ('{"$ref":"#/definitions/x"}', f"[{DEEP}]", "is nested too deeply"),
        ('{"$ref":"#/definitions/x"}', "[" * 10**5 + "]" * 10**5, "it is nested too deeply"),
        ('"röle","password"', '"\\ud800","password"', "it has a text that is no Unicode"),
        ('"in_flight":[{', '"in_flight":[5,{', "in_flight[0] is a number, not an object"),
        ('"private":{', '"private":{"x":{"$sensitive":"y"},', "resources[1].private.x.$sensitive is not a digest"),
    ],
)
def test_what_is_wrong_in_a_state_is_named_by_its_path(old, new, path):
    text = STATE.decode()
    assert old in text

    with pytest.raises(FreeholdError) as refused:
        decode(text.replace(old, new, 1).encode(), "here", edited=True)

    assert path in told(refused.value)


def test_what_is_wrong_in_a_journal_is_named_by_its_path():
    segment = SEGMENTS[1].replace(b'"identity":{"id":"1b1c"}', b'"identity":[]')

    with pytest.raises(FreeholdError) as refused:
        replay(decode(STATE), [SEGMENTS[0], segment], "here")

    assert "segment 1, [0].put.resource.identity is a list, not an object" in told(refused.value)


def test_a_digest_of_a_secret_is_never_told():
    with pytest.raises(FreeholdError) as refused:
        decode(STATE.replace(b"hmac-sha256:72", b"hmac-sha256:hunter2"), "here", edited=True)

    assert "hunter2" not in str(refused.value)
