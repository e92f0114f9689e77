"""Ephemeral values: where they may go, and that nothing keeps or shows them."""

from __future__ import annotations

import json

import pytest

import cli

PASSWORD = "correct horse battery staple"
VARIABLE = 'variable "word" { ephemeral = true }\n'


@pytest.fixture
def stack(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(text, module=""):
        (tmp_path / "main.hcl").write_text(VARIABLE + text)
        (tmp_path / "m").mkdir(exist_ok=True)
        (tmp_path / "m" / "main.tf").write_text(module)
        return tmp_path

    return write


def run(*arguments):
    return cli.main([*arguments, "-input=false", "-no-color"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('resource "terraform_data" "a" { input = var.word }\n', 'The value of "input" in terraform_data.a is kept'),
        ('resource "terraform_data" "a" { input = { b = ["x${var.word}"] } }\n', "is kept"),
        ('resource "terraform_data" "a" { count = length(var.word) }\n', "cannot be a count"),
        ('resource "terraform_data" "a" { for_each = toset([var.word]) }\n', "cannot be used for for_each"),
        ('output "o" { value = upper(var.word) }\n', 'The output "o" is not declared as ephemeral'),
        ('output "o" {\n  value = 1\n  ephemeral = true\n}\n', "Ephemeral output not allowed"),
        ('module "m" {\n  source = "./m"\n  in = var.word\n}\n', 'The variable "in" is not declared as ephemeral'),
        (
            'cluster "c" { kubeconfig = "x" }\napp "a" {\n  cluster = cluster.c\n'
            '  manifest "m" { data = { a = var.word } }\n}\n',
            "is kept",
        ),
        ('cluster "c" {\n  provider = "aws"\n  region = var.word\n}\n', 'The value of "region" in cluster.c is kept'),
    ],
)
def test_what_is_kept_may_not_be_ephemeral(text, told, stack, capsys):
    stack(text, 'variable "in" {}\n')

    assert run("plan", "-var", f"word={PASSWORD}") == 1

    error = capsys.readouterr().err
    assert " ".join(told.split()) in " ".join(error.split())
    assert error.count("Error:") == 1
    assert PASSWORD not in error


PASSED_ON = """
locals { word = "<${var.word}>" }
module "m" {
  source = "./m"
  in     = local.word
}
provider "aws" { secret_key = module.m.out }
resource "terraform_data" "a" { input = ephemeralasnull({ word = module.m.out, size = 1 }) }
output "shown" { value = terraform_data.a.output }
check "long" {
  assert {
    condition     = length(var.word) > 3
    error_message = "Short."
  }
}
"""
MODULE = """
variable "in" { ephemeral = true }
output "out" {
  value     = var.in
  ephemeral = true
}
"""


def test_it_reaches_what_keeps_nothing(stack, capsys):
    folder = stack(PASSED_ON, MODULE)

    assert run("apply", "-auto-approve", "-var", f"word={PASSWORD}") == 0
    assert PASSWORD not in capsys.readouterr().out

    run("output", "-json")
    assert json.loads(capsys.readouterr().out)["shown"]["value"] == {"word": None, "size": 1}
    assert PASSWORD not in "".join(path.read_text() for path in folder.glob("freehold.state*"))


def test_a_saved_plan_asks_for_it_again(stack, capsys):
    folder = stack(PASSED_ON, MODULE)
    assert run("plan", "-out=plan", "-var", f"word={PASSWORD}") == 0
    run("show", "-json", "plan", "-var", "word=other")
    assert "word" not in json.loads(capsys.readouterr().out.splitlines()[-1])["variables"]

    assert run("apply", "plan") == 1
    assert 'variable "word" is not set' in capsys.readouterr().err

    assert run("apply", "-var", "word=another one", "plan") == 0
    assert (folder / "freehold.state").exists()


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("var.word", "(ephemeral value)"),
        ("sensitive(var.word)", "(sensitive value)"),
        ("nonsensitive(sensitive(var.word))", "(ephemeral value)"),
        ("issensitive(var.word)", "false"),
        ('[var.word, "b"]', '[\n  (ephemeral value),\n  "b",\n]'),
        ('{ (var.word) = "b" }', "(ephemeral value)"),
        ("terraform.applying", "(ephemeral value)"),
        ("ephemeralasnull([var.word, 1])", "[\n  null,\n  1,\n]"),
    ],
)
def test_the_console_does_not_show_it(expression, shown, stack, capsys, monkeypatch):
    import io

    stack("")
    monkeypatch.setattr("sys.stdin", io.StringIO(expression + "\n"))

    assert cli.main(["console", "-var", f"word={PASSWORD}"]) == 0
    assert capsys.readouterr().out == shown + "\n"
