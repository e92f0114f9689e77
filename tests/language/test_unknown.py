"""What is known of a value that is not known yet: its bounds, its beginning, and what follows from them."""

from __future__ import annotations

import pytest

from language.refinements import bounds, within
from language.types import ANY, BOOL, NUMBER, STRING, List, Map, Object, Set
from language.values import Sensitive, Unknown, equal
from tests.language.support import errors, value

U = Unknown(STRING, not_null=True)
NAMES = {
    "u": U,
    "may_be_null": Unknown(STRING),
    "flag": Unknown(BOOL, not_null=True),
    "texts": Unknown(List(STRING), not_null=True),
    "object": Unknown(Object({"a": STRING, "b": NUMBER}), not_null=True),
    "any": Unknown(ANY),
    "secret": Sensitive("s"),
}
KNOWN = {
    '"vpc-${u}" == ""': False,
    '"vpc-${u}" == "vpc-1"': None,
    '"vpc-${u}" == "subnet-1"': False,
    'startswith("vpc-${u}", "vpc")': True,
    'startswith("vpc-${u}", "x")': False,
    'startswith("vpc-${u}", "vpc-1")': None,
    'format("vpc-%s", u) == "x"': False,
    "u == null": False,
    "may_be_null == null": None,
    "u == 1": False,
    "any == 1": None,
    "(flag ? 1 : 0) >= 0": None,
    "(flag ? 1 : 0) < 2": True,
    "(flag ? 1 : 0) == 2": False,
    "(flag ? 3 : 3) + 1": 4,
    "length(flag ? tolist([1, 2]) : tolist([3, 4]))": 2,
    "length([u, u])": 2,
    "length(object)": 2,
    "length(texts) < -1": False,
    "length(texts) < 1": None,
    'length(toset(["a", u])) > 3': False,
    "keys(object)": ("a", "b"),
    'coalesce("a", u)': "a",
    'coalesce("", u)': None,
    "alltrue([false, flag])": False,
    "anytrue([flag, true])": True,
    "can(upper(u))": None,
    "try([u], 1)": None,
    "flag ? null : null": ...,
    "false && flag": False,
    "flag && false": False,
    "true && flag": None,
    "flag || true": True,
}


@pytest.mark.parametrize("text", KNOWN)
def test_what_follows_is_known(text):
    found, expected = value(text, **NAMES), KNOWN[text]

    if expected is None:
        assert isinstance(found, Unknown)
    else:
        assert equal(found, None if expected is ... else expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('false && tonumber("x") > 1', False),
        ("true || nothing.at.all", True),
        ('tonumber("x") > 1 && false', False),
        ("null.a && false", False),
    ],
)
def test_an_operand_that_decides_does_so_whatever_is_wrong_with_the_other(text, expected):
    assert value(text) is expected


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ('true && tonumber("x") > 1', "Invalid function argument"),
        ("false && null", "Invalid operand"),
        ('false && "x"', "Invalid operand"),
        ("flag && nothing", ""),
        ("nothing && flag", "Reference to undeclared name"),
    ],
)
def test_what_matters_is_told(text, summary):
    assert errors(text, **NAMES) == ([summary] if summary else [])


def test_what_is_wrong_with_a_result_that_may_not_be_taken_is_not_told():
    assert errors('flag ? tonumber("x") : 1', **NAMES) == []
    assert errors('true ? tonumber("x") : 1', **NAMES) == ["Invalid function argument"]


@pytest.mark.parametrize("text", ["false ? secret : 1", "false ? 1 : secret", "flag ? secret : 1", "secret == u"])
def test_a_secret_among_the_results_is_not_told_by_which_was_taken(text):
    assert isinstance(value(text, **NAMES), Sensitive)


def test_what_is_unknown_may_become_the_secret_part_of_an_argument():
    assert isinstance(value('contains(["a", secret], u)', **NAMES), Sensitive)


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("[for x in flag : x]", "Iteration over non-iterable value"),
        ("keys(texts)", "Invalid function argument"),
        ("concat(object, [1])", "Invalid function argument"),
        ("setunion(toset([true]), toset([[u]]))", "Error in function call"),
        ("slice(texts, 3, 1)", "Invalid function argument"),
        ("texts ? 1 : 2", "Incorrect condition type"),
    ],
)
def test_what_no_value_of_its_type_could_be_is_told_early(text, summary):
    assert errors(text, **NAMES) == [summary]


def test_bounds_that_leave_one_value_are_that_value():
    assert within(NUMBER, 2, 2) == 2
    assert within(Map(STRING), 0, 0) == {}
    assert list(within(List(STRING), 2, 2)) == [Unknown(STRING), Unknown(STRING)]
    assert bounds(within(Set(STRING), 2, 2)) == (2, 2)
    assert isinstance(within(Set(STRING), 2, 2), Unknown)


@pytest.mark.parametrize(
    ("text", "prefix"),
    [("abc-${u}", "abc-"), ("abc${u}", "ab"), ("${u}abc", ""), ("a/${u}/b${u}", "a/"), ("e\u0301.${u}", "\u00e9.")],
)
def test_a_text_begins_with_what_nothing_behind_it_changes(text, prefix):
    assert value(f'"{text}"', **NAMES).prefix == prefix
