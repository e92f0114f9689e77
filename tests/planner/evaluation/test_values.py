"""Locals, outputs and secrets through the command line: what is in error, what is null, what is secret by now."""

from __future__ import annotations

import json

import pytest

import cli

SECRET = "correct-horse-battery"


@pytest.fixture
def stack(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.tf").write_text('output "x" { value = tonumber("many") }\n')
    return lambda text: (tmp_path / "main.hcl").write_text(text)


@pytest.mark.parametrize("text", ['locals { x = tonumber("many") }\n', 'module "m" { source = "./m" }\n'])
def test_what_is_in_error_is_told_though_nothing_needs_it(text, stack, capsys):
    stack(text)

    assert cli.main(["plan", "-no-color"]) == 1

    assert capsys.readouterr().err.count("Invalid function argument") == 1


def test_an_output_that_comes_out_in_error_fails_the_apply(stack, capsys):
    output = 'output "o" { value = tonumber(terraform_data.a.output) }\n'
    stack(f'resource "terraform_data" "a" {{ input = "many" }}\n{output}')

    assert cli.main(["apply", "-auto-approve", "-no-color"]) == 1

    assert "Invalid function argument" in capsys.readouterr().err
    assert cli.main(["state", "list"]) == 0
    assert capsys.readouterr().out.split() == ["terraform_data.a"]


def test_an_output_that_is_null_is_none(stack, capsys):
    stack('output "a" { value = 1 }\noutput "b" { value = null }\n')
    assert cli.main(["apply", "-auto-approve"]) == 0
    capsys.readouterr()

    assert cli.main(["output", "-json"]) == 0

    assert json.loads(capsys.readouterr().out).keys() == {"a"}
    assert cli.main(["plan", "-detailed-exitcode"]) == 0


def test_no_instances_by_key_are_an_object(stack, capsys):
    stack('resource "terraform_data" "a" { for_each = {} }\noutput "o" { value = terraform_data.a }\n')
    assert cli.main(["apply", "-auto-approve"]) == 0
    capsys.readouterr()

    assert cli.main(["output", "-json"]) == 0

    assert json.loads(capsys.readouterr().out)["o"]["value"] == {}


def test_what_is_called_sensitive_later_on_leaves_the_state(stack, tmp_path, capsys):
    stack(f'resource "terraform_data" "a" {{ input = "{SECRET}" }}\n')
    assert cli.main(["apply", "-auto-approve"]) == 0
    stack(f'resource "terraform_data" "a" {{ input = sensitive("{SECRET}") }}\n')
    capsys.readouterr()
    assert cli.main(["plan", "-detailed-exitcode"]) == 2
    assert "taken out of the state; no value changes" in capsys.readouterr().out

    assert cli.main(["apply", "-auto-approve"]) == 0

    assert SECRET not in (tmp_path / "freehold.state").read_text()
    assert cli.main(["plan", "-detailed-exitcode"]) == 0


def test_a_check_that_cannot_be_asked_is_an_error(stack, capsys):
    asked = 'condition = local.a + 1 > 0\n    error_message = "No."'
    stack(f'locals {{ a = "x" }}\ncheck "c" {{\n  assert {{\n    {asked}\n  }}\n}}\n')

    assert cli.main(["plan", "-no-color"]) == 1

    assert "Error:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("before", "after", "ignored", "changes"),
    [
        ("{ a = 1, b = 1 }", "{ a = 2, b = 1 }", "input.a", 0),
        ("{ b = 1 }", "{ a = 2, b = 1 }", "input.a", 2),
        ("{ a = 1, b = 1 }", "{ b = 1 }", "input.a", 2),
        ("tomap({ b = 1 })", "tomap({ a = 2, b = 1 })", 'input["a"]', 0),
    ],
)
def test_members_whose_changes_are_ignored(before, after, ignored, changes, stack):
    text = 'resource "terraform_data" "a" {\n  input = %s\n  lifecycle { ignore_changes = [%s] }\n}\n'
    stack(text % (before, ignored))
    assert cli.main(["apply", "-auto-approve"]) == 0
    stack(text % (after, ignored))

    assert cli.main(["plan", "-detailed-exitcode"]) == changes


PRECONDITION = """output "o" {
  value = 1
  precondition {
    condition     = path.root == ""
    error_message = "No."
  }
}
"""
VALIDATED = [
    ('output "o" { value = sensitive(1) }\n', "Output refers to sensitive values"),
    ('resource "terraform_data" "a" {}\noutput "o" { value = terraform_data.a.size }\n', "Unsupported attribute"),
    ('resource "terraform_data" "a" {}\noutput "o" { value = terraform_data.a["x"].id }\n', "Invalid index"),
    ("moved {\n  from = terraform_data.a\n  to = module.m\n}\n", "of different types"),
    (PRECONDITION, "Output precondition failed"),
    ('module "n" {\n  source = "./n"\n  v = 1\n}\n', "It is not two."),
]
RULE = """variable "v" {
  validation {
    condition     = var.v == 2
    error_message = "It is not two."
  }
}
"""


@pytest.mark.parametrize(("text", "told"), VALIDATED)
def test_what_is_known_without_a_plan_is_told_by_validate(text, told, stack, tmp_path, capsys):
    (tmp_path / "n").mkdir()
    (tmp_path / "n" / "main.tf").write_text(RULE)
    stack(text)

    assert cli.main(["validate", "-no-color"]) == 1

    assert told in capsys.readouterr().err
