"""What the native syntax accepts and refuses, how it recovers, and where it says that things stand.

The rules are those of HCL's native syntax specification.
"""

from __future__ import annotations

import pytest

from language.diagnostics import Lines, Sources
from language.parsing import parse, parse_bytes, parse_expression
from tests.language.support import accepted, refused, value

# -- structure ---------------------------------------------------------------------------------------------------------

STRUCTURES = {
    "nothing": "",
    "only newlines and comments": "\n# one\n// two\n/* three\n lines */\n\n",
    "attribute": "a = 1\n",
    "attribute at the end without a newline": "a = 1",
    "carriage returns": "a = 1\r\nb {\r\n}\r\n",
    "comment behind a value": "a = 1 # why\n",
    "comment between name and value": "a /* x */ = /* y */ 1\n",
    "empty block": "b {}\n",
    "block on one line": "b { x = 1 }\n",
    "labels, bare and quoted": 'b one "two" three {\n}\n',
    "unicode identifier": "größe = 1\n",
    "dashes in an identifier": "a-b-c = 1\n",
    "words of expressions as names": "for = 1\nif = 2\nnull = 3\ntrue = 4\n",
    "block and attribute of one name": "a = 1\na {}\n",
    "nested blocks": "a {\n  b {\n    c {\n    }\n  }\n}\n",
    "newlines in brackets": "a = [\n  1,\n\n  2,\n]\n",
    "newlines in parentheses": "a = (\n  1\n  +\n  2\n)\n",
    "object by newlines": "a = {\n  b = 1\n  c = 2\n}\n",
    "object by commas": "a = { b = 1, c = 2, }\n",
    "object with colons": "a = { b : 1, c : 2 }\n",
    "heredoc": "a = <<EOT\nx\nEOT\n",
    "heredoc in a call": "a = f(<<EOT\nx\nEOT\n)\n",
    "block whose only line is a comment": "b { # why\n}\n",
}


@pytest.mark.parametrize("text", STRUCTURES.values(), ids=STRUCTURES.keys())
def test_structure_is_accepted(text):
    accepted(text)


BROKEN = {
    "value without a name": "= 1\n",
    "name without a value": "a\n",
    "equals without a value": "a =\n",
    "two attributes on a line": "a = 1 b = 2\n",
    "semicolon": "a = 1;\n",
    "colon for an attribute": "a: 1\n",
    "quoted name of an attribute": '"a" = 1\n',
    "interpolation in a label": 'b "${x}" {}\n',
    "number as a label": "b 1 {}\n",
    "brace on the next line": "b\n{\n}\n",
    "unclosed block": "b {\n  a = 1\n",
    "stray closing brace": "a = 1\n}\n",
    "two attributes in a block on one line": "b { x = 1, y = 2 }\n",
    "block within a block on one line": "b { c {} }\n",
    "block on one line, continued": "b { x = 1\n}\n",
    "text behind a block": "b {} c {}\n",
    "attribute set twice": "a = 1\na = 2\n",
    "newline in a quoted text": 'a = "x\ny"\n',
    "unclosed text": 'a = "x',
    "unclosed comment": "a = 1 /* x\n",
    "unclosed heredoc": "a = <<EOT\nx\n",
    "single quotes": "a = 'x'\n",
    "curly quotes": "a = “x”\n",
    "single ampersand": "a = true & false\n",
    "items of an object on one line without a comma": "a = {b=1 c=2}\n",
    "items of a tuple by newlines": "a = [\n1\n2\n]\n",
    "operator at the start of a line": "a = 1\n+ 2\n",
    "escape that is none": 'a = "\\d"\n',
    "unclosed interpolation": 'a = "${x"\n',
    "empty interpolation": 'a = "${}"\n',
    "if without endif": 'a = "%{ if true }x"\n',
    "endif without if": 'a = "%{ endif }"\n',
    "unknown directive": 'a = "%{ while true }%{ endwhile }"\n',
    "two legacy indexes": "a = x.0.1\n",
    "splat within an attribute splat": "a = x.*.y.*.z\n",
    "for without a colon": "a = [for x in y x]\n",
    "key in a for for a tuple": "a = [for x in y : x => x]\n",
    "no key in a for for an object": "a = {for x in y : x}\n",
    "grouping without a key": "a = [for x in y : x...]\n",
    "expansion before the last argument": "a = f(x..., y)\n",
    "conditional without a second result": "a = x ? y\n",
    "unclosed parenthesis": "a = (1\n",
    "assignment as an expression": "a = (b = 1)\n",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_structure_is_refused_with_a_place(text):
    diagnostics = refused(text)

    assert all(diagnostic.span is not None and diagnostic.summary and diagnostic.detail for diagnostic in diagnostics)


def test_a_body_keeps_attributes_labels_and_order():
    body = accepted('z = 1\nresource "aws_vpc" main {\n  cidr = "10.0.0.0/8"\n}\na = 2\noutput "x" {}\n')

    assert list(body.attributes) == ["z", "a"]
    assert [(block.type, block.labels) for block in body.blocks] == [
        ("resource", ("aws_vpc", "main")),
        ("output", ("x",)),
    ]
    assert body.blocks[0].body.attributes["cidr"].expression.static_string() == "10.0.0.0/8"


def test_without_leaves_the_original_body_as_it_was():
    body = accepted("a = 1\nb = 2\nc {}\nd {}\n")

    rest = body.without(["a"], ["c"])

    assert (list(rest.attributes), [block.type for block in rest.blocks]) == (["b"], ["d"])
    assert (list(body.attributes), [block.type for block in body.blocks]) == (["a", "b"], ["c", "d"])


# -- expressions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 2 - 3", 5),
        ("100 / 10 / 5", 2),
        ("2 * 3 % 4", 2),
        ("1 < 2 == true", True),
        ("true || false && false", True),
        ("1 + 1 == 2 && !false", True),
        ("--1", 1),
        ("!!true", True),
        ("-2 * -3", 6),
        ("5-12", -7),
        ("true ? 1 : false ? 2 : 3", 1),
        ("false ? 1 : false ? 2 : 3", 3),
        ('1 == 1 ? "y" : "n"', "y"),
        ("[1, 2, 3][1]", 2),
        ("{ a = { b = 7 } }.a.b", 7),
        ('{ ("a") = 1 }["a"]', 1),
        ("[[1, 2], [3]][0].1", 2),
        ("1e3", 1000),
        ("1.5e-1 * 100", 15),
    ],
)
def test_precedence_and_association(text, expected):
    assert value(text) == expected


