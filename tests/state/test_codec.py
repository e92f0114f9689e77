import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.diagnostics import FreeholdError
from state import codec

numbers = st.integers() | st.decimals(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4).map(tuple) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_what_is_written_is_read_as_it_was(value):
    assert codec.loads(codec.dumps(value)) == value


@given(st.recursive(st.none() | st.booleans() | st.integers() | texts, lambda inner: st.lists(inner, max_size=3)))
def test_the_standard_library_reads_what_is_written(value):
    assert json.loads(codec.dumps(value)) == value


@pytest.mark.parametrize("text", ["0.1", "1E+400", "3.00000000000000000000000000000000001", "-0.5", "1e-9"])
def test_decimals_keep_every_digit(text):
    assert codec.loads(text.encode()) == Decimal(text)
    assert codec.loads(codec.dumps({"a": Decimal(text)}))["a"] == Decimal(text)


@pytest.mark.parametrize("number", [2**64, -(2**63) - 1, 10**5000, -(10**4400) - 1], ids=range(4))
def test_integers_of_any_size_come_back(number):
    assert codec.loads(codec.dumps((number, {"deep": [number]}))) == (number, {"deep": (number,)})


@given(st.integers(-(10**6), 10**6), st.integers(0, 12), st.integers(0, 5))
def test_equal_numbers_have_one_canonical_form(digits, exponent, zeros):
    padded = Decimal(f"{digits}{'0' * zeros}E{exponent - zeros}")

    assert codec.canonical(padded) == codec.canonical(digits * 10**exponent)


def test_the_canonical_form_does_not_depend_on_the_order_of_keys():
    assert codec.canonical({"b": 1, "a": (Decimal("2.50"),)}) == codec.canonical({"a": [Decimal("2.5")], "b": 1})
    assert codec.canonical("1") != codec.canonical(1)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), "\ud800", object(), {1: 2}])
def test_what_json_cannot_hold_is_refused(value):
    with pytest.raises(FreeholdError, match="cannot be kept in the state"):
        codec.dumps({"value": value})


@pytest.mark.parametrize("data", [b"", b"{", b"NaN", b"[1,]", b"\xff", b"[" * 100_000, b"1" * 2_000_000], ids=range(7))
def test_what_is_no_json_is_malformed(data):
    with pytest.raises(codec.Malformed):
        codec.loads(data)


@pytest.mark.parametrize("wrap", [lambda inner: (inner,), lambda inner: [inner], lambda inner: {"a": inner}])
@pytest.mark.parametrize("depth", [201, 1000, 100_000])
def test_too_deep_nesting_is_refused(wrap, depth):
    value = 1
    for _ in range(depth):
        value = wrap(value)

    with pytest.raises(FreeholdError, match="cannot be kept in the state"):
        codec.dumps(value)
