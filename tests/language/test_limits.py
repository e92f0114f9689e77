"""What is too large, too deep or too long is an error at its expression, soon; up to that time grows linearly."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from language import limits
from language.functions import files
from language.parsing import parse, parse_bytes
from language.yaml import YamlError, load_documents
from tests.language.support import evaluate, value

THOUSAND = tuple(range(1000))


def summaries(text: str, **names: Any) -> list[str]:
    """What is said about an expression, which has to be said in little of this process's time."""
    started = time.process_time()
    _, diagnostics = evaluate(text, **names)
    assert time.process_time() - started < 10  # seconds; without limits these take hours, or all memory
    assert all(each.span is not None for each in diagnostics)
    return [each.summary for each in diagnostics]


@pytest.mark.parametrize(
    "text",
    [
        "length([for a in r : [for b in r : [for c in r : 1]]])",
        "[for a in r : length([for b in r : length([for c in r : 1])])]",
        '"%{for a in r}%{for b in r}%{for c in r}x%{endfor}%{endfor}%{endfor}"',
    ],
)
def test_loops_in_loops_take_so_many_turns(text: str) -> None:
    assert summaries(text, r=THOUSAND) == ["Too many turns"]


def test_what_functions_make_in_a_loop_counts() -> None:
    big = tuple(range(100_000))
    assert summaries("[for a in r : length(reverse(big))]", r=THOUSAND, big=big) == ["Error in function call"]


def test_loops_beside_each_other_do_not_count_together() -> None:
    text = "[length([for a in r : [for b in r : 1]]), length([for a in r : [for b in r : 1]])]"
    assert value(text, r=tuple(range(500))) == (500, 500)


@pytest.mark.parametrize("text", ["[b, b]", "{ p = b, q = b }", "[for x in [1, 2] : b]", "concat([b], [b])"])
def test_values_that_double_by_sharing_are_too_large(text: str) -> None:
    made: Any = (1,)
    for _ in range(60):
        made, diagnostics = evaluate(text, b=made)
        if diagnostics:
            break
    assert len(diagnostics) == 1
    assert limits.TOO_LARGE in f"{diagnostics[0].detail[0].lower()}{diagnostics[0].detail[1:]}"


def test_lists_in_lists_by_reference_are_too_deep() -> None:
    made: Any = ()
    depth = 1
    diagnostics: Any = ()
    while not diagnostics:
        depth += 1
        made, diagnostics = evaluate("[b]", b=made)
    assert depth == limits.MAX_NESTING + 1
    assert [each.summary for each in diagnostics] == ["Value too large"]


@pytest.mark.parametrize(
    ("opening", "inside", "closing"), [("[", "", "]"), ("{a=", "1", "}"), ("(", "1", ")"), ('"${', "1", '}"')]
)
def test_source_may_be_nested_so_deep(opening: str, inside: str, closing: str) -> None:
    def nested(depth: int) -> str:
        return opening * depth + inside + closing * depth

    assert summaries(nested(limits.MAX_NESTING - 1)) == []
    assert summaries(nested(limits.MAX_NESTING + 1)) == ["Nesting too deep"]
    assert summaries(nested(20_000)) == ["Nesting too deep"]


@pytest.mark.parametrize(
    ("first", "more"), [("1", "+1"), ("a", ".b"), ("a", "[0]"), ("a", "[*]"), ("a.*", ".b"), ("", "-")]
)
def test_what_goes_on_for_long_is_nested_too(first: str, more: str) -> None:
    assert summaries(first + more * 20_000) == ["Nesting too deep"]


@pytest.mark.parametrize("inside", ["", "x = 1\n", "x = \n"])
@pytest.mark.parametrize("closed", [True, False])
def test_blocks_may_be_nested_so_deep(inside: str, closed: bool) -> None:
    for depth in (limits.MAX_NESTING, limits.MAX_NESTING + 1, 5 * limits.MAX_NESTING):
        started = time.process_time()
        _, diagnostics = parse("a {\n" * depth + inside + "}\n" * (depth if closed else 0), "main.hcl")
        assert time.process_time() - started < 5
        if depth > limits.MAX_NESTING:
            assert [each.summary for each in diagnostics] == ["Nesting too deep"]
        else:
            assert bool(diagnostics) is (not closed or inside == "x = \n")


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_json_may_be_nested_so_deep(opening: str) -> None:
    for depth, wrong in ((limits.MAX_NESTING - 1, 0), (limits.MAX_NESTING + 1, 1), (100_000, 1)):
        closing = "]" if opening == "[" else "}"
        text = opening * depth + "1" + closing * depth
        _, diagnostics = parse_bytes(f'{{"a": {text}}}'.encode(), "main.hcl.json")
        assert len(diagnostics) == wrong
        _, diagnostics = evaluate("jsondecode(t)", t=text)
        assert len(diagnostics) == wrong


def test_brackets_in_texts_are_no_nesting() -> None:
    assert value("jsondecode(t)", t='["' + "[" * 5000 + '", "\\"["]') == ("[" * 5000, '"[')


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[" * 2000 + "]" * 2000, "nesting"),
        ("- &a [*a]", "an alias names what it stands in"),
        ("1" * 200_000, "digits"),
        ("0x" + "f" * 200_000, "digits"),
        ("a: !who 1", "not supported"),
        (
            "a: &a [1,1,1,1,1,1,1,1,1,1]\n"
            + "".join(
                f"{new}: &{new} [{','.join([f'*{old}'] * 10)}]\n"
                for old, new in zip("abcdefgh", "bcdefghi", strict=True)
            ),
            "aliases",
        ),
    ],
)
def test_yaml_that_is_too_much(text: str, problem: str) -> None:
    started = time.process_time()
    with pytest.raises(YamlError, match=problem):
        list(load_documents(text))
    assert time.process_time() - started < 2


def test_yaml_of_a_written_tag() -> None:
    """YAML 1.2.2, chapter 10.1: a tag that is written says what a value is."""
    (document,) = load_documents("a: !!str 5\nb: !!str true\nc: !!str\nd: !!int '5'\ne: !!float 1\nf: !!bool 'true'\n")
    assert document.value == {"a": "5", "b": "true", "c": "", "d": 5, "e": 1, "f": True}
    for text in ("!!int x", "!!bool 5", "!!null a", "!!int true"):
        with pytest.raises(YamlError, match="not of its tag"):
            list(load_documents(text))


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ('split(",", x)', "," * 11_000_000),
        ("csvdecode(x)", "a\n" + "1\n" * 11_000_000),
        ("jsondecode(x)", "[" + "1," * 11_000_000 + "1]"),
    ],
    ids=["split", "csvdecode", "jsondecode"],
)
def test_functions_make_so_many_elements(text: str, given: str) -> None:
    assert summaries(text, x=given)[0] in ("Error in function call", "Invalid function argument")


def test_a_file_set_goes_through_so_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_FILES", 10)
    (tmp_path / "f").mkdir()
    for number in range(9):
        (tmp_path / "f" / str(number)).touch()
    assert list(value('fileset(p, "**")', p=str(tmp_path))) == [f"f/{number}" for number in range(9)]
    (tmp_path / "more").touch()
    assert summaries('fileset(p, "x")', p=str(tmp_path)) == ["Invalid function argument"]
