"""The variables of a saved plan: what it holds need not be given again, and may not be given otherwise."""

from __future__ import annotations

import json

import pytest

import cli

STACK = """
variable "size" { type = number }
variable "zones" {
  type    = set(string)
  default = ["a"]
}
variable "key" {
  sensitive = true
  default   = "k"
}
resource "terraform_data" "a" { input = [var.size, var.zones, var.key] }
output "size" { value = var.size }
"""


@pytest.fixture
def planned(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.hcl").write_text(STACK)
    arguments = ["-var", "size=2", "-var", 'zones=["x", "y"]', "-var", "key=secret"]
    assert cli.main(["plan", "-out=plan", "-input=false", *arguments]) == 0
    capsys.readouterr()


def test_only_secrets_are_given_again(planned, capsys):
    assert cli.main(["apply", "-input=false", "-var", "key=secret", "plan"]) == 0
    capsys.readouterr()
    cli.main(["output", "-json"])

    assert json.loads(capsys.readouterr().out)["size"]["value"] == 2


def test_the_environment_does_not_change_what_was_planned(planned, monkeypatch):
    monkeypatch.setenv("FREEHOLD_VAR_size", "7")
    monkeypatch.setenv("FREEHOLD_VAR_key", "secret")

    assert cli.main(["apply", "-input=false", "plan"]) == 0


def test_a_file_of_variables_is_not_needed_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.hcl").write_text(STACK)
    (tmp_path / "x.hclvars").write_text("size = 3\n")
    assert cli.main(["plan", "-out=plan", "-input=false", "-var-file=x.hclvars"]) == 0

    assert cli.main(["apply", "-input=false", "plan"]) == 0


@pytest.mark.parametrize(
    ("arguments", "name"),
    [(["-var", "size=3", "-var", "key=secret"], "size"), (["-var", "key=wrong"], "key"), ([], "key")],
    ids=["another", "another secret", "the default of a secret"],
)
def test_another_value_is_refused(arguments, name, planned, capsys):
    assert cli.main(["apply", "-input=false", "-no-color", *arguments, "plan"]) == 1

    error = capsys.readouterr().err
    assert f'The plan was made with another value of "{name}".' in error
    assert error.count("Error:") == 1
    assert "secret" not in error


def test_its_json_needs_no_variables_but_secrets(planned, capsys):
    assert cli.main(["show", "-json", "-input=false", "-var", "key=secret", "plan"]) == 0

    assert json.loads(capsys.readouterr().out)["variables"]["size"] == {"value": 2}
