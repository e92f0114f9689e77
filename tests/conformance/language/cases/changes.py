"""A configuration that was applied, and what another one makes of it: `=== then` stands between the two."""

from __future__ import annotations

M = "\n--- m/main.tf\n"
T = "\n=== then\n"


def thing(input: str = "1", more: str = "", name: str = "a", lifecycle: str = "") -> str:
    rules = f"  lifecycle {{\n    {lifecycle}\n  }}\n" if lifecycle else ""
    return f'resource "terraform_data" "{name}" {{\n  input = {input}\n  {more}\n{rules}}}\n'


def each(before: str, after: str, lifecycle: str) -> str:
    """One resource with two inputs, one after the other."""
    return thing(before, lifecycle=lifecycle) + T + thing(after, lifecycle=lifecycle)


MODULE = 'variable "v" { default = 1 }\nresource "terraform_data" "this" { input = var.v }\noutput "v" { value = terraform_data.this.output }\n'
BEHIND = 'lifecycle {\n    replace_triggered_by = [%s]\n  }\n'


def behind(trigger: str, before: str = "1", after: str = "2", first: str = "", more: str = "") -> str:
    """Something that is replaced when something else changes."""
    follower = f'resource "terraform_data" "b" {{\n  {more}\n  {BEHIND % trigger}}}\n'
    return thing(before, first) + follower + T + thing(after, first) + follower


