"""Conversion and unification by cty's rules, and how type constraints are read."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.constraints import parse_type
from language.conversion import ConversionError, convert, convertible, format_number
from language.parsing import parse_expression
from language.refinements import bounds
from language.types import ANY, BOOL, NUMBER, STRING, List, Map, Object, Set, Tuple, decode
from language.unification import unify
from language.values import Sensitive, SetValue, Unknown, equal, type_of

_PAIR = Object({"a": NUMBER, "b": STRING}, frozenset({"b"}), {"b": "default"})


def constraint(text):
    expression, diagnostics = parse_expression(text, "test.hcl")
    found = parse_type(expression, diagnostics)
    return found, [diagnostic.summary for diagnostic in diagnostics]


# -- conversion --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "type_", "expected"),
    [
        (1, STRING, "1"),
        (Decimal("1.50"), STRING, "1.5"),
        (True, STRING, "true"),
        ("15", NUMBER, 15),
        ("1.5", NUMBER, Decimal("1.5")),
        ("1e3", NUMBER, 1000),
        ("true", BOOL, True),
        ("0", BOOL, False),
        (None, STRING, None),
        (None, List(STRING), None),
        (("a", 1), List(STRING), ("a", "1")),
        ((1, 2), Tuple((STRING, NUMBER)), ("1", 2)),
        ({"a": 1}, Map(STRING), {"a": "1"}),
        ({"a": "1", "b": "x", "c": 3}, _PAIR, {"a": 1, "b": "x"}),
        ({"a": 1}, _PAIR, {"a": 1, "b": "default"}),
        ({"a": 1, "b": None}, _PAIR, {"a": 1, "b": "default"}),
        ((1, "a"), List(ANY), ("1", "a")),
        (({"a": 1}, {"a": "x"}), List(ANY), ({"a": "1"}, {"a": "x"})),
        ("x", ANY, "x"),
    ],
)
def test_converts(value, type_, expected):
    assert equal(convert(value, type_), expected)


@pytest.mark.parametrize(
    ("value", "type_", "message"),
    [
        (True, NUMBER, "number required"),
        (1, BOOL, "bool required"),
        ("x", NUMBER, "a number is required"),
        ("0x1f", NUMBER, "a number is required"),
        ("1_000", NUMBER, "a number is required"),
        ("", NUMBER, "a number is required"),
        ("yes", BOOL, "a bool is required"),
        ("True", BOOL, 'use lowercase "true"'),
        ("a", List(STRING), "list of string required"),
        ({"a": 1}, List(STRING), "list of string required"),
        ((1,), Map(STRING), "map of string required"),
        (("a", ("b",)), List(STRING), "element 1: string required"),
        ({"x": {"y": ("a",)}}, Map(Map(NUMBER)), 'attribute "x": attribute "y": number required'),
        ({"b": "x"}, _PAIR, 'attribute "a" is required'),
        ((1,), Tuple((STRING, NUMBER)), "tuple of 2 elements required"),
        ((1, ()), List(ANY), "all elements must have the same type"),
    ],
)
def test_refuses_and_says_where(value, type_, message):
    with pytest.raises(ConversionError) as caught:
        convert(value, type_)

    assert message in str(caught.value)


def test_collections_carry_the_type_of_their_elements():
    assert type_of(convert(("a",), List(STRING))) == List(STRING)
    assert type_of(convert((), List(NUMBER))) == List(NUMBER)
    assert type_of(convert({"a": 1}, Map(ANY))) == Map(NUMBER)
    assert convert(("b", "a", "b"), Set(STRING)).elements == ("a", "b")


def test_unknown_values_convert_to_unknowns_of_the_type():
    converted = convert(Unknown(STRING, not_null=True), NUMBER)

    assert (converted.type, converted.not_null) == (NUMBER, True)
    with pytest.raises(ConversionError):
        convert(Unknown(List(STRING)), NUMBER)


def test_what_is_unknown_in_a_set_is_an_element_of_its_own():
    found = convert((Unknown(STRING), "a", Unknown(STRING), "a"), Set(STRING))

    assert found.elements == ("a", Unknown(STRING), Unknown(STRING))
    assert bounds(found) == (1, 3)


def test_marks_stay_where_they_are_but_in_a_set():
    assert convert(Sensitive(1), STRING) == Sensitive("1")
    assert convert((Sensitive(1), 2), List(STRING)) == (Sensitive("1"), "2")
    assert convert((Sensitive("a"), "b"), Set(STRING)) == Sensitive(SetValue(STRING, ["a", "b"]))


_types = st.recursive(
    st.sampled_from([STRING, NUMBER, BOOL]),
    lambda inner: st.one_of(
        st.builds(List, inner),
        st.builds(Set, inner),
        st.builds(Map, inner),
        st.dictionaries(st.sampled_from("abc"), inner, max_size=2).map(Object),
        st.lists(inner, max_size=2).map(lambda elements: Tuple(tuple(elements))),
    ),
    max_leaves=5,
)
_scalars = st.one_of(st.text("ab1", max_size=2), st.booleans(), st.integers(-5, 5), st.none())
_values = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(_values, _types)
def test_converting_twice_is_converting_once(value, type_):
    try:
        once = convert(value, type_)
    except ConversionError:
        return

    assert equal(convert(once, type_), once)
    assert value is None or type_of(once) == type_ or None in _scalars_of(once)


def _scalars_of(value):
    if isinstance(value, dict):
        return [scalar for member in value.values() for scalar in _scalars_of(member)]
    if isinstance(value, tuple | SetValue):
        return [scalar for element in value for scalar in _scalars_of(element)]
    return [value]


@given(_types)
def test_a_type_survives_its_json(type_):
    assert decode(type_.encode()) == type_


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=10))
def test_a_number_survives_its_text(number):
    assert convert(format_number(number), NUMBER) == number


# -- unification -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ([], ANY),
        ([STRING, NUMBER], STRING),
        ([STRING, BOOL, NUMBER], STRING),
        ([NUMBER, BOOL], None),
        ([ANY, NUMBER], NUMBER),
        ([List(STRING), List(NUMBER)], List(STRING)),
        ([List(STRING), STRING], None),
        ([List(STRING), Set(STRING)], List(STRING)),
        ([Set(STRING), Tuple((NUMBER,))], Set(STRING)),
        ([Tuple((NUMBER,)), Tuple((STRING,))], Tuple((STRING,))),
        ([Tuple((NUMBER,)), Tuple((STRING, STRING))], List(STRING)),
        ([Tuple(()), Tuple((NUMBER,))], List(NUMBER)),
        ([Object({"a": NUMBER}), Object({"a": STRING})], Object({"a": STRING})),
        ([Object({"a": NUMBER}), Object({"b": STRING})], Map(STRING)),
        ([Object({"a": NUMBER}), Object({"b": Tuple(())})], None),
        ([Object({"a": NUMBER}), Map(STRING)], Map(STRING)),
        ([Map(NUMBER), List(NUMBER)], None),
    ],
)
def test_unifies_as_cty_does(types, expected):
    assert unify(types) == expected


@given(st.lists(_types, min_size=1, max_size=3))
def test_everything_that_is_unified_converts_to_the_result(types):
    found = unify(types)

    assert found is None or all(convertible(type_, found) for type_ in types)


# -- constraints -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("string", STRING),
        ('"string"', STRING),
        ("any", ANY),
        ("list", List(ANY)),
        ("list(string)", List(STRING)),
        ("set(number)", Set(NUMBER)),
        ("map(list(any))", Map(List(ANY))),
        ("tuple([string, number])", Tuple((STRING, NUMBER))),
        ("object({})", Object({})),
        ("object({ a = string, b = optional(number) })", Object({"a": STRING, "b": NUMBER}, frozenset({"b"}))),
    ],
)
def test_reads_type_constraints(text, expected):
    assert constraint(text) == (expected, [])


@pytest.mark.parametrize(
    "text", ["strng", "list()", "list(string, number)", "tuple(string)", "object([])", "1", "f(x)"]
)
def test_refuses_what_is_no_type(text):
    assert constraint(text)[1] == ["Invalid type specification"]


def test_defaults_of_optional_attributes_reach_into_nested_objects():
    found, problems = constraint(
        'object({ a = optional(object({ b = optional(string, "x"), c = number }), { c = 1 }) })'
    )

    assert problems == []
    assert convert({}, found) == {"a": {"b": "x", "c": 1}}
    assert convert({"a": {"c": 2}}, found) == {"a": {"b": "x", "c": 2}}


def test_a_default_has_to_be_of_its_type():
    assert constraint('object({ a = optional(number, "x") })')[1] == ["Invalid default value for optional attribute"]


def test_types_are_named_as_people_name_them():
    assert Map(List(STRING)).friendly() == "map of list of string"
    assert Set(ANY).friendly() == "set of any single type"
