"""What happened comes back from a journal as it was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.diagnostics import FreeholdError
from state.records import Begin, Done, Drop, Failed, Outputs, Put, encode_record
from state.resources import OutputState
from state.segments import Header, decode_segment, encode_segment
from tests.state.test_snapshot import names, objects, plain, resources, values

outputs = st.dictionaries(names, st.builds(OutputState, value=values, sensitive=st.booleans()), max_size=2)
maybe = st.none() | resources
records = st.one_of(
    st.builds(
        Begin,
        names,
        names,
        names,
        names,
        names,
        identity=st.none() | plain,
        token=names,
        planned=st.none() | objects,
        at=names,
        deposed=st.none() | names,
    ),
    st.builds(Done, names, maybe, maybe),
    st.builds(Failed, names, names, maybe, maybe),
    st.builds(Put, resources, names),
    st.builds(Drop, names),
    st.builds(Outputs, outputs, st.dictionaries(names, names, max_size=2)),
)
headers = st.builds(
    Header, names, st.integers(0, 2**40), st.integers(0, 2**20), names, seal=st.booleans(), format=st.just(2)
)


@given(headers, st.lists(records, max_size=4))
def test_a_segment_comes_back_as_it_was(header, some):
    data = encode_segment(header, [encode_record(record) for record in some])

    assert decode_segment(data, "here") == (header, tuple(some))


def nested(depth):
    value = "x"
    for _ in range(depth):
        value = (value,)
    return {"input": value}


def test_what_may_be_begun_can_be_recorded(resource):
    deepest = 0
    for depth in range(150, 210):
        try:
            encode_record(Begin("1", "a.b", "create", "a", "p", planned=nested(depth)))
        except FreeholdError:
            break
        deepest = depth

    made = resource("terraform_data.a")
    done = type(made)(made.address, made.type, made.provider, nested(deepest))
    data = encode_segment(Header("x", 0, 0, "w", format=2), [encode_record(Done("1", done))])

    assert decode_segment(data, "here")[1] == (Done("1", done),)
    with pytest.raises(FreeholdError):
        encode_record(Begin("1", "a.b", "create", "a", "p", planned=nested(deepest + 1)))