ACCEPTED = {
    "no-change": thing() + T + thing(),
    "another-input": thing() + T + thing('"x"'),
    "input-to-another-type": thing() + T + thing("{ a = [1] }"),
    "input-to-nothing": thing() + T + thing("null"),
    "input-deep-in": thing("{ a = { b = [1, 2] }, c = 3 }") + T + thing("{ a = { b = [1, 4] }, c = 3 }"),
    "input-to-something-unknown": thing() + T + thing("timestamp()"),
    "input-to-something-sensitive": thing() + T + thing("sensitive(1)"),
    "triggers": thing(more='triggers_replace = ["a"]') + T + thing(more='triggers_replace = ["b"]'),
    "triggers-and-input": thing(more="triggers_replace = 1") + T + thing("2", more="triggers_replace = { a = 1 }"),
    "triggers-to-nothing": thing(more="triggers_replace = 1") + T + thing(),
    "triggers-unknown": thing(more="triggers_replace = 1") + T + thing(more="triggers_replace = timestamp()"),
    "create-before-destroy": thing(more="triggers_replace = 1", lifecycle="create_before_destroy = true")
    + T
    + thing(more="triggers_replace = 2", lifecycle="create_before_destroy = true"),
    "create-before-destroy-for-what-it-needs": thing(more="triggers_replace = 1")
    + thing("terraform_data.a.id", "triggers_replace = 1", "b", "create_before_destroy = true")
    + T
    + thing(more="triggers_replace = 2")
    + thing("terraform_data.a.id", "triggers_replace = 1", "b", "create_before_destroy = true"),
    "create-before-destroy-not-for-what-needs-it": thing(more="triggers_replace = 1", lifecycle="create_before_destroy = true")
    + thing("1", "triggers_replace = terraform_data.a.id", "b")
    + T
    + thing(more="triggers_replace = 2", lifecycle="create_before_destroy = true")
    + thing("1", "triggers_replace = terraform_data.a.id", "b"),
    "ignore-all": each("1", "2", "ignore_changes = all"),
    "ignore-one": each("1", "2", "ignore_changes = [input]"),
    "ignore-another": each("1", "2", "ignore_changes = [triggers_replace]"),
    "ignore-a-member": each("{ a = 1, b = 1 }", "{ a = 2, b = 2 }", "ignore_changes = [input.a]"),
    "ignore-a-member-by-key": each("{ a = 1, b = 1 }", "{ a = 2, b = 1 }", 'ignore_changes = [input["a"]]'),
    "ignore-a-member-that-is-new": each("{ b = 1 }", "{ a = 2, b = 1 }", "ignore_changes = [input.a]"),
    "ignore-a-member-that-is-gone": each("{ a = 1, b = 1 }", "{ b = 1 }", "ignore_changes = [input.a]"),
    "ignore-an-element": each("[1, 2]", "[3, 4]", "ignore_changes = [input[0]]"),
    "ignore-a-member-of-a-map": each("tomap({ a = 1, b = 1 })", "tomap({ a = 2, b = 2 })", "ignore_changes = [input.a]"),
    "ignore-deep-in": each("{ a = { b = [{ c = 1, d = 1 }] } }", "{ a = { b = [{ c = 2, d = 2 }] } }", "ignore_changes = [input.a.b[0].c]"),
    "ignore-a-trigger": thing(more="triggers_replace = 1", lifecycle="ignore_changes = [triggers_replace]")
    + T
    + thing("2", "triggers_replace = 2", lifecycle="ignore_changes = [triggers_replace]"),
    "ignore-when-it-is-made": thing(lifecycle="ignore_changes = all") + 'output "o" { value = terraform_data.a.output }\n',
    "replaced-by-a-resource": behind("terraform_data.a"),
    "replaced-by-an-attribute": behind("terraform_data.a.input"),
    "replaced-by-an-attribute-that-stays": behind("terraform_data.a.triggers_replace"),
    "replaced-by-an-attribute-deep-in": behind("terraform_data.a.input.x", "{ x = 1, y = 1 }", "{ x = 2, y = 1 }"),
    "replaced-by-an-attribute-deep-in-that-stays": behind("terraform_data.a.input.y", "{ x = 1, y = 1 }", "{ x = 2, y = 1 }"),
    "replaced-by-an-unknown-attribute": behind("terraform_data.a.output"),
    "replaced-by-any-of-many": behind("terraform_data.a", "count.index * 1", "count.index * 2", "count = 2"),
    "replaced-by-one-of-many": behind("terraform_data.a[0]", "count.index * 1", "count.index * 2", "count = 2"),
    "replaced-by-another-of-many": behind("terraform_data.a[1]", "count.index * 1", "count.index * 2", "count = 2"),
    "replaced-by-one-of-many-by-key": behind('terraform_data.a["x"].input', "each.value", "[each.value]", "for_each = { x = 1, y = 2 }"),
    "replaced-by-its-own-index": behind("terraform_data.a[count.index]", "count.index * 1", "count.index * 2", "count = 2", "count = 2"),
    "replaced-by-its-own-key": behind(
        "terraform_data.a[each.key].input", "each.key == \"x\" ? 1 : 0", "each.key == \"x\" ? 2 : 0", 'for_each = toset(["x", "y"])', 'for_each = toset(["x", "y"])'
    ),
    "replaced-by-nothing-new": behind("terraform_data.a", "1", "1"),
    "replaced-by-what-is-replaced": behind("terraform_data.a", first="triggers_replace = timestamp()"),
    "replaced-by-what-is-created": thing(name="b") + T + thing() + f'resource "terraform_data" "b" {{\n  input = 1\n  {BEHIND % "terraform_data.a"}}}\n',
    "replaced-in-a-row": behind("terraform_data.a").replace(T, f'resource "terraform_data" "c" {{\n  {BEHIND % "terraform_data.b"}}}\n{T}')
    + f'resource "terraform_data" "c" {{\n  {BEHIND % "terraform_data.b"}}}\n',
    "more-instances": thing("count.index", "count = 1") + T + thing("count.index", "count = 3"),
    "fewer-instances": thing("count.index", "count = 3") + T + thing("count.index", "count = 1"),
    "other-instances": thing("each.key", 'for_each = toset(["a", "b"])') + T + thing("each.key", 'for_each = toset(["b", "c"])'),
    "count-to-for-each": thing("1", "count = 1") + T + thing("1", 'for_each = toset(["x"])'),
    "none-any-more": thing() + thing(name="b") + T + thing(),
    "module-none-any-more": f'module "m" {{ source = "./m" }}{M}{MODULE}{T}locals {{}}\n',
    "module-with-another-value": f'module "m" {{ source = "./m" }}\noutput "o" {{ value = module.m.v }}{M}{MODULE}{T}module "m" {{\n  source = "./m"\n  v = 2\n}}\noutput "o" {{ value = module.m.v }}{M}{MODULE}',
    "moved-into-a-module": f'{thing(name="x")}{T}module "m" {{ source = "./m" }}\nmoved {{\n  from = terraform_data.x\n  to = module.m.terraform_data.this\n}}{M}{MODULE}',
    "moved-into-an-instance-of-a-module": f'{thing(name="x")}{T}module "m" {{\n  source = "./m"\n  count = 2\n}}\nmoved {{\n  from = terraform_data.x\n  to = module.m[1].terraform_data.this\n}}{M}{MODULE}',
    "moved-out-of-a-module": f'module "m" {{ source = "./m" }}{M}{MODULE}{T}{thing(name="x")}moved {{\n  from = module.m.terraform_data.this\n  to = terraform_data.x\n}}\n',
    "moved-within-a-module": f'module "m" {{\n  source = "./m"\n  for_each = toset(["a", "b"])\n}}{M}{MODULE}{T}module "m" {{\n  source = "./m"\n  for_each = toset(["a", "b"])\n}}{M}{MODULE.replace("this", "that")}moved {{\n  from = terraform_data.this\n  to = terraform_data.that\n}}\n',
    "moved-module-to-an-instance": f'module "m" {{ source = "./m" }}{M}{MODULE}{T}module "m" {{\n  source = "./m"\n  count = 2\n}}{M}{MODULE}',
    "moved-instance-to-a-module": f'module "m" {{\n  source = "./m"\n  count = 1\n}}{M}{MODULE}{T}module "m" {{ source = "./m" }}{M}{MODULE}',
    "moved-and-changed": f'{thing(name="x")}{T}{thing("2", name="y")}moved {{\n  from = terraform_data.x\n  to = terraform_data.y\n}}\n',
    "moved-and-replaced": f'{thing(name="x", more="triggers_replace = 1")}{T}{thing("2", name="y")}moved {{\n  from = terraform_data.x\n  to = terraform_data.y\n}}\n',
    "moved-to-nothing": f'{thing(name="x")}{T}moved {{\n  from = terraform_data.x\n  to = terraform_data.y\n}}\n',
    "moved-from-nothing": f'locals {{}}\n{T}{thing(name="y")}moved {{\n  from = terraform_data.x\n  to = terraform_data.y\n}}\n',
    "moved-onto-what-is-there": f'{thing(name="x")}{thing("2", name="y")}{T}{thing("2", name="y")}moved {{\n  from = terraform_data.x\n  to = terraform_data.y\n}}\n',
    "removed-module": f'module "m" {{ source = "./m" }}{M}{MODULE}{T}removed {{\n  from = module.m\n  lifecycle {{ destroy = false }}\n}}\n',
    "removed-module-of-many": f'module "m" {{\n  source = "./m"\n  count = 2\n}}{M}{MODULE}{T}removed {{\n  from = module.m\n  lifecycle {{ destroy = false }}\n}}\n',
    "removed-module-destroyed": f'module "m" {{ source = "./m" }}{M}{MODULE}{T}removed {{\n  from = module.m\n  lifecycle {{ destroy = true }}\n}}\n',
    "removed-from-a-module": f'module "m" {{ source = "./m" }}{M}{MODULE}{T}module "m" {{ source = "./m" }}{M}locals {{}}\nremoved {{\n  from = terraform_data.this\n  lifecycle {{ destroy = false }}\n}}\n',
    "removed-from-a-module-by-the-stack": f'module "m" {{ source = "./m" }}{M}{MODULE}{T}removed {{\n  from = module.m.terraform_data.this\n  lifecycle {{ destroy = false }}\n}}\n',
    "removed-that-never-was": "locals {}\n" + T + "removed {\n  from = terraform_data.a\n  lifecycle { destroy = false }\n}\n",
    "outputs-that-change": 'output "a" { value = 1 }\noutput "b" { value = [1] }\noutput "c" { value = "x" }\n' + T + 'output "a" { value = "1" }\noutput "c" { value = "x" }\noutput "d" { value = {} }\n',
    "output-of-what-changes": thing() + 'output "o" { value = [terraform_data.a.output, terraform_data.a.id != ""] }\n' + T + thing("2") + 'output "o" { value = [terraform_data.a.output, terraform_data.a.id != ""] }\n',
    "prevent-destroy-that-is-not-asked-for": each("1", "2", "prevent_destroy = true"),
    "prevent-destroy-that-is-gone": thing(lifecycle="prevent_destroy = true") + T + "locals {}\n",
    "id-of-what-is-updated": thing() + thing("terraform_data.a.id", name="b") + T + thing("2") + thing("terraform_data.a.id", name="b"),
    "id-of-what-is-replaced": thing(more="triggers_replace = 1") + thing("terraform_data.a.id", name="b") + T + thing(more="triggers_replace = 2") + thing("terraform_data.a.id", name="b"),
}

REFUSED = {
    "prevent-destroy-of-what-is-replaced": thing(more="triggers_replace = 1", lifecycle="prevent_destroy = true")
    + T
    + thing(more="triggers_replace = 2", lifecycle="prevent_destroy = true"),
    "prevent-destroy-of-an-instance": thing("1", "count = 2", lifecycle="prevent_destroy = true") + T + thing("1", "count = 1", lifecycle="prevent_destroy = true"),
    "prevent-destroy-of-what-is-triggered": behind("terraform_data.a").replace("replace_triggered_by", "prevent_destroy = true\n    replace_triggered_by"),
    "moved-module-that-is-still-there": f'module "m" {{ source = "./m" }}{M}{MODULE}{T}module "m" {{ source = "./m" }}\nmodule "n" {{ source = "./m" }}\nmoved {{\n  from = module.m\n  to = module.n\n}}{M}{MODULE}',
    "removed-and-moved": f'{thing(name="x")}{T}removed {{\n  from = terraform_data.x\n  lifecycle {{ destroy = false }}\n}}\nmoved {{\n  from = terraform_data.x\n  to = terraform_data.y\n}}\n{thing(name="y")}',
}
