"""Diagnostics for people, and as terraform's JSON."""

import io
import time
from textwrap import dedent

from rich.console import Console

from language.diagnostics import Sources, Span, error, warning
from planner.render.diagnostics import ordered, render, to_json
from tests.planner.render.recorded_plan import RECORDED, recorded

SOURCE = dedent(
    """\
    resource "aws_vpc" "main" {
      cidr_block = var.cidr
    }

    cluster "main" {
      provider = "aws"
      network {
        cidr = cidrsubnet(
          var.cidr, 8, 300)
      }
    }
    """
)


def sources():
    found = Sources()
    found.add("main.hcl", SOURCE)
    return found


def span_of(text, file="main.hcl"):
    start = SOURCE.index(text)
    line, column = SOURCE.count("\n", 0, start) + 1, start - SOURCE.rfind("\n", 0, start)
    end = start + len(text)
    return Span(file, line, column, SOURCE.count("\n", 0, end) + 1, end - SOURCE.rfind("\n", 0, end), start, end)


def shown(*diagnostics, **more):
    out = io.StringIO()
    render(diagnostics, sources(), Console(file=out, width=80, **more))
    return out.getvalue()


def test_the_place_is_shown_with_its_block_and_a_caret():
    problem = error(
        "Invalid value",
        "This is no CIDR.",
        span_of("var.cidr"),
        values=(("var.cidr", 'is "10.0.0"'),),
        advice="Write 10.0.0.0/16.",
    )

    assert shown(problem) == dedent(
        """\
        ╷
        │ Error: Invalid value
        │
        │   on main.hcl line 2, in resource "aws_vpc" "main":
        │    2:   cidr_block = var.cidr
        │                      ^^^^^^^^
        │     ├────────────────
        │     │ var.cidr is "10.0.0"
        │
        │ This is no CIDR.
        │
        │ Write 10.0.0.0/16.
        ╵
        """
    )


def test_an_expression_of_several_lines_is_shown_whole():
    made = shown(error("Out of range", span=span_of("cidrsubnet(\n      var.cidr, 8, 300)")))

    assert '│   on main.hcl line 8, in cluster "main":\n' in made
    assert "│    8:     cidr = cidrsubnet(\n│                  ^^^^^^^^^^^\n" in made
    assert "│    9:       var.cidr, 8, 300)\n│             ^^^^^^^^^^^^^^^^^\n" in made


def test_an_address_without_a_place():
    assert shown(warning("Slow", "It may take long.", address="cluster.main/aws_eks_cluster")) == dedent(
        """\
        ╷
        │ Warning: Slow
        │
        │   with cluster.main/aws_eks_cluster
        │
        │ It may take long.
        ╵
        """
    )


def test_a_place_in_a_file_that_is_not_known():
    made = shown(error("Bad YAML", span=Span("k8s/web.yaml", 7, 3, 7, 4)))

    assert "│   on k8s/web.yaml line 7:\n╵" in made


def test_each_is_told_once_in_the_order_of_places():
    one, two = error("B", span=span_of("var.cidr")), error("A", span=span_of("cidrsubnet("))

    assert ordered([two, one, two, error("C")]) == [error("C"), one, two]


def test_a_terminal_folds_texts_inside_the_bar():
    made = shown(error("Long", "word " * 40), force_terminal=True, color_system=None)

    assert all(line.startswith(("│", "╷", "╵")) and len(line) <= 80 for line in made.splitlines())


def test_a_tab_keeps_its_caret_in_place():
    found = Sources()
    found.add("main.hcl", "a = [\n\tb]\n")
    out = io.StringIO()
    render([error("X", span=Span("main.hcl", 2, 2, 2, 3, 7, 8))], found, Console(file=out, width=80))

    assert "│    2:  b]\n│       ^\n".replace("      ^", "       ^") in out.getvalue()


def test_json_is_terraforms():
    text = (RECORDED / "invalid.tf").read_text()
    theirs = recorded("validate.json")["diagnostics"][0]
    del theirs["snippet"]["function_call"]
    found = Sources()
    found.add("main.tf", text)
    at = text.index("ü")

    (mine,) = to_json([error(theirs["summary"], theirs["detail"], Span("main.tf", 3, 19, 3, 20, at, at + 1))], found)
    assert mine == theirs


def test_json_offsets_are_bytes_and_columns_characters():
    found = Sources()
    found.add("main.hcl", 'é = "ü" + x\n')
    (made,) = to_json([error("X", span=Span("main.hcl", 1, 11, 1, 12, 10, 11), values=(("x", "is null"),))], found)

    assert made["range"]["start"] == {"line": 1, "column": 11, "byte": 12}
    assert made["snippet"]["highlight_start_offset"] == 12
    assert made["snippet"]["highlight_end_offset"] == 13
    assert made["snippet"]["values"] == [{"traversal": "x", "statement": "is null"}]


def test_json_joins_detail_and_advice_and_names_the_address():
    (made,) = to_json([error("X", "Y.", address="a_b.c", advice="Z.")], None)

    assert made == {"severity": "error", "summary": "X", "detail": "Y.\n\nZ.", "address": "a_b.c"}


def test_on_a_narrow_terminal_a_long_line_is_cut_so_that_the_caret_stays_below():
    text = 'locals { name = "' + "x" * 100 + '" + var.size + "' + "y" * 100 + '" }\n'
    start = text.index("var.size")
    found, out = Sources(), io.StringIO()
    found.add("main.hcl", text)
    console = Console(file=out, width=60, force_terminal=True, color_system=None)

    render([error("X", span=Span("main.hcl", 1, start + 1, 1, start + 9, start, start + 8))], found, console)

    rows = out.getvalue().splitlines()
    caret = next(index for index, row in enumerate(rows) if "^" in row)
    assert max(map(len, rows)) <= 60
    assert rows[caret - 1].index("var.size") == rows[caret].index("^")
    assert rows[caret].count("^") == len("var.size")


def test_many_errors_of_a_large_file_are_shown_soon():
    text = "".join(f"a{number} = 1\n" for number in range(20_000))
    found, at, problems = Sources(), 0, []
    found.add("main.hcl", text)
    for number, line in enumerate(text.splitlines(), 1):
        problems.append(error("X", span=Span("main.hcl", number, 1, number, 3, at, at + 2)))
        at += len(line) + 1
    started = time.process_time()

    assert len(to_json(problems, found)) == 20_000
    assert time.process_time() - started < 30
