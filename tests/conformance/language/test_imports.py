"""`import` blocks beside Terraform's: what the plan says of them, and what the state has after them."""

from __future__ import annotations

import pytest

MODULE = {
    "m/main.tf": 'resource "terraform_data" "this" { count = 2 }\noutput "ids" { value = terraform_data.this[*].id }\n'
}
CASES = {
    "one": """
resource "terraform_data" "a" {}
import {
  to = terraform_data.a
  id = "known-${local.suffix}"
}
locals { suffix = "one" }
output "ids" { value = terraform_data.a.id }
""",
    "changed": """
resource "terraform_data" "a" { input = { size = 3 } }
import {
  to = terraform_data.a
  id = "known"
}
output "ids" { value = terraform_data.a.output }
""",
    "for_each of a map": """
locals { known = { b = "id-b", a = "id-a" } }
resource "terraform_data" "a" { for_each = local.known }
import {
  for_each = local.known
  to       = terraform_data.a[each.key]
  id       = each.value
}
output "ids" { value = { for key, each in terraform_data.a : key => each.id } }
""",
    "for_each of a list": """
resource "terraform_data" "a" { count = 3 }
import {
  for_each = ["first", "second"]
  to       = terraform_data.a[each.key]
  id       = "${each.value}-${each.key}"
}
output "ids" { value = slice(terraform_data.a[*].id, 0, 2) }
""",
    "for_each of a set": """
resource "terraform_data" "a" { for_each = toset(["x", "y"]) }
import {
  for_each = toset(["x", "y"])
  to       = terraform_data.a[each.key]
  id       = each.value
}
output "ids" { value = terraform_data.a["x"].id }
""",
    "of modules' instances": """
module "m" {
  source   = "./m"
  for_each = toset(["k", "l"])
}
import {
  for_each = [["k", 0], ["l", 1]]
  to       = module.m[each.value[0]].terraform_data.this[each.value[1]]
  id       = join("-", each.value)
}
import {
  to = module.m["k"].terraform_data.this[1]
  id = "fixed"
}
output "ids" { value = [module.m["k"].ids, module.m["l"].ids[1]] }
""",
    "an id that another resource tells": """
variable "id" { default = "given" }
resource "terraform_data" "a" {}
resource "terraform_data" "b" { input = terraform_data.a.id }
import {
  to = terraform_data.a
  id = var.id
}
output "ids" { value = terraform_data.b.output }
""",
}


@pytest.mark.parametrize("name", CASES)
def test_an_import_is_planned_and_applied_as_terraform_does(name, both):
    both.write({**MODULE, "main.tf": CASES[name]})

    theirs, ours = both.planned()
    assert _changes(ours) == _changes(theirs)

    applied = both.applied()
    assert applied[0] == applied[1]

    theirs, ours = both.planned()
    assert _changes(ours) == _changes(theirs)
    assert all(actions == ["no-op"] and importing is None for actions, importing in _changes(ours).values())


def _changes(plan):
    return {
        each["address"]: (each["change"]["actions"], each["change"].get("importing"))
        for each in plan["resource_changes"]
    }
