"""`data` blocks beside Terraform's: what is read when, what the plan says of it, and what comes of it."""

from __future__ import annotations

import json

import pytest

STATE = {
    "version": 4,
    "terraform_version": "1.11.4",
    "serial": 1,
    "lineage": "ec6ff106-917d-cec0-d00f-70b6e7f3ab69",
    "outputs": {
        "o": {
            "value": {"a": [1, "x"], "s": ["b"]},
            "type": ["object", {"a": ["tuple", ["number", "string"]], "s": ["set", "string"]}],
        },
        "n": {"value": 0.5, "type": "number"},
        "m": {"value": {"k": "v"}, "type": ["map", "string"]},
    },
    "resources": [],
}
FILES = {
    "states/other.tfstate": json.dumps(STATE),
    "m/main.tf": """
variable "path" { default = "states/other.tfstate" }
variable "input" { default = 1 }
resource "terraform_data" "r" { input = var.input }
data "terraform_remote_state" "s" {
  backend = "local"
  config  = { path = var.path }
}
data "terraform_remote_state" "waits" {
  backend    = "local"
  config     = { path = var.path }
  depends_on = [terraform_data.r]
}
output "n" { value = data.terraform_remote_state.s.outputs.n }
output "id" { value = terraform_data.r.id }
""",
}
REMOTE = 'backend = "local"\n  config = { path = "states/other.tfstate" }'
CASES = {
    "read while planning": f"""
data "terraform_remote_state" "s" {{
  {REMOTE}
  defaults = {{ missing = 1, n = 2 }}
}}
resource "terraform_data" "t" {{ input = [data.terraform_remote_state.s.outputs, var.change] }}
output "o" {{ value = data.terraform_remote_state.s.outputs }}
""",
    "unknown configuration": """
resource "terraform_data" "p" { input = "states/other.tfstate" }
data "terraform_remote_state" "s" {
  backend = "local"
  config  = { path = terraform_data.p.output }
}
resource "terraform_data" "t" { input = [data.terraform_remote_state.s.outputs.o, var.change] }
output "o" { value = data.terraform_remote_state.s.outputs.m["k"] }
""",
    "a direct reference": f"""
resource "terraform_data" "p" {{ input = var.change }}
data "terraform_remote_state" "s" {{
  {REMOTE}
  defaults = {{ id = terraform_data.p.id == "" }}
}}
output "o" {{ value = data.terraform_remote_state.s.outputs.n }}
""",
    "a reference through a local value": f"""
resource "terraform_data" "p" {{ input = var.change }}
locals {{ id = terraform_data.p.id }}
data "terraform_remote_state" "s" {{
  {REMOTE}
  defaults = {{ id = local.id == "" }}
}}
output "o" {{ value = data.terraform_remote_state.s.outputs.n }}
""",
    "depends_on": f"""
resource "terraform_data" "p" {{ input = var.change }}
resource "terraform_data" "q" {{ input = terraform_data.p.id }}
data "terraform_remote_state" "s" {{
  {REMOTE}
  depends_on = [terraform_data.q]
}}
data "terraform_remote_state" "after" {{
  {REMOTE}
  depends_on = [data.terraform_remote_state.s]
}}
output "o" {{ value = data.terraform_remote_state.after.outputs.n }}
""",
    "conditions": f"""
resource "terraform_data" "p" {{ input = var.change }}
locals {{ id = terraform_data.p.id }}
data "terraform_remote_state" "s" {{
  {REMOTE}
  defaults = {{ id = local.id == "" }}
  lifecycle {{
    postcondition {{
      condition     = self.outputs.n == 0.5
      error_message = "No half."
    }}
  }}
}}
output "o" {{ value = data.terraform_remote_state.s.outputs.n }}
""",
    "a chain": f"""
resource "terraform_data" "p" {{ input = "states/other.tfstate" }}
resource "terraform_data" "q" {{ input = terraform_data.p.id }}
resource "terraform_data" "r" {{ input = var.change }}
data "terraform_remote_state" "first" {{
  backend = "local"
  config  = {{ path = terraform_data.p.output }}
}}
data "terraform_remote_state" "second" {{
  backend  = "local"
  config   = {{ path = "states/other.tfstate" }}
  defaults = {{ n = data.terraform_remote_state.first.outputs.n }}
}}
data "terraform_remote_state" "not_behind" {{
  {REMOTE}
  depends_on = [terraform_data.q]
}}
output "o" {{ value = data.terraform_remote_state.second.outputs.n }}
""",
    "count and for_each": f"""
resource "terraform_data" "p" {{
  count = var.change
  input = count.index
}}
data "terraform_remote_state" "c" {{
  count = 2
  {REMOTE}
  defaults = {{ i = count.index }}
}}
data "terraform_remote_state" "e" {{
  for_each = {{ a = "states/other.tfstate", b = "states/other.tfstate" }}
  backend  = "local"
  config   = {{ path = each.value }}
  depends_on = [terraform_data.p]
}}
output "o" {{ value = [data.terraform_remote_state.c[*].outputs.i, data.terraform_remote_state.e["b"].outputs.n] }}
""",
    "modules": """
module "one" {
  source = "./m"
  input  = var.change
}
module "each" {
  source   = "./m"
  for_each = toset(var.change > 1 ? ["a", "b"] : ["a"])
}
module "after" {
  source     = "./m"
  depends_on = [module.one]
}
data "terraform_remote_state" "s" {
  backend    = "local"
  config     = { path = "states/other.tfstate" }
  defaults   = { id = module.one.id == "" }
}
output "o" { value = [module.one.n, module.each["a"].n, module.after.n, data.terraform_remote_state.s.outputs.n] }
""",
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_read_when_is_as_with_terraform(name, both):
    text = CASES[name] + 'variable "change" { default = %s }\n'
    both.write({**FILES, "main.tf": text % 1})

    for _ in range(2):
        theirs, ours = both.planned()
        assert _reads(ours) == _reads(theirs)
        assert _told(ours) == _told(theirs)
        applied = both.applied()
        assert applied[1] == applied[0]
    both.write({**FILES, "main.tf": text % 2})
    theirs, ours = both.planned()
    assert _reads(ours) == _reads(theirs)
    assert _told(ours) == _told(theirs)
    assert _configured(ours) == _configured(theirs)
    applied = both.applied()
    assert applied[1] == applied[0]


def _reads(plan):
    """What is read during the apply, and how it is shown; of all else, what happens to it."""
    return {
        each["address"]: {"actions": each["change"]["actions"]}
        if each["mode"] == "managed"
        else {
            "actions": each["change"]["actions"],
            "place": (each["mode"], each["type"], each["name"], each.get("index"), each.get("module_address")),
            "reason": each["action_reason"],
            "after": each["change"]["after"],
            "unknown": each["change"]["after_unknown"],
            "provider": each["provider_name"],
        }
        for each in plan["resource_changes"]
    }


def _told(plan):
    """What was read while planning."""
    root = plan.get("prior_state", {}).get("values", {}).get("root_module", {})
    planned = plan["planned_values"]["root_module"]
    return [
        {each["address"]: each["values"] for each in _resources(module) if each["mode"] == "data"}
        for module in (root, planned)
    ]


def _resources(module):
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from _resources(child)


def _configured(plan):
    keys = ("address", "mode", "type", "name", "expressions", "depends_on", "count_expression", "for_each_expression")
    found = plan["configuration"]["root_module"].get("resources", ())
    return [{key: each.get(key) for key in keys} for each in found if each["mode"] == "data"]
