"""The configuration in plan JSON against terraform's, of the same text."""

from pathlib import Path

from planner.configuration.load import load
from planner.configuration.modules.install import Installer
from planner.render.configuration_json import render
from providers.contract import APP
from tests.planner.render.recorded_plan import RECORDED, recorded


def loaded(folder: Path, text: str):
    (folder / "main.hcl").write_text(text)
    configuration, diagnostics = load(folder, frozenset(), lambda: APP, Installer().install)
    assert not diagnostics
    return configuration


def test_it_is_terraforms(tmp_path):
    made = render(loaded(tmp_path, (RECORDED / "after.tf").read_text()))["root_module"]
    theirs = recorded("plan.json")["configuration"]["root_module"]

    assert made["outputs"] == theirs["outputs"]
    assert made["resources"] == theirs["resources"]


def test_variables_providers_and_dependencies(tmp_path):
    text = """
        variable "zone" {
          default     = "a"
          description = "Where."
        }
        variable "password" {
          default   = "hush"
          sensitive = true
        }
        variable "must" {}
        provider "aws" { region = var.zone }
        resource "terraform_data" "a" { count = 2 }
        resource "terraform_data" "b" { depends_on = [terraform_data.a] }
        output "p" {
          value     = var.password
          sensitive = true
        }
    """
    made = render(loaded(tmp_path, text))

    root = made["root_module"]
    assert root["variables"] == {
        "zone": {"default": "a", "description": "Where."},
        "password": {"default": None, "sensitive": True},
        "must": {},
    }
    assert made["provider_config"] == {"aws": {"name": "aws", "expressions": {"region": {"references": ["var.zone"]}}}}
    assert root["resources"][0]["count_expression"] == {"constant_value": 2}
    assert root["resources"][1]["depends_on"] == ["terraform_data.a"]
    assert root["outputs"]["p"]["sensitive"] is True
    assert "hush" not in str(made)


def test_without_a_configuration_the_root_is_empty():
    assert render(None) == {"root_module": {}}
