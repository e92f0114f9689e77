"""What people leave unclosed, or write as in other languages, is told once and where it is, whatever else is wrong."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from language.parsing import parse
from language.syntax.expressions import MAX_ERRORS

ROOT = Path(__file__).parents[2]
BROKEN = {
    "a colon for an equals sign": ("default: 1", "default^:"),
    "single quotes": ("default = 'one two'", "^'one two'"),
    "curly quotes": ("default = “one”", "^“one”"),
    "backticks": ("default = `one`", "^`one`"),
    "no comma": ('default = ["a" "b"]', '["a" ^"b"]'),
    "two commas": ("default = [1,, 2]", "1,^, 2"),
    "no value in an object": ("default = {size}", "{size^}"),
    "an arrow in an object": ('default = { "a" => 1 }', "^=> 1"),
    "two items on a line": ("default = { a = 1 b = 2 }", "1 ^b"),
    "an open text": ('default = "one', '^"one'),
    "no opening quote": ('default = one"', 'one^"'),
    "an open interpolation": ('default = "a ${var.b"', "^${var.b"),
    "an open interpolation at the end": ('default = "a ${var.b', "^${var.b"),
    "an open directive": ('default = "%{ if true }x"', "^%{ if"),
    "an open list": ("default = [1, 2", "^[1, 2"),
    "an open object": ("default = {\n    a = 1", "^{\n    a"),
    "an open call": ("default = max(1, 2", "max^(1"),
    "an open index": ("default = var.a[0", "a^[0"),
    "an open for": ("default = [for x in [] : x if x", "^[for"),
    "an open heredoc": ("default = <<EOT\n  one", "^<<EOT"),
    "a bare reference with a dollar": ("default = $var.a", "^$var"),
    "a bare interpolation": ("default = ${var.a}", "^${var"),
    "two operators": ("default = 1 == && true", "== ^&&"),
    "a word for an operator": ("default = true and false", "true ^and"),
    "an if as in Python": ("default = if a then b", "if ^a"),
    "half of a conditional": ("default = true ? 1", "1^\n"),
    "an empty result": ("default = true ? 1 :", ":^\n"),
    "an unknown escape": (r'default = "\q"', r"^\q"),
    "two values": ("default = 1 2", "1 ^2"),
    "a dot at the end": ("default = var.a.", "a^.\n"),
    "a number of three parts": ("default = 1.2.3", "^1.2.3"),
    "a closing bracket": ("default = null)", "null^)"),
    "a foreign character": ("default = 1;", "1^;"),
    "an open comment": ("default = 1 /* one", "^/* one"),
    "a quoted name": ('"default" = 1', '^"default"'),
    "a block with a bracket": ("validation [", "validation ^["),
    "an inner block without end": ("validation {\n    condition = true", "^{\n    condition"),
    "two arguments on a line": ("validation { condition = true, error_message = null }", "true^,"),
    "a brace too many": ("default = 1\n}", "default = 1\n}\n^}"),
}


def _file(cases):
    """A block a case, and the offset of the caret of each."""
    text, carets = "", []
    for number, (line, marked) in enumerate(cases):
        begun = len(text)
        text += f'variable "v{number}" {{\n  {line}\n}}\n\n'
        before, _, behind = marked.partition("^")
        carets.append(text.index(before + behind, begun) + len(before))
    return text, carets


@pytest.mark.parametrize("case", BROKEN)
def test_one_fault_is_told_once_where_it_is(case):
    text, carets = _file([("default = 1", "default^"), BROKEN[case], ("default = 2", "default^")])

    body, diagnostics = parse(text, "main.hcl")

    assert [diagnostic.span.start for diagnostic in diagnostics if diagnostic.span] == carets[1:2]
    assert [block.labels for block in body.blocks] == [("v0",), ("v1",), ("v2",)]


def test_all_faults_of_a_file_are_told_in_one_run():
    text, carets = _file(BROKEN.values())

    body, diagnostics = parse(text, "main.hcl")

    assert [diagnostic.span.start for diagnostic in diagnostics if diagnostic.span] == carets
    assert len(body.blocks) == len(BROKEN)


def test_all_faults_of_a_block_are_told_in_one_run():
    lines = [line for line, _ in BROKEN.values() if line.startswith("default =") and "\n" not in line]
    text = "locals {\n" + "".join(f"  v{number}{line[7:]}\n" for number, line in enumerate(lines)) + "}\n"

    body, diagnostics = parse(text, "main.hcl")

    assert [diagnostic.span.start_line for diagnostic in diagnostics if diagnostic.span] == [*range(2, len(lines) + 2)]
    assert list(body.blocks[0].body.attributes) == [f"v{number}" for number in range(len(lines))]


@pytest.mark.parametrize(
    "well",
    [
        'output "b" {\n  value = [\n  1,\n  ]\n}\n',
        'output "b" {\n  value = {\n  a = 1\n  }\n}\n',
        'output "b" {\nvalue = {\na = 1\n}\n}\n',
        'output "b" {\n  value = <<-EOT\n  a {\n    b = "\n  EOT\n}\n',
        'output "b" {\n  value = <<EOT\noutput "c" {\nEOT\n}\n',
        '/*\noutput "b" {\n*/\n',
        '  output "b" {\nvalue = 1\n    }\n',
        'output "b" {\n\n# value = 1\n  // }\n  value = "${join(",", [\n  "a",\n  ])}"\n}\n',
    ],
    ids=["list", "object", "flat", "heredoc", "heredoc of blocks", "comment", "shifted", "interpolation"],
)
def test_what_is_well_but_for_its_layout_is_not_told_of(well):
    for text in (f'output "a" {{\n  value = 1 +\n}}\n{well}', f'{well}output "a" {{\n  value = 1 +\n}}\n'):
        _, diagnostics = parse(text, "main.hcl")

        assert [d.summary for d in diagnostics] == ["Missing expression"]


def test_a_brace_below_the_name_of_a_block_is_the_only_thing_wrong_with_it():
    body, diagnostics = parse('output "a"\n{\n  value = 1\n}\noutput "b" {\n  value = 2\n}\n', "main.hcl")

    assert [(d.span.start_line, d.detail) for d in diagnostics if d.span] == [
        (2, 'The "{" of a block stands on the line of its name: output "a" {.')
    ]
    assert [list(block.body.attributes) for block in body.blocks] == [["value"], ["value"]]


@pytest.mark.parametrize(
    "text",
    [
        "@" * 3_000_000,
        "@\n" * 300_000,
        '"\n' * 300_000,
        "a = <<E\n" * 100_000,
        "".join(f"a{number} = <<E{number}\n" for number in range(100_000)),
        "/*\n" * 300_000 + "a = 1 +\n",
        "locals {\n" + "  a = 1\n" * 100_000 + "}\n",
        "".join(" " * depth + "a {\n" for depth in range(1_000)),
        "x = " + "[1,\n" * 3_000,
    ],
    ids=["run", "lines", "quotes", "heredocs", "markers", "comments", "duplicates", "nested", "brackets"],
)
def test_a_text_that_is_all_wrong_is_given_up_on_soon(text):
    started = time.process_time()
    _, diagnostics = parse(text, "main.hcl")

    assert 0 < len(diagnostics) <= MAX_ERRORS
    assert time.process_time() - started < 10


def test_a_failure_deep_down_does_not_make_what_follows_too_deep():
    text = f"a = {'!' * 1500}true\nb = {'(' * 750}1{')' * 750}\n"

    _, diagnostics = parse(text, "main.hcl")

    assert [d.summary for d in diagnostics] == ["Nesting too deep"]


def test_a_long_line_takes_no_more_memory_than_a_short_one_a_character():
    text = (
        f'a = "{"b" * 5_000_000}"\nc = "{"d" * 5_000_000}\\n"\n/* {"e" * 5_000_000} */\nf = <<E\n{"g" * 5_000_000}\nE\n'
    )
    program = (
        "import sys, resource; from language.parsing import parse; limit = 2**29; "
        "resource.setrlimit(resource.RLIMIT_AS, (limit, limit)); assert not parse(sys.stdin.read(), 'a')[1]"
    )

    subprocess.run([sys.executable, "-c", program], input=text, text=True, check=True, cwd=ROOT)
