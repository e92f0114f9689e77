"""Modules, dynamic blocks and conditions through the command line: what bad input gets, and how far they reach."""

from __future__ import annotations

import json

import pytest

import cli

MODULE = """variable "size" { type = number }
resource "terraform_data" "a" { input = var.size }
output "size" { value = var.size }
"""


@pytest.fixture
def stack(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(text, module=MODULE):
        (tmp_path / "main.hcl").write_text(text)
        (tmp_path / "m").mkdir(exist_ok=True)
        (tmp_path / "m" / "main.tf").write_text(module)
        return tmp_path

    return write


def call(extra="", size="1"):
    return f'module "m" {{\n  source = "./m"\n  size = {size}\n  {extra}\n}}\n'


DATA = 'resource "terraform_data" "a" {}\n'


def moves(*pairs):
    blocks = "moved {{\n  from = terraform_data.{}\n  to = terraform_data.{}\n}}\n"
    return "".join(blocks.format(*pair.split()) for pair in pairs)


def condition(block, type_, text):
    inner = f'{type_} {{\n    condition = {text}\n    error_message = "No."\n  }}\n'
    value = "value" if block == "output" else "default"
    return f'locals {{ x = true }}\n{block} "x" {{\n  {value} = 1\n  {inner}}}\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('module "m" { source = "./m" }\n', 'The argument "size" is required in module "m".'),
        (call("sice = 2"), 'Did you mean "size"?'),
        (call(size='"many"'), 'The value for "size" from module.m is not suitable'),
        (call() + 'output "o" { value = module.m.sise }\n', "Did you mean module.m.size?"),
        (call() + 'output "o" { value = module.n.size }\n', "no module call named"),
        (call("count = 2") + 'output "o" { value = module.m.size }\n', "Say which one: module.m[0].size"),
        (call("count = 1\n  for_each = {}"), 'Both "count" and "for_each"'),
        (call("for_each = [1]"), "for_each takes a map, or a set of texts"),
        ('module "m" { source = "./none" }\n', "There is no folder"),
        ('module "m" {}\n', 'The argument "source" is required'),
        (
            call("providers = { terraform = terraform.west }") + 'provider "terraform" { alias = "east" }\n',
            'no provider configuration "terraform"',
        ),
        ('terraform {\n  backend "s3" {}\n}\n', 'stack "NAME"'),
        ('terraform { required_version = ">= 2" }\n', "Unsupported Terraform language version"),
        ('import {\n  to = terraform_data.a\n  id = "x"\n}\n', "import"),
        ('datum "aws_region" "r" {}\n', "Unsupported block type"),
        ("moved {\n  from = terraform_data.a\n  to = module.m\n}\n", "of different types"),
        (call() + "moved {\n  from = module.m\n  to = module.n\n}\n", "Moved object still exists"),
        ('check "c" {}\n', 'A "assert" block is required'),
        (call("providers = [terraform]"), "providers takes { NAME = CONFIGURATION, ... }"),
        ("moved {\n  from = terraform_data.a\n  to = terraform_data.a\n}\n", "Redundant move statement"),
        (moves("a b", "a c"), "has terraform_data.a move to another place"),
        (moves("a c", "b c"), "has another one move to terraform_data.c"),
        (moves("a b", "b c", "c a"), "lead back to terraform_data.c"),
        (DATA + "removed {\n  from = terraform_data.a\n}\n", "Removed object still exists"),
        ("removed {\n  from = terraform_data.b[0]\n}\n", "without a key"),
        (DATA + 'output "o" {\n  value = 1\n  depends_on = [terraform_data.a.id]\n}\n', "is a part of it"),
        ('resource "terraform_data" "a.b" {}\n', '"a.b" is no name'),
        (DATA.replace("{}", "{\n  lifecycle { ignore_changes = [inptu] }\n}"), 'Did you mean "input"?'),
        (condition("output", "precondition", "1 < 2"), "The condition refers to nothing"),
        (condition("variable", "validation", "local.x"), "The condition has to refer to var.x"),
    ],
)
def test_bad_input_is_told_once_with_its_place(text, told, stack, capsys):
    stack(text)

    assert cli.main(["plan", "-input=false", "-no-color"]) == 1

    error = capsys.readouterr().err
    assert " ".join(told.split()) in " ".join(error.split())
    assert error.count("Error:") == 1
    assert " line " in error
    assert "Traceback" not in error


def test_an_error_inside_a_module_that_is_called_often_is_told_once(stack, capsys):
    calls = "".join(f'module "m{index}" {{\n  source = "./m"\n  size = 1\n}}\n' for index in range(20))
    stack(calls, MODULE.replace("terraform_data", "terraform_dat"))

    assert cli.main(["validate", "-no-color"]) == 1

    error = capsys.readouterr().err
    assert error.count("Error:") == 1
    assert "m/main.tf line 2" in error


def test_a_module_that_calls_itself_is_told(stack, capsys):
    stack(call(), MODULE + 'module "m" {\n  source = "../m"\n  size = 1\n}\n')

    assert cli.main(["plan", "-no-color"]) == 1

    assert "Module calls itself" in capsys.readouterr().err


