"""How what is wrong is told: with the place, the line, a caret, and what to do."""

from __future__ import annotations

import pytest

from language.diagnostics import Diagnostics, FreeholdError, Sources, Span, error, format_plain, warning
from language.parsing import parse
from tests.language.support import evaluate

_TEXT = 'a = 1\n  b = colour("x")\n'
_SPAN = Span("main.hcl", 2, 7, 2, 13, 12, 18)


def test_a_diagnostic_shows_the_line_with_a_caret_below():
    sources = Sources()
    sources.add("main.hcl", _TEXT)

    shown = format_plain(error("No such function", "There is none.", _SPAN, advice="Write it."), sources)

    assert shown.split("\n") == [
        "Error: No such function",
        "",
        "  on main.hcl line 2:",
        '   2:   b = colour("x")',
        "            ^^^^^^",
        "",
        "There is none.",
        "",
        "Write it.",
    ]


def test_without_its_source_a_diagnostic_still_tells_the_line():
    assert "on main.hcl line 2" in format_plain(warning("Odd", span=_SPAN))


def test_without_a_place_it_tells_the_address():
    assert format_plain(error("Refused", address="aws_vpc.a")) == "Error: Refused\n\n  with aws_vpc.a"


def test_a_caret_of_several_lines_ends_with_the_first():
    sources = Sources()
    sources.add("f", "a = [\n1\n]\n")

    shown = format_plain(error("Wrong", span=Span("f", 1, 5, 3, 2)), sources)

    assert shown.split("\n")[-1] == " " * 10 + "^"


def test_only_errors_are_raised_and_with_everything_that_was_found():
    found = Diagnostics()
    found.warning("Odd")
    found.raise_errors()
    found.error("Wrong", "Very.")

    with pytest.raises(FreeholdError) as caught:
        found.raise_errors()

    assert [diagnostic.summary for diagnostic in caught.value.diagnostics] == ["Odd", "Wrong"]
    assert "Wrong: Very." in str(caught.value)


@pytest.mark.parametrize(
    ("text", "underlined"),
    [
        ("1 + [2]", "[2]"),
        ('"a" * 2', '"a"'),
        ("1 < (true ? null : 2)", "(true ? null : 2)"),
        ("!3", "3"),
        ("true && 3", "3"),
        ("[1, 2][5]", "[1, 2][5]"),
        ("upper([])", "[]"),
        ("nosuch(1)", "nosuch"),
        ("[for x in 5 : x]", "5"),
        ('"a${null}b"', "null"),
        ("true ? nope : 1", "nope"),
        ("{ (null) = 1 }", "(null)"),
    ],
)
def test_evaluation_underlines_what_is_wrong(text, underlined):
    _, diagnostics = evaluate(text)
    span = diagnostics[0].span

    assert span is not None
    assert text[span.start : span.end] == underlined


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("uper(1)", 'Did you mean "upper"?'),
        ("{ name = 1 }.nam", 'Did you mean "name"?'),
        ('{ name = 1 }["nme"]', 'Did you mean "name"?'),
        ('{ for x in ["a", "a"] : x => 1 }', "group them by key"),
        ("[{ a = 1 }].a", "[*].a"),
    ],
)
def test_advice_names_what_was_meant(text, advice):
    _, diagnostics = evaluate(text)

    assert advice in diagnostics[0].advice


def test_independent_errors_of_one_expression_are_all_told():
    _, diagnostics = evaluate("[1 + [], nosuch(1), {}.a]")

    assert [d.summary for d in diagnostics] == ["Invalid operand", "Call to unknown function", "Unsupported attribute"]


def test_errors_of_syntax_name_the_file_that_was_given():
    _, diagnostics = parse("a = ", "folder/main.hcl")

    assert diagnostics[0].span is not None
    assert diagnostics[0].span.file == "folder/main.hcl"
