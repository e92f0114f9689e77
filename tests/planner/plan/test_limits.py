"""-target and -exclude leave what they do not name as it is, outputs included, as Terraform does."""

from __future__ import annotations

import json

import pytest

import cli

STACK = """
variable "v" {
  type    = number
  default = 1
}
resource "terraform_data" "a" { input = var.v }
resource "terraform_data" "b" { input = var.v }
resource "terraform_data" "many" {
  count = 2
  input = var.v
}
module "m" {
  source = "./m"
  v      = var.v
}
output "a" { value = terraform_data.a.output }
output "b" { value = terraform_data.b.output }
output "ab" { value = "${terraform_data.a.output}${terraform_data.b.output}" }
output "many" { value = terraform_data.many[*].output }
output "m" { value = module.m.o }
output "lit" { value = "x${var.v}" }
"""
MODULE = """
variable "v" { type = number }
resource "terraform_data" "c" { input = var.v }
output "o" { value = terraform_data.c.output }
"""
FIRST = {"a": 1, "b": 1, "ab": "11", "many": [1, 1], "m": 1, "lit": "x1"}


@pytest.fixture
def stack(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.hcl").write_text(STACK)
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.hcl").write_text(MODULE)
    assert cli.main(["apply", "-auto-approve"]) == 0
    return tmp_path


def outputs(capsys):
    capsys.readouterr()
    assert cli.main(["output", "-json"]) == 0
    return {name: each["value"] for name, each in json.loads(capsys.readouterr().out).items()}


@pytest.mark.parametrize(
    ("limits", "changed"),
    [
        (["-target=terraform_data.a"], {"a": 2}),
        (["-target=terraform_data.a", "-target=terraform_data.b"], {"a": 2, "b": 2, "ab": "22"}),
        (["-target=module.m"], {"m": 2}),
        (["-target=terraform_data.many[0]"], {"many": [2, 1]}),
        (["-exclude=terraform_data.b"], {"a": 2, "m": 2, "many": [2, 2], "lit": "x2"}),
    ],
)
@pytest.mark.parametrize("saved", [False, True])
def test_a_limited_plan_changes_the_outputs_of_what_it_names(stack, limits, changed, saved, capsys):
    if saved:
        assert cli.main(["plan", "-out=plan", "-var=v=2", *limits]) == 0
    assert cli.main(["apply", "plan"] if saved else ["apply", "-auto-approve", "-var=v=2", *limits]) == 0

    assert outputs(capsys) == {**FIRST, **changed}
    assert cli.main(["plan", "-var=v=2", *limits, "-detailed-exitcode"]) == 0


def test_an_output_that_is_not_targeted_is_neither_made_nor_removed(stack, capsys):
    (stack / "main.hcl").write_text(STACK.replace('output "lit"', 'output "new"'))

    assert cli.main(["plan", "-target=terraform_data.a", "-detailed-exitcode"]) == 0
    assert "lit" not in capsys.readouterr().out
    assert cli.main(["plan", "-detailed-exitcode"]) == 2


def test_what_is_wrong_in_an_output_that_is_not_targeted_fails_nothing(stack):
    (stack / "main.hcl").write_text(STACK.replace('"x${var.v}"', "[1][var.v]"))

    assert cli.main(["plan", "-target=terraform_data.a"]) == 0
    assert cli.main(["plan"]) == 1


@pytest.mark.parametrize(
    ("limits", "removed"),
    [
        (["-target=terraform_data.a"], ["a"]),
        (["-target=terraform_data.a", "-target=terraform_data.b"], ["a", "b", "ab"]),
        (["-target=module.m"], ["m"]),
        (["-target=terraform_data.many[0]"], []),
        (["-exclude=terraform_data.b"], ["a", "many", "m"]),
        ([], list(FIRST)),
    ],
)
def test_destroying_removes_the_outputs_of_what_is_gone(stack, limits, removed, capsys):
    assert cli.main(["plan", "-destroy", *limits, "-out=plan"]) == 0
    assert cli.main(["apply", "plan"]) == 0

    assert outputs(capsys) == {name: value for name, value in FIRST.items() if name not in removed}
