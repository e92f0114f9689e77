"""The console: what Terraform's prints, value by value; the stack's names; its manners in a pipe."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cli
from planner.commands.console import Console, is_open
from tests.language.terraform_console import console

ROOT = Path(__file__).parents[3]
ONE_BY_ONE = [
    "1 + 2",
    '"a\\nb"',
    '["a\\nb", {x = "c\\nd"}]',
    '{ a = 1, "b c" = [], c = { d = null } }',
    'toset(["b", "a"])',
    "tolist([])",
    "tomap({ a = [1] })",
    "null",
    "true",
    '"q\\"uo\\\\te \\t \\u0001 \\u00e9"',
    '"$${x} %%{y}"',
    "sensitive(1)",
    '[sensitive("a")]',
    'type([1, { a = "x", b = [true] }])',
    "type(null)",
    "type(tomap({ a = 1 }))",
    "type({})",
    "type([])",
    'type("a")',
    "type(sensitive(1))",
    "type(toset([]))",
    "<<EOT\na\nEOT",
    'tolist([null, "a"])',
    "toset([null, 1])",
    "[tomap({ a = null, b = tomap({ c = true }) })]",
    "[tolist([null])]",
]


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
@pytest.mark.parametrize("expression", [each for each in ONE_BY_ONE if "\n" not in each])
def test_it_prints_what_terraforms_console_prints(expression, tmp_path):
    answer, problems = Console(None).answer(expression)

    assert not problems
    assert answer + "\n" == console(expression, tmp_path)


def run(folder, text):
    return subprocess.run(
        [sys.executable, "-m", "cli", "-chdir=" + str(folder), "console"],
        input=text,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_pipe_is_answered_line_by_line_until_the_first_error(tmp_path):
    done = run(tmp_path, '1 + 1\n\nupper("a")\n1 + \n5\n')

    assert done.returncode == 1
    assert done.stdout == '2\n"A"\n'
    assert "<console-input> line 1" in done.stderr
    assert run(tmp_path, "1\nexit\n2\n").stdout == "1\n"


def test_a_stack_gives_its_names_and_what_its_state_has(tmp_path, monkeypatch, capsys):
    (tmp_path / "main.hcl").write_text(
        'variable "n" { default = 2 }\nlocals { twice = var.n * 2 }\n'
        'resource "terraform_data" "a" {\n  count = 2\n  input = "x${count.index}"\n}\n'
    )
    assert "(known after apply)" in run(tmp_path, "terraform_data.a\n").stdout
    monkeypatch.chdir(tmp_path)
    assert cli.main(["apply", "-auto-approve"]) == 0
    capsys.readouterr()

    done = run(tmp_path, "local.twice\nterraform_data.a[*].output\nterraform_data.a[1].input\n")

    assert done.stdout == '4\n[\n  "x0",\n  "x1",\n]\n"x1"\n'


@pytest.mark.parametrize(
    ("text", "still"),
    [("[1,", True), ("[1]", False), ('"["', False), ("{ a = (", True), ("<<EOT\na", True), ("<<EOT\na\nEOT", False)],
)
def test_more_lines_belong_to_what_is_still_open(text, still):
    assert is_open(text) is still


def test_completion_knows_functions_and_what_the_stack_declares():
    assert Console(None).completions("cidrs") == ["cidrsubnet(", "cidrsubnets("]


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("nope", '"nope" alone names nothing.'),
        ("var", '"var" alone names nothing.'),
        ("var.nope", 'no input variable named "nope"'),
        ("terraform_data.nope.id", "is declared in this stack"),
        ("[for x in [1] : [x, y]]", '"y" alone names nothing.'),
        ("each.key", '"each" has no value here.'),
        ("type(local.nope)", 'no local value named "nope"'),
    ],
)
def test_what_the_stack_does_not_declare_is_told(expression, told, tmp_path):
    (tmp_path / "main.hcl").write_text('variable "size" { default = 3 }\n')

    found = run(tmp_path, expression + "\n")

    assert (found.returncode, found.stdout) == (1, "")
    assert told in found.stderr
    assert found.stderr.count("Error:") == 1


def test_a_heredoc_ends_with_its_last_line():
    assert Console(None).answer("<<EOT\na\nEOT") == ("<<EOT\na\n\nEOT", [])
