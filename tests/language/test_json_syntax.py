"""HCL's JSON syntax: what is read, where it stands, and what is said of texts that are not JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language import json_body
from language.constraints import parse_type
from language.diagnostics import Diagnostics
from language.parsing import parse_bytes
from language.scope import Scope
from language.traversal import Traversal
from language.types import STRING

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text().filter(lambda text: "{" not in text),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=4),
    max_leaves=12,
)


def read(text: str) -> Any:
    body, diagnostics = json_body.parse(text, "main.hcl.json")
    assert not diagnostics, diagnostics
    return body


def plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


@given(VALUES, st.booleans())
def test_values_are_those_of_another_reader(value: Any, ascii: bool) -> None:
    import unicodedata

    text = json.dumps({"a": value}, ensure_ascii=ascii)
    if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        return
    expression = read(text).attributes["a"].expression
    made = expression.evaluate(Scope.constant(), Diagnostics())
    assert unicodedata.normalize("NFC", repr(plain(made))) == unicodedata.normalize("NFC", repr(value))


@given(st.binary(max_size=60) | st.text('{}[]":,\\ \n${%a1-.e', max_size=40).map(str.encode))
def test_whatever_the_bytes_there_is_a_body_or_one_cause(data: bytes) -> None:
    body, diagnostics = parse_bytes(data, "main.hcl.json")
    try:
        json.loads(data)
    except ValueError:
        assert diagnostics.has_errors
    body.read({"a": 1}, Diagnostics())


@pytest.mark.parametrize(
    ("text", "summary", "column"),
    [
        ("", "Missing JSON value", 1),
        ("{", "Missing property name", 2),
        ("[1]", "Incorrect JSON value type", 2),
        ('{"a": 1,}', "Trailing comma", 8),
        ('{"a" 1}', "Missing property value", 6),
        ('{"a": 01}', "Invalid JSON number", 7),
        ('{"a": 1.}', "Invalid JSON number", 7),
        ('{"a": True}', "Invalid JSON keyword", 7),
        ("{'a': 1}", "Missing property name", 2),
        ('{"a": "x', "Invalid JSON string", 7),
        ('{"a": "\\x"}', "Invalid JSON string", 7),
        ('{"a": 1} {}', "Extra characters after JSON value", 10),
        ('{"a": "${1 +}"}', "Invalid expression", 13),
        ('{"a": "é${b c}"}', "Extra characters after interpolation expression", 13),
        ('{"a": ' + "[" * 5000, "Nesting too deep", 1006),
    ],
)
def test_tells_what_is_wrong_and_where(text: str, summary: str, column: int) -> None:
    _, diagnostics = json_body.parse(text, "main.hcl.json")
    assert [each.summary for each in diagnostics] == [summary]
    assert diagnostics[0].span is not None
    assert diagnostics[0].span.start_column == column


def test_properties_are_blocks_where_blocks_are_wanted() -> None:
    text = """{"//": "no matter", "resource": {"a": {"x": {"n": 1}, "y": [{"n": 2}, {"n": 3}]}}, "n": null}"""
    body = read(text).read({"resource": 2, "n": 0}, Diagnostics())
    assert [(block.type, block.labels) for block in body.blocks] == [
        ("resource", ("a", "x")),
        ("resource", ("a", "y")),
        ("resource", ("a", "y")),
    ]
    assert not body.attributes
    assert [span.start_column for span in body.blocks[1].label_spans] == [34, 55]


def test_a_block_that_is_no_object_is_told() -> None:
    diagnostics = Diagnostics()
    read('{"a": [{}, 1]}').read({"a": 0}, diagnostics)
    assert [(each.summary, each.span.start_column) for each in diagnostics if each.span] == [
        ("Incorrect JSON value type", 12)
    ]


def test_an_argument_that_is_there_twice_is_told() -> None:
    diagnostics = Diagnostics()
    read('{"a": 1, "a": 2}').read({}, diagnostics)
    assert [each.summary for each in diagnostics] == ["Attribute redefined"]


def test_texts_are_references_and_types_where_those_are_wanted() -> None:
    attributes = read('{"a": "aws_vpc.x.id", "b": ["c.d", "${e.f}"], "t": "string", "s": "1 +"}').attributes
    found = attributes["a"].expression.traversal()
    assert isinstance(found, Traversal)
    assert (str(found), found.span.start_column, found.span.end_column) == ("aws_vpc.x.id", 8, 20)
    elements = attributes["b"].expression.elements()
    assert [str(element.traversal()) for element in elements] == ["c.d", "e.f"]
    assert parse_type(attributes["t"].expression, Diagnostics()) is STRING
    assert attributes["s"].expression.traversal() is None


def test_references_inside_of_texts_stand_where_they_are() -> None:
    references = read('{"a": "x ${b.c} ${f(d)}", "e": "\\n${g}"}').attributes
    assert [(str(each), each.span.start_column) for each in references["a"].expression.references] == [
        ("b.c", 12),
        ("d", 21),
    ]
    assert [(str(each), each.span.start_column) for each in references["e"].expression.references] == [("g", 32)]


def test_texts_are_plain_where_nothing_can_be_referred_to() -> None:
    expression = read('{"a": {"b": "${c}"}}').attributes["a"].expression
    assert expression.evaluate(Scope.constant(), Diagnostics()) == {"b": "${c}"}
