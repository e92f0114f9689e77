"""Nothing that is written can make the language raise: what is wrong is told, and evaluation goes on."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from language.diagnostics import Diagnostics
from language.functions import names
from language.marks import unmark_deep
from language.parsing import parse, parse_expression
from language.scope import Scope
from language.types import BOOL, NUMBER, STRING, List, Type
from language.values import ListValue, MapValue, Sensitive, SetValue, Unknown, equal, type_of
from tests.language.support import evaluate

# Functions that read files, grow with the numbers given to them or come out anew each time have tests of their own.
_APART = {"fileset", "pathexpand", "range", "indent", "pow", "setproduct", "format", "bcrypt", "timestamp", "uuid"}
_FUNCTIONS = sorted(set(names()) - _APART)

VALUES = {
    "known": {"a": (1, "x", None), "b": {"c": True}},
    "typed": ListValue(NUMBER, (3, 1)),
    "mapping": MapValue(STRING, {"k": "v"}),
    "set": SetValue(STRING, ["b", "a"]),
    "unknown": Unknown(),
    "unknown_list": Unknown(List(STRING)),
    "unknown_number": Unknown(NUMBER, not_null=True),
    "unknown_bool": Unknown(BOOL),
    "secret": Sensitive("s"),
    "secrets": {"p": Sensitive("s"), "q": (Sensitive(1), Unknown())},
}

_BRACKETS = [
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    '"',
    "${",
    "%{",
    "~",
    "\n",
    "\r\n",
    "<<E\n",
    "<<-E\n",
    "E\n",
    "/*",
    "*/",
    "#",
]
_SIGNS = ["\\", "=", ",", ":", ".", "*", "...", "=>", "?", "a", "b ", "1", "é", "\0"]
_WORDS = ["for ", " in ", "if ", "else", "endif"]
_fragments = st.sampled_from([*_BRACKETS, *_SIGNS, *_WORDS])
_texts = st.lists(st.one_of(_fragments, st.text(max_size=3)), max_size=40).map("".join)

_atoms = st.one_of(
    st.sampled_from(
        [*VALUES, "null", "true", '""', '"a"', '"10.0.0.0/8"', "0", "-1", "1.5", "1e30", "[]", "{}", '"["']
    ),
    st.integers(-300, 300).map(str),
)


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["+", "-", "*", "/", "%", "==", "!=", "<", ">=", "&&", "||"])
    return st.one_of(
        st.tuples(inner, operators, inner).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]} ? {parts[1]} : {parts[2]})"),
        st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]"),
        st.tuples(inner, inner).map(lambda parts: f"{{ ({parts[0]}) = {parts[1]} }}"),
        st.tuples(inner, inner).map(lambda parts: f"({parts[0]})[{parts[1]}]"),
        inner.map(lambda part: f"({part})[*].p"),
        inner.map(lambda part: f"({part}).c"),
        st.tuples(inner, inner).map(lambda parts: f"[for k, v in {parts[0]} : [k, v] if {parts[1]}]"),
        st.tuples(inner, inner).map(lambda parts: f"{{ for k, v in {parts[0]} : v => {parts[1]} }}"),
        inner.map(lambda part: f'"<${{{part}}}>"'),
        st.tuples(st.sampled_from(_FUNCTIONS), st.lists(inner, max_size=3)).map(
            lambda parts: f"{parts[0]}({', '.join(parts[1])})"
        ),
    )


_expressions = st.recursive(_atoms, _combined, max_leaves=8)
_bounded = settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@_bounded
@given(_texts)
def test_no_text_makes_the_parser_raise(text):
    body, diagnostics = parse(text, "test.hcl")
    parse_expression(text, "test.hcl")

    for diagnostic in diagnostics:
        assert diagnostic.span is not None
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text) + 1
    for node in body.attributes.values():
        assert node.expression.references is not None
        node.expression.evaluate(Scope.constant(), Diagnostics())


@settings(_bounded, max_examples=1500)
@given(_expressions)
def test_no_expression_makes_evaluation_raise(text):
    result, diagnostics = evaluate(text, **VALUES)

    assert not diagnostics.has_errors or all(diagnostic.span for diagnostic in diagnostics)
    assert isinstance(type_of(result), Type)


@settings(_bounded, max_examples=600)
@given(_expressions.filter(lambda text: "issensitive" not in text))
def test_a_mark_changes_nothing_but_that_the_result_is_marked(text):
    bare = {name: unmark_deep(value)[0] for name, value in VALUES.items()}
    plain, plain_diagnostics = evaluate(text, **bare)
    result, diagnostics = evaluate(text, **{name: Sensitive(value) for name, value in bare.items()})

    assert [d.summary for d in diagnostics] == [d.summary for d in plain_diagnostics]
    assert equal(unmark_deep(result)[0], unmark_deep(plain)[0])


@_bounded
@given(st.sampled_from(_FUNCTIONS), st.lists(_atoms, max_size=4))
def test_a_call_with_any_arguments_is_a_value_or_an_error_with_a_place(name, arguments):
    _, diagnostics = evaluate(f"{name}({', '.join(arguments)})", **VALUES)

    assert all(diagnostic.span is not None and diagnostic.detail for diagnostic in diagnostics)


WRONG = ["", "1 +", ")", '"\\q"', "foo(1,,2)", "1 2", "@", "{a=1 b=2}", '"${1 + }"', "true ? 1", "a.0.", "[1 2]"]


def test_errors_that_have_nothing_to_do_with_each_other_are_told_in_one_run():
    text = "\n".join(f'resource "a" "b{number}" {{\n  x = {wrong}\n}}' for number, wrong in enumerate(WRONG))

    body, diagnostics = parse(text, "main.hcl")

    lines = {diagnostic.span.start_line for diagnostic in diagnostics if diagnostic.span}
    assert {3 * number + 2 for number in range(len(WRONG))} <= lines
    assert len(body.blocks) == len(WRONG)


@pytest.mark.parametrize(
    "expression",
    [
        "1e999999",
        "1e-999999",
        "1e99999999999999999999",
        "9" * 5000,
        "1e3999 * 1e3999",
        "1e-3999 * 1e-3999",
        "1e3999 / 1e-3999",
        "pow(10, 5000)",
        "pow(2, 100000)",
        'format("%1000000000d", 1)',
        'format("%.1000000000f", 1)',
        f'format("%{"9" * 5000}d", 1)',
        f'format("%[{"9" * 5000}]d", 1)',
        'tonumber("1e999999")',
        'jsondecode("1e999999")',
        'yamldecode("1e999999")',
        f'parseint("{"9" * 5000}", 10)',
        f'join("", [for i in range(1024) : format("%09999d", i)]) == "{"x" * 10}"',
    ],
)
def test_what_grows_without_bound_is_stopped_in_time(expression: str) -> None:
    parsed, diagnostics = parse_expression(expression, "main.hcl")
    assert not diagnostics
    started = time.monotonic()
    parsed.evaluate(Scope.constant(), diagnostics)
    assert time.monotonic() - started < 5
    assert all(each.span is not None for each in diagnostics)


def test_a_text_that_doubles_is_stopped() -> None:
    text = "x" * 1000
    for _ in range(40):
        parsed, diagnostics = parse_expression('"${t}${t}"', "main.hcl")
        scope = Scope(lambda traversal, diagnostics: (text, 0))  # noqa: B023
        made = parsed.evaluate(scope, diagnostics)
        if diagnostics:
            break
        text = made
    assert [each.summary for each in diagnostics] == ["Text too long"]


BIG = "0123456789abcdef" * 100_000
"""A text that is still allowed, of which a few dozen are too much."""


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("join(big, [for i in range(1000) : tostring(i)])", "million characters"),
        ('join("", [for i in range(1000) : big])', "million characters"),
        ('replace(big, "a", big)', "million characters"),
        ('replace(big, "", big)', "million characters"),
        ('replace(big, "/a/", big)', "million characters"),
        ('formatlist("%s", [for i in range(1000) : big])', "million characters"),
        ("jsonencode([for i in range(1000) : big])", "million characters"),
        ("yamlencode([for i in range(1000) : big])", "million characters"),
        (r'indent(1e9, "a\nb")', "million characters"),
        ('parseint(replace(big, "/[a-f]/", "0"), 10)', "digits"),
        ('regexall("", big)', "matches"),
        ('file(replace(big, "a", "/"))', "..."),
    ],
    ids=lambda value: value.partition("(")[0] if isinstance(value, str) and "(" in value else "",
)
def test_what_would_take_all_memory_is_refused_before_it_does(expression: str, told: str) -> None:
    started = time.process_time()
    _, diagnostics = evaluate(expression, big=BIG)
    assert time.process_time() - started < 20
    assert [told in each.detail and len(each.detail) < 1200 for each in diagnostics] == [True]


@pytest.mark.parametrize(
    "expression",
    [
        r'chomp("${replace(big, "a", "\n")}x")',
        f'fileset(path, "{"*a" * 40}")',
        f'regexall("(a+)+$", "{"a" * 10_000}b")',
    ],
    ids=["chomp", "fileset", "regexall"],
)
def test_what_is_looked_for_in_a_text_takes_linear_time(expression: str, tmp_path) -> None:
    (tmp_path / ("a" * 200)).touch()
    started = time.process_time()
    evaluate(expression, big=BIG, path=str(tmp_path))
    assert time.process_time() - started < 5


@pytest.mark.parametrize("pattern", ["[", "{a", "{a,{b,c}", "[z-a]", r"a\\"])
def test_a_pattern_that_is_none_is_told(pattern: str, tmp_path) -> None:
    _, diagnostics = evaluate(f'fileset(path, "{pattern}")', path=str(tmp_path))
    assert [each.summary for each in diagnostics] == ["Invalid function argument"]


def test_what_a_pattern_escapes_is_itself(tmp_path) -> None:
    for name in ("[", "a"):
        (tmp_path / name).touch()
    result, diagnostics = evaluate(r'fileset(path, "\\[")', path=str(tmp_path))
    assert (list(result), diagnostics) == (["["], [])


def test_a_file_whose_name_is_no_text_is_told(tmp_path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))).touch()
    _, diagnostics = evaluate('fileset(path, "*")', path=str(tmp_path))
    assert ["not UTF-8" in each.detail for each in diagnostics] == [True]
