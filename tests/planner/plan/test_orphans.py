"""What the configuration asks for no more, through the command line: why it goes, and what may not go."""

from __future__ import annotations

import json

import pytest

import cli

REASONS = [
    ("count = 2", "count = 1", {"terraform_data.a[1]": "delete_because_count_index"}),
    ('for_each = toset(["x", "y"])', 'for_each = toset(["x"])', {'terraform_data.a["y"]': "delete_because_each_key"}),
    ("count = 1", 'for_each = toset(["x"])', {"terraform_data.a[0]": "delete_because_wrong_repetition"}),
]


@pytest.fixture
def stack(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.tf").write_text('resource "terraform_data" "a" {}\n')
    return lambda text: (tmp_path / "main.hcl").write_text(text)


def applied(stack, text):
    stack(text)
    assert cli.main(["apply", "-auto-approve"]) == 0


def deleted(capsys):
    assert cli.main(["plan", "-out=plan"]) == 0
    capsys.readouterr()
    assert cli.main(["show", "-json", "plan"]) == 0
    changes = json.loads(capsys.readouterr().out)["resource_changes"]
    return {c["address"]: c["action_reason"] for c in changes if c["change"]["actions"] == ["delete"]}


@pytest.mark.parametrize(("before", "after", "reasons"), REASONS)
def test_an_instance_goes_with_its_reason(before, after, reasons, stack, capsys):
    applied(stack, f'resource "terraform_data" "a" {{ {before} }}\n')
    stack(f'resource "terraform_data" "a" {{ {after} }}\n')

    assert deleted(capsys) == reasons


def test_an_instance_of_a_module_goes_with_its_reason(stack, capsys):
    applied(stack, 'module "m" {\n  source = "./m"\n  count = 2\n}\n')
    stack('module "m" {\n  source = "./m"\n  count = 1\n}\n')

    assert deleted(capsys) == {"module.m[1].terraform_data.a": "delete_because_no_module"}


def test_what_was_moved_to_where_nothing_is_goes(stack, capsys):
    applied(stack, 'resource "terraform_data" "a" {}\n')
    stack("moved {\n  from = terraform_data.a\n  to = terraform_data.b\n}\n")

    assert deleted(capsys) == {"terraform_data.b": "delete_because_no_move_target"}


def test_an_instance_that_may_not_be_destroyed_stays(stack, capsys):
    text = 'resource "terraform_data" "a" {\n  count = %d\n  lifecycle { prevent_destroy = true }\n}\n'
    applied(stack, text % 2)
    stack(text % 1)

    assert cli.main(["plan", "-no-color"]) == 1

    assert "Instance cannot be destroyed" in capsys.readouterr().err


def test_what_another_one_needs_first_is_created_first(stack, capsys):
    text = """
resource "terraform_data" "a" { triggers_replace = %d }
resource "terraform_data" "b" {
  input = terraform_data.a.id
  lifecycle { create_before_destroy = true }
}
"""
    applied(stack, text % 1)
    stack(text % 2)
    assert cli.main(["plan", "-out=plan"]) == 0
    capsys.readouterr()
    assert cli.main(["show", "-json", "plan"]) == 0

    changes = {c["address"]: c["change"]["actions"] for c in json.loads(capsys.readouterr().out)["resource_changes"]}

    assert changes["terraform_data.a"] == ["create", "delete"]
