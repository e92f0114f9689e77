"""Stacks of terraform_data through the command line: what bad input gets, and what a plan promises."""

from __future__ import annotations

import os
import stat

import pytest

import cli

CYCLE = """
resource "terraform_data" "a" { input = terraform_data.b.id }
resource "terraform_data" "b" { input = local.c }
locals { c = terraform_data.a.id }
"""
APP = 'cluster "c" { kubeconfig = "nowhere" }\napp "a" {\n  cluster = cluster.c\n  manifests = "bad.yaml"\n}\n'


@pytest.fixture
def stack(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(text, **files):
        (tmp_path / "main.hcl").write_text(text)
        for name, content in files.items():
            (tmp_path / name.replace("__", ".")).write_text(content)
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("locals { a = }\n", "main.hcl line 1"),
        ('resourc "terraform_data" "a" {}\n', 'Did you mean "resource"?'),
        ('resource "terraform_data" "a" { inptu = 1 }\n', 'Did you mean "input"?'),
        ('resource "terraform_dat" "a" {}\n', "terraform_dat"),
        ('output "o" { value = var.colour }\n', "undeclared input variable"),
        ('variable "region" { default = "x" }\noutput "o" { value = var.regoin }\n', "Did you mean var.region?"),
        ('output "o" { value = terraform_data.none.id }\n', "undeclared resource"),
        ('resource "terraform_data" "a" { count = "many" }\n', "count"),
        ('variable "n" { type = number }\n', "No value for required variable"),
        ('output "o" { value = 1 + "x" }\n', "operand"),
        (CYCLE, "terraform_data.b refers to local.c (main.hcl line 3)"),
        ('stack "s" { required_version = ">= 99" }\n', "Unsupported freehold version"),
    ],
)
def test_bad_input_is_told_with_its_place_and_nothing_is_written(text, told, stack, capsys):
    folder = stack(text)

    assert cli.main(["plan", "-input=false", "-no-color"]) == 1

    error = capsys.readouterr().err
    assert told in error
    assert "Traceback" not in error
    assert not list(folder.glob("freehold.state*"))


def test_several_errors_are_told_at_once(stack, capsys):
    stack('output "a" { value = var.x }\noutput "b" { value = local.y }\noutput "c" { value = cluster.z }\n')

    assert cli.main(["validate", "-no-color"]) == 1

    assert capsys.readouterr().err.count("Error:") == 3


def test_a_manifest_in_error_is_told_with_its_own_file_and_line(stack, capsys):
    stack(APP, bad__yaml="apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: [\n")

    assert cli.main(["validate", "-no-color"]) == 1

    assert "bad.yaml line" in capsys.readouterr().err


def test_exit_codes_tell_changes_and_an_applied_stack_has_none(stack, capsys):
    stack('resource "terraform_data" "a" { input = 1 }\noutput "x" { value = terraform_data.a.output }\n')

    assert cli.main(["plan", "-detailed-exitcode"]) == 2
    assert cli.main(["apply", "-auto-approve"]) == 0
    assert cli.main(["plan", "-detailed-exitcode"]) == 0
    capsys.readouterr()
    assert cli.main(["output", "-json", "x"]) == 0
    assert capsys.readouterr().out.strip() == "1"


def test_a_saved_plan_is_private_and_runs_once(stack, capsys):
    folder = stack('resource "terraform_data" "a" { input = 1 }\n')

    assert cli.main(["plan", "-out=p"]) == 0
    assert stat.S_IMODE((folder / "p").stat().st_mode) == 0o600
    assert cli.main(["apply", "p"]) == 0
    assert cli.main(["apply", "p"]) == 1
    assert "Saved plan is stale" in capsys.readouterr().err


def test_a_saved_plan_is_refused_when_the_configuration_changed(stack, capsys):
    stack('resource "terraform_data" "a" { input = 1 }\n')
    assert cli.main(["plan", "-out=p"]) == 0
    stack('resource "terraform_data" "a" { input = 2 }\n')

    assert cli.main(["apply", "p"]) == 1

    assert "configuration" in capsys.readouterr().err


def test_a_secret_is_in_no_file_and_in_no_output_and_is_no_change_the_second_time(stack, capsys):
    secret = "correct-horse-battery"
    folder = stack(
        'variable "key" { sensitive = true }\n'
        'resource "terraform_data" "a" { input = { key = var.key, text = "Bearer ${var.key}" } }\n'
        'resource "terraform_data" "b" { input = terraform_data.a.output }\n'
    )

    assert cli.main(["plan", f"-var=key={secret}", "-out=p"]) == 0
    assert cli.main(["apply", f"-var=key={secret}", "p"]) == 0
    assert cli.main(["plan", f"-var=key={secret}", "-detailed-exitcode"]) == 0
    assert cli.main(["plan", "-var=key=another-one", "-detailed-exitcode"]) == 2

    shown = capsys.readouterr()
    assert secret not in shown.out + shown.err
    for file in folder.iterdir():
        assert secret.encode() not in file.read_bytes(), file


def test_variables_have_terraforms_order_of_precedence(stack, capsys, monkeypatch):
    text = 'variable "v" { default = "default" }\noutput "v" { value = var.v }\n'

    def told(*arguments):
        assert cli.main(["apply", "-auto-approve", *arguments]) == 0
        capsys.readouterr()
        cli.main(["output", "-raw", "v"])
        return capsys.readouterr().out

    stack(text)
    assert told() == "default"
    monkeypatch.setenv("FREEHOLD_VAR_v", "environment")
    assert told() == "environment"
    stack(text, freehold__hclvars='v = "file"\n')
    assert told() == "file"
    stack(text, a__auto__hclvars='v = "auto"\n', last__hclvars='v = "named"\n')
    assert told() == "auto"
    assert told("-var=v=first", "-var-file=last.hclvars") == "named"
    assert told("-var-file=last.hclvars", "-var=v=last") == "last"