def test_twenty_levels_and_five_hundred_instances(stack, tmp_path, capsys):
    levels = 20
    for level in range(levels):
        folder = tmp_path / f"l{level}"
        folder.mkdir()
        inner = f'module "next" {{\n  source = "../l{level + 1}"\n  name = "${{var.name}}."\n}}\n'
        last = 'resource "terraform_data" "end" { input = var.name }\n'
        value = "terraform_data.end.output" if level == levels - 1 else "module.next.name"
        (folder / "main.hcl").write_text(
            f'variable "name" {{}}\n{last if level == levels - 1 else inner}output "name" {{ value = {value} }}\n'
        )
    deep = 'module "deep" {\n  source = "./l0"\n  name = "n"\n}\noutput "deep" { value = module.deep.name }\n'
    stack(call("count = 500", "count.index") + deep + 'output "sum" { value = sum(module.m[*].size) }\n')

    assert cli.main(["apply", "-auto-approve", "-no-color"]) == 0
    assert "501 added" in capsys.readouterr().out
    assert cli.main(["output", "-json"]) == 0

    outputs = json.loads(capsys.readouterr().out)
    assert outputs["deep"]["value"] == "n" + "." * (levels - 1)
    assert outputs["sum"]["value"] == 500 * 499 // 2
    assert cli.main(["plan", "-detailed-exitcode"]) == 0


CONDITIONS = """
resource "terraform_data" "a" {
  input = "x"
  lifecycle {
    precondition {
      condition     = %s
      error_message = "before"
    }
    postcondition {
      condition     = %s
      error_message = "after, for ${self.output}"
    }
  }
}
resource "terraform_data" "b" { input = terraform_data.a.id }
"""


@pytest.mark.parametrize(
    ("conditions", "code", "told"),
    [
        (("path.root != null", 'self.output == "x"'), 0, "2 added"),
        (("path.root == null", "path.root != null"), 1, "Resource precondition failed"),
        (("path.root != null", "self.input == 1"), 1, "Resource postcondition failed"),
        (("path.root != null", 'self.output == "y"'), 1, "after, for x"),
        (('path.root == "." ? null : true', "path.root != null"), 1, "Invalid condition"),
    ],
)
def test_conditions_around_a_resource(conditions, code, told, stack, capsys):
    stack(CONDITIONS % conditions)

    assert cli.main(["apply", "-auto-approve", "-no-color"]) == code

    shown = capsys.readouterr()
    assert told in shown.out + shown.err


def test_what_depends_on_a_failed_postcondition_is_not_begun(stack, capsys):
    stack(CONDITIONS % ("path.root != null", 'self.output == "y"'))

    assert cli.main(["apply", "-auto-approve", "-no-color"]) == 1
    capsys.readouterr()
    assert cli.main(["state", "list"]) == 0

    assert capsys.readouterr().out.split() == ["terraform_data.a"]


CLUSTER = """
variable "pools" {}
cluster "main" {
  provider = "aws"
  region   = "eu-west-1"
  dynamic "node_pool" {
    for_each = var.pools
    labels   = [node_pool.key]
    content {
      cpu       = 2
      memory_gb = 8
      max       = node_pool.value
    }
  }
}
"""


@pytest.mark.parametrize(("pools", "told"), [("{ a = 1, b = 2 }", "Success!"), ('{ a = "x" }', "not suitable")])
def test_node_pools_may_be_dynamic(pools, told, stack, capsys):
    stack(CLUSTER.replace('variable "pools" {}', f'variable "pools" {{ default = {pools} }}'))

    cli.main(["validate", "-no-color"])

    shown = capsys.readouterr()
    assert told in shown.out + shown.err


@pytest.mark.parametrize("made", ['resource "terraform_data" "a"', 'module "a"'])
@pytest.mark.parametrize("repeated", ["for_each = %s", "count = length(%s)"])
def test_what_follows_from_instances_in_error_is_not_told(made, repeated, stack, capsys):
    name = "module.a" if made.startswith("module") else "terraform_data.a"
    source = 'source = "./m"\n  size = 1\n' if made.startswith("module") else ""
    stack(f'{made} {{\n  {source}  for_each = ["x"]\n}}\nresource "terraform_data" "b" {{\n  {repeated % name}\n}}\n')

    assert cli.main(["plan", "-input=false", "-no-color"]) == 1

    error = capsys.readouterr().err
    assert "for_each takes a map, or a set of texts" in error
    assert error.count("Error:") == 1


@pytest.mark.parametrize(
    "text",
    [
        'locals { a = tonumber("x") }\nresource "terraform_data" "b" { count = local.a + 1 }\n',
        'locals { a = nope("x") }\nresource "terraform_data" "b" { for_each = { for k in local.a : k => k } }\n',
        'locals { a = [1][3] }\nresource "terraform_data" "b" { count = local.a.b[0] ? 1 : 0 }\n',
        'locals { a = {}.x }\nresource "terraform_data" "b" { for_each = toset(local.a[*].name) }\n',
    ],
    ids=["a sum", "a loop", "an index", "a splat"],
)
def test_what_follows_from_a_local_in_error_is_not_told(text, stack, capsys):
    stack(text)

    assert cli.main(["plan", "-input=false", "-no-color"]) == 1

    error = capsys.readouterr().err
    assert error.count("Error:") == 1
    assert "known only after apply" not in error


@pytest.mark.parametrize("inside", ["output", "local"])
def test_what_comes_out_in_error_inside_of_a_module_is_told_when_it_is_applied(inside, stack, capsys):
    wrong = "tonumber(terraform_data.a.id)"
    said = f'output "wrong" {{ value = {wrong} }}\n' if inside == "output" else f"locals {{ wrong = {wrong} }}\n"
    stack('module "m" { source = "./m" }\n', f'resource "terraform_data" "a" {{}}\n{said}')

    assert cli.main(["apply", "-auto-approve", "-input=false", "-no-color"]) == 1

    error = capsys.readouterr().err
    assert "a number is required" in error
    assert error.count("Error:") == 1