def test_an_attribute_splat_ends_at_a_bracket_and_a_full_splat_goes_on():
    rows = ({"v": (1, 2)}, {"v": (3, 4)})

    assert value("x.*.v[0]", x=rows) == (1, 2)
    assert value("x[*].v[0]", x=rows) == (1, 3)


def test_a_bare_word_is_a_key_and_a_word_in_parentheses_a_reference():
    assert value("{ x = 1, (x) = 2 }", x="y") == {"x": 1, "y": 2}


# -- templates ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r'"\n\r\t\"\\"', '\n\r\t"\\'),
        (r'"\u00e4\U0001F600"', "ä😀"),
        ('"$${x}"', "${x}"),
        ('"%%{x}"', "%{x}"),
        ('"$$"', "$$"),
        ('"$"', "$"),
        ('"100%"', "100%"),
        ('"a${1}b"', "a1b"),
        ('"${1}"', 1),
        ('"${"${1}"}"', 1),
        ('"a ${~ 1 ~} b"', "a1b"),
        ('"%{ if true }y%{ else }n%{ endif }"', "y"),
        ('"%{ if false }y%{ endif }"', ""),
        ('"%{ for x in [1, 2] }<${x}>%{ endfor }"', "<1><2>"),
        ('"%{ for i, x in ["a"] }${i}${x}%{ endfor }"', "0a"),
        ('"${"a"}${"b"}"', "ab"),
        ('"${[1][0]}"', 1),
        ('"${"}"}"', "}"),
        ('"e\u0301"', "é"),
    ],
)
def test_quoted_templates(text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<<E\na\nb\nE\n", "a\nb\n"),
        ("<<E\nE\n", ""),
        ("<<E\n  a\n E\n", "  a\n"),
        ("<<-E\n    a\n      b\n    E\n", "a\n  b\n"),
        ("<<-E\n    a\n\n    b\n    E\n", "a\n\nb\n"),
        ("<<E\n${1 + 1} $${x} \\n\nE\n", "2 ${x} \\n\n"),
        ("<<E\n%{ for x in [1, 2] ~}\n${x}\n%{ endfor ~}\nE\n", "1\n2\n"),
        ("<<E\r\na\r\nE\r\n", "a\r\n"),
        ("<<_E\nEx\n_E\n", "Ex\n"),
    ],
)
def test_heredocs(text, expected):
    assert value(text) == expected


# -- recovery ----------------------------------------------------------------------------------------------------------


def test_independent_errors_are_all_told_in_one_run():
    text = 'a = \nb = [1 2]\nok = 1\nblock {\n  c = )\n  fine = 2\n}\nd = "x" "y"\nlast = 3\n'

    body, diagnostics = parse(text, "test.hcl")

    assert [d.span.start_line for d in diagnostics if d.span] == [1, 2, 5, 8]
    assert {"ok", "last"} <= body.attributes.keys()
    assert "fine" in body.blocks[0].body.attributes


