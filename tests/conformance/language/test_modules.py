"""Configuration as published modules write it: Terraform's outputs and plans are ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.language.conftest import Both
from tests.planner.configuration.modules.support import Repository

NETWORK = """
variable "cidr" { type = string }
variable "zones" { type = list(string) }
variable "tags" {
  type    = map(string)
  default = {}
}
variable "subnets" {
  type = map(object({
    newbits = optional(number, 8)
    public  = optional(bool, false)
    tags    = optional(map(string), {})
  }))
}
locals {
  cells = { for pair in setproduct(keys(var.subnets), range(length(var.zones))) :
    "${pair[0]}-${var.zones[pair[1]]}" => merge(var.subnets[pair[0]], {
      zone = var.zones[pair[1]]
      cidr = cidrsubnet(var.cidr, var.subnets[pair[0]].newbits, index(keys(var.subnets), pair[0]) * 16 + pair[1])
    })
  }
  public = [for name, cell in local.cells : name if cell.public]
}
resource "terraform_data" "subnet" {
  for_each = local.cells
  input = merge([{ Name = each.key }, var.tags, each.value.tags]...)
}
resource "terraform_data" "gateway" {
  count = length(local.public) > 0 ? 1 : 0
  input = "for ${join(", ", local.public)}"
}
output "cidrs" { value = { for name, cell in local.cells : name => cell.cidr } }
output "names" { value = flatten([for s in terraform_data.subnet : [for k, v in s.output : "${k}=${v}"]]) }
output "gateway" { value = one(terraform_data.gateway[*].output) }
output "zones" { value = { for name, cell in local.cells : cell.zone => name... } }
"""
CLUSTER = """
variable "name" {
  type = string
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*$", var.name))
    error_message = "Bad name."
  }
}
variable "pools" {
  type = any
  default = {}
}
variable "defaults" {
  type    = object({ size = optional(number, 2), labels = optional(map(string)) })
  default = {}
}
locals {
  pools = { for name, pool in var.pools : name => {
    size   = try(pool.size, var.defaults.size)
    spot   = lookup(pool, "spot", false)
    taints = coalesce(try(pool.taints, null), [])
    labels = merge({ pool = name }, try(pool.labels, {}), var.defaults.labels == null ? {} : var.defaults.labels)
  } }
}
module "pool" {
  source   = "./pool"
  for_each = local.pools
  name     = "${var.name}-${each.key}"
  settings = each.value
}
output "pools" { value = { for key, pool in module.pool : key => pool.summary } }
output "total" { value = sum(concat([0], values(module.pool)[*].size)) }
output "first" { value = try(module.pool["general"].summary, "none") }
"""
POOL = """
variable "name" {}
variable "settings" {
  type = object({ size = number, spot = bool, taints = list(string), labels = map(string) })
}
resource "terraform_data" "this" {
  count = var.settings.size
  input = format("%s-%02d%s", var.name, count.index, var.settings.spot ? "-spot" : "")
}
output "size" { value = length(terraform_data.this) }
output "summary" {
  value = <<-EOT
    %{ for node in terraform_data.this[*].output ~}
    ${node}: ${jsonencode(var.settings.labels)}
    %{ endfor ~}
  EOT
}
"""
ROOT = """
variable "zones" { default = ["a", "b", "c"] }
module "network" {
  source  = "./network"
  cidr    = "10.0.0.0/16"
  zones   = slice(var.zones, 0, 2)
  tags    = { team = "platform" }
  subnets = { private = {}, public = { public = true, newbits = 10, tags = { tier = "edge" } } }
}
module "cluster" {
  source = "./cluster"
  count  = 2
  name   = "c${count.index}"
  pools = {
    general = { size = 1, labels = { a = "b" } }
    batch   = { spot = true }
  }
  depends_on = [module.network]
}
module "empty" {
  source   = "./cluster"
  name     = "none"
}
output "network" { value = module.network }
output "clusters" { value = module.cluster[*].pools }
output "totals" { value = [for c in module.cluster : c.total] }
output "first" { value = module.cluster[1].first }
output "empty" { value = module.empty }
output "path" { value = path.module }
"""
FILES = {"main.tf": ROOT, "network/main.tf": NETWORK, "cluster/main.tf": CLUSTER, "cluster/pool/main.tf": POOL}


def test_modules_in_the_style_of_published_ones(both):
    both.write(FILES)

    theirs, ours = both.applied()

    assert ours == theirs


def test_a_plan_of_modules_is_nested_as_terraforms(both):
    both.write(FILES)

    theirs, ours = both.planned()

    assert _addresses(ours["planned_values"]["root_module"]) == _addresses(theirs["planned_values"]["root_module"])
    assert _calls(ours) == _calls(theirs)


def _addresses(module):
    """All modules and resources by their addresses, as deep as they are."""
    children = {child["address"]: _addresses(child) for child in module.get("child_modules", [])}
    return sorted(each["address"] for each in module.get("resources", [])), children


def _calls(plan):
    def below(module):
        return {
            name: (call["source"], sorted(call.get("expressions", {})), below(call["module"]))
            for name, call in module.get("module_calls", {}).items()
        }

    return below(plan["configuration"]["root_module"])


MOVES = [
    ('resource "terraform_data" "a" {}', 'resource "terraform_data" "b" {}', "terraform_data.a -> terraform_data.b"),
    ('resource "terraform_data" "a" {}', 'resource "terraform_data" "a" { count = 2 }', ""),
    ('resource "terraform_data" "a" { count = 2 }', 'resource "terraform_data" "a" {}', ""),
    (
        'resource "terraform_data" "a" { count = 2 }',
        'resource "terraform_data" "a" { for_each = toset(["x", "y"]) }',
        'terraform_data.a[0] -> terraform_data.a["x"]; terraform_data.a[1] -> terraform_data.a["y"]',
    ),
    (
        'resource "terraform_data" "a" { count = 2 }',
        'resource "terraform_data" "b" { count = 3 }',
        "terraform_data.a -> terraform_data.b",
    ),
    (
        'resource "terraform_data" "a" {}',
        'resource "terraform_data" "c" {}',
        "terraform_data.a -> terraform_data.b; terraform_data.b -> terraform_data.c",
    ),
    (
        'resource "terraform_data" "this" {}',
        'module "m" { source = "./m" }',
        "terraform_data.this -> module.m.terraform_data.this",
    ),
    ('module "m" { source = "./m" }', 'module "n" { source = "./m" }', "module.m -> module.n"),
    (
        'module "m" { source = "./m" }',
        'module "m" {\n  source = "./m"\n  for_each = toset(["k"])\n}',
        'module.m -> module.m["k"]',
    ),
    (
        'resource "terraform_data" "a" {}',
        'resource "terraform_data" "a" { for_each = toset(["k"]) }',
        'terraform_data.a -> terraform_data.a["k"]',
    ),
    (
        'module "m" {\n  source = "./m"\n  count = 2\n}',
        'module "n" {\n  source = "./m"\n  count = 2\n}',
        "module.m -> module.n",
    ),
    (
        'module "m" { source = "./m" }',
        'module "o" { source = "./o" }',
        "module.m -> module.o.module.inner",
    ),
    (
        'resource "terraform_data" "a" {}\nresource "terraform_data" "b" {}',
        'resource "terraform_data" "b" {}',
        "terraform_data.a -> terraform_data.b",
    ),
]
MODULES = {
    "m/main.tf": 'resource "terraform_data" "this" {}',
    "o/main.tf": 'module "inner" { source = "../m" }',
}


@pytest.mark.parametrize(("before", "after", "moves"), MOVES)
def test_what_moved_is_planned_as_terraform_plans_it(before, after, moves, both):
    both.write({**MODULES, "main.tf": before})
    both.applied()
    statements = (move.split(" -> ") for move in moves.split("; ") if move)
    blocks = "\n".join(f"moved {{\n  from = {source}\n  to = {target}\n}}" for source, target in statements)
    both.write({**MODULES, "main.tf": f"{after}\n{blocks}\n"})

    theirs, ours = both.planned()

    assert _changes(ours) == _changes(theirs)


def _changes(plan):
    return {
        change["address"]: (change["change"]["actions"], change.get("previous_address"))
        for change in plan["resource_changes"]
    }


REMOVED = "removed {\n  from = terraform_data.a\n  lifecycle { destroy = %s }\n}\n"


@pytest.mark.parametrize("destroy", ["true", "false"])
def test_what_is_removed_is_planned_as_terraform_plans_it(destroy, both):
    both.write({"main.tf": 'resource "terraform_data" "a" { count = 2 }\n'})
    both.applied()
    both.write({"main.tf": REMOVED % destroy})

    theirs, ours = both.planned()

    assert _changes(ours) == _changes(theirs)


def test_a_package_from_git_is_the_one_that_terraform_gets(both: Both, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("FREEHOLD_CACHE_DIR", str(tmp_path / "cache"))
    repository = Repository(tmp_path / "repository")
    inner = {"modules/inner/main.tf": 'output "name" { value = basename(abspath(path.module)) }\n'}
    outer = {
        "modules/outer/main.tf": 'module "inner" { source = "../inner" }\noutput "x" { value = module.inner.name }\n'
    }
    repository.commit({**inner, **outer, "modules/outer/text": "old"}, "v1")
    repository.commit({"modules/outer/text": "new"})
    source = f"{repository.url}//modules/outer"
    calls = f'module "a" {{ source = "{source}?ref=v1" }}\nmodule "b" {{ source = "{source}" }}\n'
    shown = 'output "x" { value = [module.a.x, module.b.x, module.a.text, module.b.text] }\n'
    repository.commit({"modules/outer/out.tf": 'output "text" { value = file("${path.module}/text") }\n'})
    repository.git("tag", "-f", "v1")
    both.write({"main.tf": calls + shown})
    theirs, ours = both.applied()
    assert ours == theirs


CHECKED = """
variable "v" {
  default = 3
  validation {
    condition = var.v > 1
    error_message = "no"
  }
}
resource "terraform_data" "a" {
  count = 2
  input = count.index
  lifecycle {
    precondition {
      condition = count.index < 5
      error_message = "big"
    }
    postcondition {
      condition = self.output != 7
      error_message = "seven"
    }
  }
}
check "c" {
  assert {
    condition = var.v > 5
    error_message = "small: ${var.v}"
  }
  assert {
    condition = terraform_data.a[0].id != ""
    error_message = "x"
  }
}
output "o" {
  value = 1
  precondition {
    condition = var.v > 0
    error_message = "neg"
  }
}
module "m" {
  source = "./m"
  for_each = toset(["x"])
  v = 4
}
"""
CHECKED_MODULE = """
variable "v" {
  validation {
    condition = var.v > 1
    error_message = "no"
  }
}
resource "terraform_data" "b" {
  for_each = toset(["k"])
  lifecycle {
    postcondition {
      condition = self.id != ""
      error_message = "seven"
    }
  }
}
check "c" {
  assert {
    condition = var.v > 5
    error_message = "small: ${var.v}"
  }
}
output "o" {
  value = 1
  precondition {
    condition = var.v > 0
    error_message = "neg"
  }
}
"""


def test_the_checks_of_a_plan_are_terraforms(both: Both) -> None:
    both.write({"main.tf": CHECKED, "m/main.tf": CHECKED_MODULE})

    theirs, ours = both.planned()

    assert ours["checks"] == theirs["checks"]
