"""What unknown, sensitive and set values do, by themselves and in expressions."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.marks import mark_paths, unmark_deep
from language.types import BOOL, NUMBER, STRING, List, Object
from language.values import (
    ListValue,
    Sensitive,
    SetValue,
    Unknown,
    contains_sensitive,
    equal,
    is_known,
    is_wholly_known,
    key,
    number,
    type_of,
)
from tests.language.support import errors, evaluate, value

_scalars = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.text("ab", max_size=2))
_marked = st.recursive(
    st.one_of(_scalars, _scalars.map(Sensitive)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
        st.lists(inner, max_size=2).map(lambda elements: Sensitive(tuple(elements))),
    ),
    max_leaves=6,
)


# -- sets, equality, marks -------------------------------------------------------------------------------------------


def test_a_set_holds_each_element_once_in_order():
    assert SetValue(STRING, ["b", "a", "b", "Z"]).elements == ("Z", "a", "b")
    assert SetValue(NUMBER, [10, 9, Decimal("9.5")]).elements == (9, Decimal("9.5"), 10)
    assert SetValue(STRING, ["a", "b"]) == SetValue(STRING, ["b", "a"])
    assert "a" in SetValue(STRING, ["a"])


def test_true_and_one_are_different_elements_and_different_keys():
    assert not equal(1, True)
    assert not equal((0,), (False,))
    assert key(1) != key(True)
    assert len(SetValue(NUMBER, [1, True])) == 2


@given(_marked, _marked)
def test_keys_are_equal_where_values_are(left, right):
    assert (key(left) == key(right)) == equal(left, right)


@given(_marked)
def test_marks_can_be_taken_off_and_put_back(marked):
    bare, paths = unmark_deep(marked)
    again, covered = unmark_deep(mark_paths(bare, paths))

    assert not contains_sensitive(bare)
    assert equal(again, bare)
    assert all(_part(bare, path) is None or any(path[: len(outer)] == outer for outer in covered) for path in paths)


def _part(found, path):
    for step in path:
        found = found[step]
    return found


def test_a_secret_does_not_show_in_its_representation():
    assert "hunter2" not in repr(Sensitive("hunter2"))
    assert "hunter2" not in repr({"password": Sensitive(("hunter2",))})


def test_marks_are_never_nested():
    assert Sensitive(Sensitive(1)).value == 1


def test_whole_numbers_are_ints():
    assert isinstance(number(Decimal("2.0")), int)
    assert isinstance(number(Decimal("2.5")), Decimal)


def test_types_of_values():
    assert type_of({"a": (1, "x")}).encode() == ["object", {"a": ["tuple", ["number", "string"]]}]
    assert type_of(ListValue(STRING, ["a"])) == List(STRING)
    assert type_of(Sensitive(Unknown(NUMBER))) == NUMBER


# -- unknown values --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("n + 1", NUMBER),
        ("-n", NUMBER),
        ("n < 1", BOOL),
        ("n == 1", BOOL),
        ("!b", BOOL),
        ("b && true", BOOL),
        ('"a${n}"', STRING),
        ("b ? 1 : 2", NUMBER),
        ('b ? 1 : "x"', STRING),
        ("o.name", STRING),
        ("l[0]", STRING),
        ("upper(s)", STRING),
        ("length(l)", NUMBER),
        ("[1, n] == [1, 2]", BOOL),
    ],
)
def test_unknown_operands_make_unknown_results_of_the_right_type(text, type_):
    names = {"n": NUMBER, "b": BOOL, "s": STRING, "l": List(STRING), "o": Object({"name": STRING})}

    result = value(text, **{name: Unknown(given_type) for name, given_type in names.items()})

    assert isinstance(result, Unknown)
    assert result.type == type_


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("u || true", True),
        ("false && u", False),
        ("[1, u] == [2, u]", False),
        ("[1, u] == [1]", False),
        ("{ a = u } == { b = u }", False),
        ("true ? 1 : u", 1),
        ("length([u, u])", 2),
        ("[u, 2][1]", 2),
        ("{ a = u, b = 2 }.b", 2),
        ("keys({ a = u })", ("a",)),
        ("can(u.a)", None),
    ],
)
def test_what_an_unknown_cannot_change_is_known(text, expected):
    result = value(text, u=Unknown())

    assert isinstance(result, Unknown) if expected is None else equal(result, expected)


def test_known_parts_of_a_collection_stay_known():
    result = value("{ a = u, b = [1, u] }", u=Unknown(STRING))

    assert is_known(result)
    assert not is_wholly_known(result)
    assert equal(result["b"][0], 1)


def test_errors_are_found_although_a_value_is_unknown():
    assert errors("u + 1", u=Unknown(List(STRING))) == ["Invalid operand"]
    assert errors("u.b", u=Unknown(Object({"a": STRING}))) == ["Unsupported attribute"]


# -- sensitive values ------------------------------------------------------------------------------------------------


_SECRET_RESULTS = """
s
"a${s}"
upper(s)
s == 1
[for x in [s] : x][0]
{ a = s }.a
o.a
o[s]
[1][length(s) - 1]
s == "k" ? 1 : 2
{ (s) = 1 }
jsonencode({ a = s })
flatten([l])
try(s, "x")
coalesce(s)
[for x in l : x]
l[*]
join(s, [])
format("%s", s)
md5(s)
b ? 1 : 2
-n
!b
"""
_SECRET_ERRORS = """
s + 1
upper([s])
s.a
s["a"]
tonumber(s)
[1][s]
{}[s]
{ a = 1 }[s]
regex(s, s)
parseint(s, 10)
cidrhost(s, 1)
file(s)
jsondecode(s)
format(s, 1)
{ for x in [1, 2] : s => x }
{ for x in [s, s] : x => x }
1 + "${s}"
o.hunter
o["hunter"]
try(parseint(s, 10))
"""


@pytest.mark.parametrize("text", _SECRET_RESULTS.strip().split("\n"))
def test_what_depends_on_a_secret_is_secret(text):
    secrets = {"s": "k", "o": {"a": 1, "k": 2}, "l": ("x",), "b": True, "n": 1}

    result, diagnostics = evaluate(text, **{name: Sensitive(each) for name, each in secrets.items()})

    assert [d.detail for d in diagnostics] == []
    assert isinstance(result, Sensitive)


def test_a_secret_part_leaves_the_rest_open():
    result = value("{ a = s, b = 1 }", s=Sensitive("x"))

    assert not isinstance(result, Sensitive)
    assert isinstance(result["a"], Sensitive)
    assert value("length([s, s])", s=Sensitive("x")) == 2


@pytest.mark.parametrize("text", _SECRET_ERRORS.strip().split("\n"))
def test_no_diagnostic_tells_a_secret(text):
    _, diagnostics = evaluate(text, s=Sensitive("hunter2["), o=Sensitive({"hunter2": 1}))

    assert diagnostics.has_errors
    assert not [d for d in diagnostics if "hunter2" in d.detail + d.advice + d.summary]
