"""Ephemeral values beside Terraform: what is refused there is refused here, and what is not comes to the same."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from planner.commands.validate import validate_stack
from tests.conformance.language.conftest import Both

VARIABLES = """
variable "word" {
  ephemeral = true
  default   = "abc"
}
variable "both" {
  ephemeral = true
  sensitive = true
  default   = "def"
}
"""
MODULE = """
variable "taken" {
  ephemeral = true
  default   = null
}
variable "kept" { default = null }
output "given" {
  value     = var.taken
  ephemeral = true
}
output "nothing" { value = ephemeralasnull(var.taken) }
"""
REFUSED = {
    "an argument": 'resource "terraform_data" "a" { input = var.word }',
    "in an object": 'resource "terraform_data" "a" { input = { a = [var.word] } }',
    "through a local": 'locals { w = upper(var.word) }\nresource "terraform_data" "a" { input = local.w }',
    "count": 'resource "terraform_data" "a" { count = length(var.word) }',
    "for_each": 'resource "terraform_data" "a" { for_each = toset([var.word]) }',
    "an output": 'output "o" { value = var.word }',
    "an ephemeral output of the root": 'output "o" {\n  value = var.word\n  ephemeral = true\n}',
    "a variable that is not": 'module "m" {\n  source = "./m"\n  kept = var.word\n}',
    "a module's count": 'module "m" {\n  source = "./m"\n  count = length(var.word)\n}',
    "a module's output": 'module "m" {\n  source = "./m"\n  taken = 1\n}\noutput "o" { value = module.m.given }',
    "a condition's result": 'output "o" { value = var.word == "abc" }',
    "a chosen one": 'output "o" { value = var.word == "abc" ? 1 : 2 }',
    "a loop over one": 'output "o" { value = [for c in split("", var.word) : "x"] }',
    "applying": 'output "o" { value = terraform.applying }',
    "a key": 'output "o" { value = { (var.word) = 1 } }',
    "an element": 'output "o" { value = ["a", var.word][1] }',
    "replace_triggered_by": (
        'resource "terraform_data" "a" { triggers_replace = var.word }\nresource "terraform_data" "b" {}'
    ),
}
EXPRESSIONS = {
    "ephemeralasnull(var.word)",
    "ephemeralasnull([var.word, 1, { a = upper(var.word) }])",
    "nonsensitive(ephemeralasnull(var.both))",
    'ephemeralasnull("plain")',
    "issensitive(var.word)",
    "issensitive(var.both)",
    "ephemeralasnull(nonsensitive(var.both))",
    "ephemeralasnull(module.m.given)",
    "module.m.nothing",
    'ephemeralasnull("${var.word}-")',
    "ephemeralasnull({ for k, v in { a = var.word, b = 2 } : k => v })",
    "ephemeralasnull(length(var.word))",
    "ephemeralasnull(try(var.word.none, 3))",
}


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
@pytest.mark.parametrize("name", REFUSED)
def test_what_terraform_refuses_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.tf").write_text(MODULE)
    for file in ("main.tf", "main.hcl"):
        (tmp_path / file).write_text(f"{VARIABLES}{REFUSED[name]}\n")
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    for command in (["terraform", "init"], ["terraform", "plan", "-no-color", "-input=false"]):
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)

    assert done.returncode == 1
    assert "phemeral" in done.stderr
    found = validate_stack(tmp_path).diagnostics
    assert [each for each in found if each.severity == "error" and "phemeral" in each.summary + each.detail]


def test_what_it_takes_comes_to_the_same(both: Both) -> None:
    outputs = "".join(f'output "o{number}" {{ value = {text} }}\n' for number, text in enumerate(sorted(EXPRESSIONS)))
    call = 'module "m" {\n  source = "./m"\n  taken = "${var.word}!"\n}\n'
    both.write({"main.tf": VARIABLES + call + outputs, "m/main.tf": MODULE})

    theirs, ours = both.applied()

    assert _values(ours) == _values(theirs)


def _values(outputs: dict[str, Any]) -> dict[str, Any]:
    """Without their types: a null has none here."""
    return {name: (output["value"], output["sensitive"]) for name, output in outputs.items()}