def test_counts_shrink_and_grow_and_what_is_not_asked_for_is_destroyed(stack, capsys):
    stack('resource "terraform_data" "a" { count = 3 }\n')
    assert cli.main(["apply", "-auto-approve"]) == 0
    stack('resource "terraform_data" "a" { count = 1 }\nresource "terraform_data" "b" { for_each = toset(["x"]) }\n')

    assert cli.main(["apply", "-auto-approve"]) == 0

    assert "Resources: 1 added, 0 changed, 2 destroyed." in capsys.readouterr().out
    cli.main(["state", "list"])
    assert capsys.readouterr().out.split() == ["terraform_data.a[0]", 'terraform_data.b["x"]']


def test_prevent_destroy_holds_and_a_target_leaves_the_rest(stack, capsys):
    stack(
        'resource "terraform_data" "a" {\n  lifecycle { prevent_destroy = true }\n}\nresource "terraform_data" "b" {}\n'
    )

    assert cli.main(["apply", "-auto-approve", "-target=terraform_data.a"]) == 0
    cli.main(["state", "list"])
    assert capsys.readouterr().out.split()[-1] == "terraform_data.a"
    assert cli.main(["destroy", "-auto-approve"]) == 1
    assert "prevent_destroy" in capsys.readouterr().err


def test_the_environment_is_left_as_it_was(stack):
    stack('resource "terraform_data" "a" {}\n')
    before = dict(os.environ)

    cli.main(["plan"])

    assert dict(os.environ) == before


def test_what_differs_each_time_is_unknown_in_loops_too(stack, capsys):
    stack(
        'output "a" { value = [for x in [1] : timestamp()] }\n'
        'output "b" { value = { for x in [1] : x => uuid() } }\n'
        'output "c" { value = "%{for x in [1]}${uuid()}%{endfor}" }\n'
        'output "d" { value = [for x in [1] : plantimestamp()] == [plantimestamp()] }\n'
    )

    assert cli.main(["plan", "-no-color"]) == 0

    shown = capsys.readouterr().out
    assert shown.count("(known after apply)") == 3
    assert "+ d = true" in shown


def test_a_fault_of_one_instance_is_told_with_its_address_and_one_of_all_without(stack, capsys):
    stack(
        'resource "terraform_data" "a" {\n  for_each = { a = 1, b = "x" }\n  input = each.value + 1\n  bogus = 1\n}\n'
    )

    assert cli.main(["plan", "-no-color"]) == 1

    error = capsys.readouterr().err
    assert error.count("with terraform_data.") == error.count('with terraform_data.a["b"],') == 1
    assert error.count("Unsupported argument") == 1
    assert 'each.value is "x"' in error


def test_of_a_large_cycle_some_members_are_told_and_soon(stack, capsys):
    stack("locals {\n  a0 = local.a2999\n" + "".join(f"  a{n} = local.a{n - 1}\n" for n in range(1, 3000)) + "}\n")

    assert cli.main(["validate", "-no-color"]) == 1

    error = capsys.readouterr().err
    assert "and 2980 more" in error
    assert error.count("refers to") == 20


@pytest.mark.parametrize(
    "content", [None, b"n = 1 +\nzz = [\n", b"\xff", b'{"n": 1'], ids=["missing", "broken", "bytes", "json"]
)
def test_a_variables_file_that_cannot_be_read_is_all_that_is_told(content, stack, capsys):
    folder = stack('variable "n" { type = number }\nvariable "m" { type = number }\noutput "o" { value = var.n }\n')
    name = "x.json" if content and content.startswith(b"{") else "x.hclvars"
    if content is not None:
        (folder / name).write_bytes(content)

    assert cli.main(["plan", "-no-color", f"-var-file={name}"]) == 1

    assert "No value for required variable" not in capsys.readouterr().err


def test_a_look_at_the_state_needs_no_values_for_variables(stack, capsys):
    stack('variable "n" { type = number }\noutput "o" { value = var.n }\nresource "terraform_data" "a" {}\n')
    assert cli.main(["apply", "-auto-approve", "-no-color", "-var", "n=7"]) == 0
    capsys.readouterr()

    told = []
    for command in (
        ["output", "-raw", "o"],
        ["state", "list"],
        ["state", "show", "terraform_data.a"],
        ["show"],
        ["graph"],
    ):
        assert cli.main([*command]) == 0, command
        told.append(capsys.readouterr().out)
    assert told[:2] == ["7", "terraform_data.a\n"]


def test_an_output_that_is_null_is_not_kept(stack, capsys):
    stack('output "a" { value = null }\noutput "b" { value = 1 }\n')
    assert cli.main(["apply", "-auto-approve", "-input=false"]) == 0
    capsys.readouterr()

    assert cli.main(["output", "-json"]) == 0
    assert capsys.readouterr().out.strip() == '{"b":{"sensitive":false,"type":"number","value":1}}'

    assert cli.main(["plan", "-input=false", "-detailed-exitcode"]) == 0


def test_what_is_in_error_is_told_before_credentials_are_asked_for(stack, capsys):
    stack('cluster "c" {\n  provider = "aws"\n  region = "eu-west-1"\n  vresion = "1.34"\n}\n')

    assert cli.main(["plan", "-input=false", "-no-color"]) == 1

    error = capsys.readouterr().err
    assert 'Did you mean "version"?' in error
    assert "credentials" not in error


def test_locals_that_nothing_refers_to_are_asked_for_too(stack, capsys):
    stack('locals { bad = tonumber("x") }\n')

    assert cli.main(["plan", "-input=false", "-no-color"]) == 1
    assert "a number is required" in capsys.readouterr().err
