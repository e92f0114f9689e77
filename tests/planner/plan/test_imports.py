"""`import` blocks through the command line: what is refused, what a plan shows, and what the state has after it."""

from __future__ import annotations

import json

import pytest

import cli

RESOURCE = 'resource "terraform_data" "a" {}\n'


def block(to="terraform_data.a", id='"x"', more=""):
    return f"import {{\n  to = {to}\n  id = {id}\n{more}}}\n"


@pytest.fixture
def stack(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(text, name="main.hcl"):
        (tmp_path / name).write_text(text)
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (block(), "There is no resource terraform_data.a to import to."),
        ('resource "terraform_data" "aa" {}\n' + block(), "Did you mean terraform_data.aa?"),
        ("locals { a = 1 }\n" + block("local.a"), "There is no resource local.a"),
        (RESOURCE + block('"terraform_data.a"'), "without quotes"),
        (RESOURCE + block("terraform_data.a[0]"), "but no instance terraform_data.a[0]"),
        (RESOURCE + block() + block(), "is imported at main.hcl line 4 already"),
        (RESOURCE + block(id='""'), "empty text"),
        (RESOURCE + block(id="null"), "is null"),
        (RESOURCE + block(id="[1]"), "not suitable"),
        (RESOURCE + block(id='sensitive("x")'), "cannot be sensitive"),
        (RESOURCE + 'resource "terraform_data" "b" {}\n' + block(id="terraform_data.b.id"), "only after apply"),
        (RESOURCE + block(id="terraform_data.a.id"), "refers to itself"),
        (RESOURCE + block(id="each.key"), '"each" has no value here'),
        (RESOURCE + block(more="  for_each = 3\n"), "takes a map, a set or a list"),
        (RESOURCE + "import {\n  to = terraform_data.a\n}\n", 'The argument "id" is required'),
        (RESOURCE + block(more="  ids = 3\n"), 'Did you mean "id"?'),
        ('resource "terraform_data" "a" { triggers_replace = "v2" }\n' + block(), "only by being destroyed first"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text, told, stack, capsys):
    folder = stack(text)

    assert cli.main(["plan", "-input=false", "-no-color"]) == 1

    error = capsys.readouterr().err
    assert told in error
    assert "main.hcl line" in error
    assert not list(folder.glob("freehold.state*"))


def test_a_module_may_not_import(stack, tmp_path, capsys):
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.hcl").write_text(RESOURCE + block())
    stack('module "m" { source = "./m" }\n')

    assert cli.main(["validate", "-no-color"]) == 1

    assert 'Blocks of type "import" are not expected in module m' in capsys.readouterr().err


def test_an_import_is_shown_applied_and_done_once(stack, capsys):
    stack('resource "terraform_data" "a" { input = 3 }\n' + block(id='"known"') + RESOURCE.replace('"a"', '"b"'))

    assert cli.main(["plan", "-no-color", "-detailed-exitcode"]) == 2
    shown = capsys.readouterr().out
    assert '&~ terraform_data.a  # will be imported and updated in place, from "known"' in shown
    assert "Plan: 1 to import, 1 to add, 1 to change, 0 to destroy." in shown

    assert cli.main(["apply", "-no-color", "-auto-approve"]) == 0
    assert "Resources: 1 imported, 1 added, 1 changed, 0 destroyed." in capsys.readouterr().out
    assert cli.main(["show", "-json"]) == 0
    found = json.loads(capsys.readouterr().out)["values"]["root_module"]["resources"]
    assert found[0]["values"] == {"id": "known", "input": 3, "output": 3, "triggers_replace": None}

    assert cli.main(["plan", "-no-color", "-detailed-exitcode"]) == 0


def test_a_saved_plan_imports_what_it_found(stack, capsys):
    stack('variable "size" { sensitive = true }\nresource "terraform_data" "a" { input = var.size }\n' + block())

    assert cli.main(["plan", "-no-color", "-out=plan", "-var=size=3"]) == 0
    assert cli.main(["apply", "-no-color", "plan"]) == 1  # the secret is in no plan, and is asked for again
    capsys.readouterr()
    assert cli.main(["apply", "-no-color", "-var=size=3", "plan"]) == 0

    assert "1 imported, 0 added, 1 changed" in capsys.readouterr().out


def test_machine_readable_lines_count_imports(stack, capsys):
    stack(RESOURCE + block())

    assert cli.main(["apply", "-auto-approve", "-json"]) == 0

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    planned = next(line["change"] for line in lines if line["type"] == "planned_change")
    assert (planned["action"], planned["importing"]) == ("import", {"id": "x"})
    assert [line["changes"]["import"] for line in lines if line["type"] == "change_summary"] == [1, 1]


def test_the_json_syntax_has_imports(stack, capsys):
    imports = {"to": "terraform_data.a[each.key]", "id": "${each.value}", "for_each": {"k": "known"}}
    text = {"resource": {"terraform_data": {"a": {"for_each": '${toset(["k"])}'}}}, "import": [imports]}
    stack(json.dumps(text), "main.hcl.json")

    assert cli.main(["plan", "-no-color"]) == 0

    assert 'will be imported, from "known"' in capsys.readouterr().out