def test_an_unclosed_block_is_told_at_its_brace():
    diagnostics = refused('resource "a" "b" {\n  c = 1\n')

    assert [d.summary for d in diagnostics] == ["Unclosed configuration block"]
    assert diagnostics[0].span is not None
    assert (diagnostics[0].span.start_line, diagnostics[0].span.start_column) == (1, 18)


def test_a_second_value_names_the_line_of_the_first():
    diagnostics = refused("a = 1\n\na = 2\n")

    assert "line 1" in diagnostics[0].detail
    assert diagnostics[0].span is not None
    assert diagnostics[0].span.start_line == 3


@pytest.mark.parametrize("text", ["a = " + "(" * 5000, "a = " + "[" * 5000, "a = " + "-" * 5000 + "1", "a {\n" * 5000])
def test_nesting_without_end_is_refused_without_a_crash(text):
    assert any(diagnostic.summary == "Nesting too deep" for diagnostic in refused(text))


# -- places ------------------------------------------------------------------------------------------------------------


def test_spans_count_lines_and_columns_from_one_and_characters_not_bytes():
    text = 'ä = "ö" + 1\nblock "x" {\n  b = c.d\n}\n'
    body = accepted(text)
    first, block = body.attributes["ä"], body.blocks[0]
    inner = block.body.attributes["b"].expression

    assert text[first.expression.span.start : first.expression.span.end] == '"ö" + 1'
    assert (first.name_span.start_column, first.name_span.end_column) == (1, 2)
    assert text[block.span.start : block.span.end] == 'block "x"'
    assert text[block.label_spans[0].start : block.label_spans[0].end] == '"x"'
    assert (inner.span.start_line, inner.span.start_column, inner.span.end_column) == (3, 7, 10)


@pytest.mark.parametrize(("offset", "line", "column"), [(0, 1, 1), (2, 1, 3), (3, 2, 1), (4, 3, 1), (6, 3, 3)])
def test_offsets_to_lines(offset, line, column):
    span = Lines("f", "ab\n\ncd").span(offset, offset)

    assert (span.start_line, span.start_column) == (line, column)


# -- bytes -------------------------------------------------------------------------------------------------------------


def test_a_byte_order_mark_is_no_part_of_the_text():
    body, diagnostics = parse_bytes(b"\xef\xbb\xbfa = 1\n", "test.hcl")

    assert (list(body.attributes), list(diagnostics)) == (["a"], [])


def test_what_is_not_utf8_is_told_with_its_line():
    _, diagnostics = parse_bytes(b'a = 1\nb = "\xff"\n', "test.hcl")

    assert diagnostics[0].summary == "Invalid character encoding"
    assert diagnostics[0].span is not None
    assert diagnostics[0].span.start_line == 2


def test_sources_are_kept_for_those_who_show_diagnostics():
    sources = Sources()

    parse_bytes(b"a = 1\r\nb = 2\r\n", "test.hcl", sources)

    assert (sources.line("test.hcl", 2), sources.line("test.hcl", 9), sources.line("other", 1)) == ("b = 2", None, None)


# -- static readings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("1", []),
        ("a.b.c", ["a.b.c"]),
        ('a["x"].b[0]', ['a["x"].b[0]']),
        ("a.b[c.d].e", ["a.b", "c.d"]),
        ("f(a, [b], { c = d, (e) = 1 })", ["a", "b", "d", "e"]),
        ("[for x in a.b : x.y + z if x.k == w]", ["a.b", "z", "w"]),
        ("{ for k, v in m : k => [for k in n : k...] }", None),
        ('"${a} ${b.c}"', ["a", "b.c"]),
        ("a[*].b", ["a"]),
        ("a ? b : -c", ["a", "b", "c"]),
        ('"%{ if a }${b}%{ else }${c}%{ endif }%{ for x in d }${x}${e}%{ endfor }"', ["a", "b", "c", "d", "e"]),
    ],
)
def test_references(text, references):
    expression, diagnostics = parse_expression(text, "test.hcl")

    if references is None:
        assert diagnostics.has_errors
    else:
        assert [str(reference) for reference in expression.references] == references


def test_static_readings_of_an_expression():
    def read(text):
        return parse_expression(text, "test.hcl")[0]

    assert str(read("a.b[0]").traversal()) == "a.b[0]"
    assert read("a[b]").traversal() is None
    assert read("1").traversal() is None
    assert read('"x"').static_string() == "x"
    assert read('"${x}"').static_string() is None
    assert [element.text for element in read("[a, 1]").elements() or ()] == ["a", "1"]
    assert [(key.text, item.text) for key, item in read("{ a = 1 }").pairs() or ()] == [("a", "1")]
    call = read("list(string)").call()
    assert call is not None
    assert (call[0], [argument.text for argument in call[1]]) == ("list", ["string"])
