"""No text that others wrote makes a terminal do anything: it is shown as what it is."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.events import Completed, Refreshing, Started
from planner.render.lines import Lines
from planner.render.live import Reading
from planner.render.outlet import console, outlet, safe
from planner.render.paint import texts

ROOT = Path(__file__).parents[3]
HOSTILE = {
    "escape": "\x1b[2J\x1b[31mowned",
    "title": "\x1b]0;owned\x07",
    "link": "\x1b]8;;http://evil\x1b\\here\x1b]8;;\x1b\\",
    "return": "Plan: 9 to add\rPlan: 0 to add",
    "c1": "\x9b31mowned",
    "bidi": "\u202e\u2066nwo\u2069",
    "tags": "\U000e0041\U000e0042",
    "separator": "a\u2028b\u2029c",
    "null": "a\x00b",
    "delete": "abc\x7f\x08\x08",
    "surrogate": "a\udc80b",
    "markup": "[red]owned[/red]",
}
OBEYED = set(map(chr, [*range(9), *range(11, 32), 127, *range(128, 160), 0x2028, 0x2029, 0x200E, 0x200F, 0x61C]))
OBEYED |= set(
    map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xE0000, 0xE0080), *range(0xD800, 0xE000)])
)


def terminal() -> io.StringIO:
    stream = io.StringIO()
    stream.isatty = lambda: True  # type: ignore[method-assign]
    return stream


@given(st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp", "L", "N"])))
def test_what_is_safe_has_nothing_that_is_obeyed_and_loses_nothing(text):
    found = safe(text)

    assert not OBEYED & set(found)
    if "\\" not in text and '"' not in text:
        assert json.loads(f'"{found}"', strict=False) == text


def test_usual_texts_stay_as_they_are():
    text = "größe ✓ 日本語\tx\n  ~ a = 1 -> 2 😀"

    assert safe(text) == text


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("width", [30, 200])
def test_a_console_shows_what_others_wrote_and_obeys_none_of_it(text, width):
    stream = io.StringIO()
    made = console(stream, no_color=True)
    made.width = width

    made.print(text)
    texts(made, [f"line {text}"])
    Lines(made)(Completed(f'a["{text}"]', "create", 0.0, 11.0, text))

    assert not OBEYED & set(stream.getvalue()), repr(stream.getvalue())


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_live_view_moves_as_rich_says_and_shows_the_text(text):
    stream = terminal()
    made = console(stream, no_color=True)
    reading = Reading(made)
    reading(Refreshing("aws", text, 3))
    reading(Started(text, "create", 0.0))
    reading.close()

    assert "owned\x07" not in stream.getvalue()
    assert "\x1b[2J" not in stream.getvalue()
    assert "\x1b]" not in stream.getvalue()
    assert "\u202e" not in stream.getvalue()


def test_a_line_is_one_line():
    stream = io.StringIO()

    texts(console(stream, no_color=True), ["first\nApply complete! Resources: 0 added"])

    assert stream.getvalue().count("\n") == 1


def test_for_programs_a_text_is_raw_but_on_a_terminal():
    to_file, to_terminal = io.StringIO(), terminal()

    outlet(to_file).write(HOSTILE["escape"])
    outlet(to_terminal).write(HOSTILE["escape"])

    assert to_file.getvalue() == HOSTILE["escape"]
    assert to_terminal.getvalue() == "\\u001b[2J\\u001b[31mowned"


def run(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "cli.py", f"-chdir={folder}", *arguments],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    return (done.stdout + done.stderr).decode("utf-8", "surrogateescape")


STACK = """
stack "s" {}
resource "terraform_data" "a" {
  for_each = toset(["\\u001b[31mkey"])
  input    = "first\\u001b]0;owned\\u0007\\nsecond\\u202e"
}
output "o" {
  value = "\\u009b31m"
}
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan",),
        ("plan", "-target=\x1b[31mnone"),
        ("apply", "-auto-approve"),
        ("output",),
        ("state", "list"),
        ("show",),
        ("\x1b[31mcommand",),
        ("plan", "-\x1b[31mflag"),
        ("state", "show", "\x1b[31m"),
        ("show", "\x1b[31mno-such-plan"),
        ("plan", "-var=\x1b[31m=1"),
        ("plan", "-var-file=\x1b[31m"),
        ("-chdir=\x1b[31m",),
    ],
)
def test_no_command_prints_what_a_terminal_would_obey(tmp_path, arguments):
    (tmp_path / "main.hcl").write_text(STACK)
    if arguments[0] in ("output", "state", "show"):
        run(tmp_path, "apply", "-auto-approve")

    assert not OBEYED & set(run(tmp_path, *arguments))


@pytest.mark.parametrize("name", ["\x1b[31m.hcl", "a\u202e.hcl"])
def test_neither_names_of_files_nor_their_lines_are_obeyed(tmp_path, name):
    (tmp_path / name).write_text('resource "x" "\x1b[31m" {\n  a = \x1b[2J\n}\n')

    for command in ("validate", "plan", "fmt"):
        assert not OBEYED & set(run(tmp_path, command))
