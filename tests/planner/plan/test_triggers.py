"""`replace_triggered_by` through the command line: what makes a resource anew, and what does not."""

from __future__ import annotations

import json

import pytest

import cli

STACK = """
resource "terraform_data" "a" {
  count = 2
  input = { x = count.index * %d, y = 1 }
}
resource "terraform_data" "b" {
  count = 2
  lifecycle { replace_triggered_by = [%s] }
}
"""


@pytest.fixture
def stack(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda text: (tmp_path / "main.hcl").write_text(text)


def actions(capsys):
    assert cli.main(["plan", "-out=plan"]) == 0
    capsys.readouterr()
    assert cli.main(["show", "-json", "plan"]) == 0
    changes = json.loads(capsys.readouterr().out)["resource_changes"]
    return {each["address"].removeprefix("terraform_data."): each["change"]["actions"] for each in changes}


@pytest.mark.parametrize(
    ("trigger", "replaced"),
    [
        ("terraform_data.a", {"b[0]", "b[1]"}),
        ("terraform_data.a[1]", {"b[0]", "b[1]"}),
        ("terraform_data.a[0]", set()),
        ("terraform_data.a[count.index]", {"b[1]"}),
        ("terraform_data.a[count.index].input.x", {"b[1]"}),
        ("terraform_data.a[1].input.y", set()),
        ("terraform_data.a[1].triggers_replace", set()),
        ("terraform_data.a[1].output", {"b[0]", "b[1]"}),
    ],
)
def test_what_is_triggered_is_made_anew(trigger, replaced, stack, capsys):
    stack(STACK % (1, trigger))
    assert cli.main(["apply", "-auto-approve"]) == 0
    stack(STACK % (2, trigger))

    found = actions(capsys)

    assert found["a[1]"] == ["update"]
    assert {name for name, each in found.items() if each == ["delete", "create"]} == replaced


NO_TRIGGERS = [
    "var.v",
    "local.v",
    '"terraform_data.a"',
    "module.m.x",
    "terraform_data.a[local.v]",
    "terraform_data.a[each.value]",
]


@pytest.mark.parametrize("trigger", NO_TRIGGERS)
def test_what_has_no_life_of_its_own_is_no_trigger(trigger, stack, capsys):
    stack(f'variable "v" {{ default = 1 }}\nlocals {{ v = 1 }}\n{STACK % (1, trigger)}')

    assert cli.main(["plan", "-no-color"]) == 1

    assert "replace_triggered_by takes resources" in capsys.readouterr().err
