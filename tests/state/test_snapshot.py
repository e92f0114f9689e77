import hashlib
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.diagnostics import FreeholdError
from state.records import Begin
from state.secrets import Digest, digest, new_key
from state.snapshot import FORMAT, OutputState, ResourceState, Snapshot, decode, encode

KEY = new_key()
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
numbers = st.integers() | st.decimals(-(10**30), 10**30, allow_nan=False, places=9)
leaves = st.none() | st.booleans() | numbers | names
leaves |= names.map(lambda text: Digest(digest(text, KEY)))
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(names, values, max_size=4)
plain = st.dictionaries(names | st.sampled_from(["$set", "$object", "$sensitive"]), st.text("ab"), max_size=2)
resources = st.builds(
    ResourceState,
    address=names,
    type=names,
    provider=names,
    attributes=objects,
    identity=st.none() | plain,
    dependencies=st.lists(names, max_size=3).map(tuple),
    status=st.sampled_from(["ready", "tainted"]),
    deposed=st.none() | st.just("a1b2c3d4"),
    schema_version=st.integers(0, 9),
    private=plain,
    create_before_destroy=st.booleans(),
)
begins = st.builds(Begin, id=names, address=names, action=names, type=names, provider=names, identity=st.none() | plain)
snapshots = st.builds(
    Snapshot,
    lineage=names,
    digest_key=st.just(KEY),
    serial=st.integers(0, 2**40),
    resources=st.lists(resources, max_size=4).map(lambda some: {resource.key: resource for resource in some}),
    outputs=st.dictionaries(names, st.builds(OutputState, value=values, sensitive=st.booleans()), max_size=3),
    checks=st.dictionaries(names, st.sampled_from(["pass", "fail"]), max_size=2),
    in_flight=st.lists(begins, max_size=2).map(tuple),
    version=names,
)


@given(snapshots)
def test_a_snapshot_comes_back_as_it_was(snapshot):
    assert decode(encode(snapshot)) == snapshot


@given(snapshots)
def test_equal_snapshots_have_equal_bytes(snapshot):
    assert encode(decode(encode(snapshot))) == encode(snapshot)


def test_a_resource_is_a_line_of_its_own():
    some = [ResourceState(f"terraform_data.x{index}", "terraform_data", "builtin") for index in (2, 1)]
    data = encode(Snapshot("lineage", KEY, resources={resource.key: resource for resource in some}))

    assert [b"terraform_data.x1" in line for line in data.splitlines()] == [False, True, False, False]
    assert data.count(b"\n") == 4


def test_what_is_written_says_how_many_resources_there_are_and_what_its_bytes_come_to():
    resource = ResourceState("terraform_data.a", "terraform_data", "terraform")
    data = encode(Snapshot("lineage", KEY, resources={resource.key: resource}))
    content, _, rest = data.partition(b',"checksum":"')

    assert json.loads(data)["count"] == 1
    assert rest == f'sha256:{hashlib.sha256(content).hexdigest()}"}}\n'.encode()


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"terraform_data.a", b"terraform_data.b"), (b'"serial":5', b'"serial":6'), (b'"count":1', b'"count":2')],
)
def test_what_was_edited_is_refused_but_where_that_is_known(old, new):
    resource = ResourceState("terraform_data.a", "terraform_data", "terraform")
    data = encode(Snapshot("lineage", KEY, 5, {resource.key: resource})).replace(old, new)

    with pytest.raises(FreeholdError, match="checksum"):
        decode(data)

    assert decode(data, edited=True).lineage == "lineage"


def test_a_deposed_object_is_kept_apart_from_its_successor():
    now, old = (ResourceState("aws_vpc.a", "aws_vpc", "aws", deposed=deposed) for deposed in (None, "a1b2"))
    snapshot = Snapshot("lineage", KEY, resources={now.key: now, old.key: old})

    assert set(decode(encode(snapshot)).resources) == {"aws_vpc.a", "aws_vpc.a (deposed a1b2)"}


def test_a_newer_format_is_refused_with_the_version_to_upgrade_to():
    data = b'{"format":%d,"version":"9.9.9","something":"new"}' % (FORMAT + 1)

    with pytest.raises(FreeholdError) as refused:
        decode(data, "s3://bucket/key")

    (diagnostic,) = refused.value.diagnostics
    assert "s3://bucket/key" in diagnostic.detail
    assert "9.9.9" in diagnostic.advice


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"{}",
        b'{"version":4,"terraform_version":"1.11.0"}',
        b'{"format":1}',
        b'{"format":1,"lineage":"x","digest_key":"%s","resources":{}}',
        b'{"format":1,"lineage":"x","digest_key":"%s","resources":[{"address":"a"}]}',
        b'{"format":1,"lineage":"x","digest_key":"%s","resources":[{"address":"a","type":"b","provider":"c","status":"odd"}]}',
        b'{"format":1,"lineage":"x","digest_key":"%s","resources":[{"address":"a","type":"b","provider":"c","unknown":1}]}',
        b'{"format":1,"lineage":"x","digest_key":"%s","in_flight":[1]}',
    ],
)
def test_what_is_no_state_is_refused_with_what_to_do(data):
    with pytest.raises(FreeholdError) as refused:
        decode(data.replace(b"%s", KEY.encode()), "here")

    (diagnostic,) = refused.value.diagnostics
    assert diagnostic.summary == "The state is damaged"
    assert "freehold state push" in diagnostic.advice


@given(snapshots, st.data())
def test_a_snapshot_that_was_cut_is_never_taken_for_another(snapshot, data):
    whole = encode(snapshot)
    cut = data.draw(st.integers(0, len(whole) - 2))  # the last byte is a line feed

    with pytest.raises(FreeholdError):
        decode(whole[:cut])


def test_numbers_of_a_snapshot_are_exact():
    resource = ResourceState("a.b", "a", "p", {"n": Decimal("0.1000000000000000000001"), "big": 2**80})

    read = decode(encode(Snapshot("lineage", KEY, resources={resource.key: resource}))).resources["a.b"]

    assert read.attributes == {"n": Decimal("0.1000000000000000000001"), "big": 2**80}
