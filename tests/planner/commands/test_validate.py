"""What `validate` tells of a stack, and what it leaves to be told by something else."""

from __future__ import annotations

import json

import pytest

import cli


@pytest.fixture
def told(tmp_path, monkeypatch, capsys):
    """The summaries and lines of what is told of a stack, in its order."""

    def validate(text, **files):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "main.hcl").write_text(text)
        for name, content in files.items():
            (tmp_path / name.replace("__", ".")).write_text(content)
        cli.main(["validate", "-json"])
        found = json.loads(capsys.readouterr().out)["diagnostics"]
        return [(each["summary"], each.get("range", {}).get("start", {}).get("line", 0)) for each in found]

    return validate


def test_what_a_broken_block_lacks_and_who_refers_to_it_is_not_told(told):
    text = """
variable "size" { type = number default = 1 }
output "size" { value = var.size }
output "a" {
  valeu = 'x'
}
output "b" { valeu = 1 }
"""

    assert told(text) == [
        ("Invalid single-argument block definition", 2),
        ("Invalid quotes", 5),
        ("Missing required argument", 7),
        ("Unsupported argument", 7),
    ]


def test_an_error_in_one_block_does_not_hide_those_of_others(told):
    text = """
output "a" { value = cluster. }
resource "terraform_data" "t" { inptu = var.y }
output "b" { value = terraform_data.none.id }
"""

    assert told(text) == [
        ("Invalid attribute name", 2),
        ("Unsupported argument", 3),
        ("Reference to undeclared input variable", 3),
        ("Reference to undeclared resource", 4),
    ]


@pytest.mark.parametrize(
    ("lost", "name"),
    [
        ('variable "y {\n}\n', "var.y"),
        ("locals {\n  a = b = c\n  y = 1\n}\n", "local.y"),
        ("variable y {{\n}\n", "var.y"),
        ("}\nlocals {\n  y = 1\n}\n", "local.y"),
    ],
)
def test_a_name_that_may_be_in_what_is_broken_is_not_missed(told, lost, name):
    found = told(lost + f'output "b" {{ value = {name} }}\n')

    assert found
    assert not [summary for summary, _ in found if "undeclared" in summary]


def test_what_a_file_declares_that_cannot_be_read_is_not_missed(told):
    broken = '{"variable": {"size": {"default": 1}'

    assert told('output "size" { value = var.size }\n', vars__hcl__json=broken) == [("Missing comma", 1)]


def test_all_that_can_be_known_is_told_in_one_run(told):
    text = """
variable "size" { type = number }
variable "pool" { type = object({ name = string }) }
resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.main.idd
  cidr_block = ["a"]
  count      = "many"
}
resource "aws_subnet" "b" {
  for_each   = toset(["x", "y"])
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
  bogus      = each.key
}
output "a" { value = var.siez }
output "b" { value = var.pool.nmae }
output "c" { value = aws_vpc.main.tgas }
output "d" { value = [for subnet in aws_subnet.b : subnet.nothing] }
output "e" { value = aws_subnet.b.id }
output "f" { value = var.size ? 1 : 2 }
output "g" { value = lenght([]) }
"""

    assert told(text) == [
        ("Unsupported attribute", 6),
        ("Incorrect attribute value type", 7),
        ("Invalid count argument", 8),
        ("Unsupported argument", 14),
        ("Reference to undeclared input variable", 16),
        ("Unsupported attribute", 17),
        ("Unsupported attribute", 18),
        ("Unsupported attribute", 19),
        ("Unsupported attribute", 20),
        ("Incorrect condition type", 21),
        ("Call to unknown function", 22),
    ]


def test_a_variable_may_get_another_value_than_its_default(told):
    text = """
variable "list" { default = [] }
variable "size" {
  default = 3
  validation {
    condition     = var.size > 5
    error_message = "It is ${var.size}."
  }
}
output "first" { value = var.list[0] }
resource "terraform_data" "it" { count = var.size - 4 }
"""

    assert told(text) == []


def test_conditions_are_looked_at(told):
    text = """
variable "size" {
  type = number
  validation {
    condition     = var.size
    error_message = [var.size]
  }
}
resource "terraform_data" "it" {
  lifecycle {
    precondition {
      condition     = terraform_data.other.inptu == ""
      error_message = "No."
    }
    postcondition {
      condition     = self.nothing == ""
      error_message = "No."
    }
  }
}
resource "terraform_data" "other" {}
check "it" {
  assert {
    condition     = terraform_data.it.nothing == ""
    error_message = "No."
  }
}
output "it" {
  value = 1
  precondition {
    condition     = [var.size]
    error_message = "No."
  }
}
"""

    assert told(text) == [
        ("Invalid condition", 5),
        ("Invalid error message", 6),
        ("Unsupported attribute", 12),
        ("Unsupported attribute", 16),
        ("Unsupported attribute", 24),
        ("Invalid condition", 31),
    ]


def test_what_is_sensitive_is_not_shown_by_outputs_keys_or_messages(told, capsys):
    text = """
variable "secret" {
  default   = "hunter2"
  sensitive = true
}
output "a" { value = var.secret }
output "b" {
  value     = tonumber(var.secret)
  sensitive = true
}
resource "terraform_data" "it" { for_each = toset([var.secret]) }
"""

    assert told(text) == [("Output refers to sensitive values", 6), ("Invalid for_each argument", 11)]


def test_what_is_wrong_with_a_module_is_told_once_however_often_it_is_called(told, tmp_path):
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "main.tf").write_text('resource "aws_vpc" "it" {\n  cidr_block = []\n  bogus = 1\n}\n')
    calls = 'module "a" {\n  source = "./part"\n  count = 3\n}\nmodule "b" {\n  source = "./part"\n  count = "x"\n}\n'

    assert told(calls) == [
        ("Invalid count argument", 7),
        ("Incorrect attribute value type", 2),
        ("Unsupported argument", 3),
    ]


def test_of_a_broken_argument_outside_of_blocks_only_that_is_told(told):
    assert told('x = "a\noutput "a" { value = 1 }\n') == [("Unclosed text", 1)]


def test_a_block_that_could_not_be_referred_to_is_told(told):
    text = """
variable "a b" { default = 1 }
output "1a" { value = 1 }
output "é😀" { value = 1 }
output "é-1" { value = 1 }
resource "terraform_data" "it is" {}
locals { a-b = 1 }
"""

    assert told(text)[:4] == [
        ("Invalid name", 2),
        ("Invalid name", 3),
        ("Invalid name", 4),
        ("Invalid name", 6),
    ]


def test_what_has_to_be_constant_is(told):
    text = """
stack "s" {
  required_version = join(" ", [">=", "0"])
  backend "s3" {
    bucket = upper("x")
    key    = timestamp()
    region = var.a
  }
}
variable "a" { default = uuid() }
variable "b" { default = var.a }
output "b" { value = var.b }
"""

    assert told(text) == [
        ("Function calls not allowed", 6),
        ("Variables not allowed", 7),
        ("Function calls not allowed", 10),
        ("Variables not allowed", 11),
    ]


def test_names_that_are_misspelled_are_told_once_each(told):
    text = """
provider "aws" { alias = "west" }
resource "aws_vpc" "a" {
  provider   = aws.wset
  cidr_block = "10.0.0.0/16"
  lifecycle { ignore_changes = [cidr_blok] }
}
cluster "main" {
  provider = "aws"
  regio    = "x"
}
"""

    assert told(text) == [
        ("Provider configuration not present", 4),
        ("Unsupported argument", 6),
        ("Unsupported argument", 10),
    ]
