"""How lines get to a console: folded on a terminal only, and nothing of them lost."""

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from planner.render.paint import folded, write


def printed(lines, **more):
    out = io.StringIO()
    write(Console(file=out, **more), lines)
    return out.getvalue()


def test_a_pipe_gets_whole_lines_without_colour():
    assert printed([[("x " * 200, "bold red")], [("y", "")]], width=80) == "x " * 200 + "\ny\n"


def test_a_terminal_gets_folded_lines_below_their_indentation():
    made = printed([[("    + ", "green"), ("word " * 20, "")]], width=60, force_terminal=True, color_system=None)

    assert made.splitlines() == ["    + " + "word " * 10, "        " + "word " * 10]


def test_no_color_is_honoured():
    lines = [[("+ ", "green"), ("x", "bold")]]

    assert "\x1b[" in printed(lines, force_terminal=True, color_system="standard")
    assert "\x1b[32m" not in printed(lines, force_terminal=True, no_color=True)


@given(
    st.lists(st.tuples(st.text("ab é漢", max_size=30), st.sampled_from(["", "bold"])), max_size=6), st.integers(40, 60)
)
def test_folding_loses_nothing_and_fits(line, width):
    whole = "".join(text for text, _ in line)
    rows = ["".join(text for text, _ in row) for row in folded(list(line), width)]

    assert all(cell_len(row) <= width for row in rows)
    assert "".join(rows).replace(" ", "") == whole.replace(" ", "")
