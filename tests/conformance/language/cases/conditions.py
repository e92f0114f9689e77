"""What has to hold: validations, pre- and postconditions, checks; and what is told when it does not."""

from __future__ import annotations

M = "\n--- m/main.tf\n"


def condition(block: str, holds: str, message: str = '"It does not hold: sorry."') -> str:
    return f"{block} {{\n    condition = {holds}\n    error_message = {message}\n  }}\n"


def validated(holds: str, value: str = '"x"', message: str = '"It does not hold: sorry."', more: str = "") -> str:
    """A variable of a module with a rule."""
    inner = f'variable "v" {{\n  {more}\n  {condition("validation", holds, message)}}}\noutput "v" {{ value = "ok" }}\n'
    return f'module "m" {{\n  source = "./m"\n  v = {value}\n}}\noutput "v" {{ value = module.m.v }}{M}{inner}'


def guarded(*conditions: str, input: str = '"x"') -> str:
    """A resource with conditions."""
    return f'resource "terraform_data" "a" {{\n  input = {input}\n  lifecycle {{\n  {"  ".join(conditions)}}}\n}}\n'


REFUSED = {
    "validation": validated('var.v != "x"'),
    "validation-in-the-stack": f'variable "v" {{\n  default = "x"\n  {condition("validation", "length(var.v) > 3")}}}\noutput "v" {{ value = var.v }}\n',
    "validation-with-the-value-in-its-message": validated('var.v != "x"', message='"The value ${var.v} does not suit."'),
    "validation-of-a-default": validated('length(var.v) > 3', more='default = "ab"').replace('  v = "x"\n', ""),
    "second-of-two-validations": validated("true", more=condition("validation", "false")),
    "validation-that-refers-to-another-variable": f'variable "a" {{ default = 1 }}\nvariable "b" {{\n  default = 2\n  {condition("validation", "var.b <= var.a")}}}\n',
    "validation-that-refers-to-a-local": f'locals {{ most = 1 }}\nvariable "b" {{\n  default = 2\n  {condition("validation", "var.b <= local.most")}}}\n',
    "validation-of-an-optional-attribute": validated("alltrue([for p in var.v : p.size > 2])", "[{}]", more="type = list(object({ size = optional(number, 2) }))"),
    "validation-with-something-sensitive": validated('var.v != "x"', message='"The value ${var.v} does not suit."', more="sensitive = true"),
    "validation-that-is-no-bool": validated("length(var.v)"),
    "validation-that-is-null": validated("null"),
    "validation-in-error": validated("var.v.size > 1"),
    "validation-without-itself": validated("1 == 2"),
    "validation-without-a-message": 'variable "v" {\n  default = 1\n  validation { condition = true }\n}\n',
    "validation-of-an-instance": validated('var.v != "b"', "each.key").replace("  v = ", '  for_each = toset(["a", "b"])\n  v = ').replace("module.m.v", "module.m"),
    "precondition": guarded(condition("precondition", "false")),
    "precondition-in-error": guarded(condition("precondition", "tonumber(self.id) > 1")),
    "precondition-of-an-instance": guarded(condition("precondition", "count.index < 1", '"Too many: ${count.index}."')).replace("{\n  input", "{\n  count = 2\n  input", 1),
    "precondition-known-when-applied": 'resource "terraform_data" "b" {}\n' + guarded(condition("precondition", 'terraform_data.b.id == ""')),
    "postcondition": guarded(condition("postcondition", 'self.input != "x"')),
    "postcondition-known-when-applied": guarded(condition("postcondition", 'self.output != "x"')),
    "postcondition-with-the-value-in-its-message": guarded(condition("postcondition", 'self.input != "x"', '"It is ${self.input}."')),
    "postcondition-of-itself-by-name": guarded(condition("postcondition", 'terraform_data.a.id != ""')),
    "precondition-of-an-output": f'output "o" {{\n  value = 1\n  {condition("precondition", "false")}}}\n',
    "precondition-of-an-output-of-a-module": f'module "m" {{ source = "./m" }}{M}output "o" {{\n  value = 1\n  {condition("precondition", "false")}}}\n',
    "postcondition-of-an-output": f'output "o" {{\n  value = 1\n  {condition("postcondition", "false")}}}\n',
    "precondition-of-a-module": f'module "m" {{\n  source = "./m"\n  {condition("precondition", "false")}}}{M}output "o" {{ value = 1 }}\n',
    "message-that-is-empty": guarded(condition("precondition", "true", '""')),
    "check-that-refers-to-nothing": f'check "c" {{\n  {condition("assert", "var.none > 1")}}}\n',
}

TOLD = {
    "validation": "It does not hold: sorry.",
    "validation-in-the-stack": "It does not hold: sorry.",
    "validation-with-the-value-in-its-message": "The value x does not suit.",
    "validation-of-a-default": "It does not hold: sorry.",
    "second-of-two-validations": "It does not hold: sorry.",
    "validation-that-refers-to-another-variable": "It does not hold: sorry.",
    "validation-that-refers-to-a-local": "It does not hold: sorry.",
    "validation-of-an-optional-attribute": "It does not hold: sorry.",
    "precondition": "It does not hold: sorry.",
    "precondition-of-an-instance": "Too many: 1.",
    "precondition-known-when-applied": "It does not hold: sorry.",
    "postcondition": "It does not hold: sorry.",
    "postcondition-known-when-applied": "It does not hold: sorry.",
    "postcondition-with-the-value-in-its-message": "It is x.",
    "precondition-of-an-output": "It does not hold: sorry.",
    "precondition-of-an-output-of-a-module": "It does not hold: sorry.",
}
"""The people's own words that both sides have to say."""

ACCEPTED = {
    "validation-that-holds": validated('can(regex("^[a-z]+$", var.v))'),
    "validation-of-null": validated("var.v == null || var.v == 1", "null"),
    "validation-that-is-a-text": validated('"true"').replace('"true"\n', 'var.v == "x" ? "true" : "false"\n'),
    "conditions-that-hold": guarded(condition("precondition", "true"), condition("postcondition", 'self.output == "x"')),
    "postcondition-of-every-instance": guarded(condition("postcondition", "self.input == each.value")).replace(
        '{\n  input = "x"', "{\n  for_each = { a = 1, b = 2 }\n  input = each.value", 1
    ),
    "precondition-of-an-output-that-holds": f'output "o" {{\n  value = 1\n  {condition("precondition", "true")}}}\n',
    "check-that-does-not-hold": f'check "c" {{\n  {condition("assert", "false")}}}\noutput "o" {{ value = 1 }}\n',
    "check-in-error": f'check "c" {{\n  {condition("assert", "tonumber(local.a) > 1")}}}\nlocals {{ a = "x" }}\n',
    "check-in-a-module": f'module "m" {{\n  source = "./m"\n  count = 2\n  v = count.index\n}}{M}variable "v" {{}}\ncheck "c" {{\n  {condition("assert", "var.v > 0")}}}\n',
    "check-known-when-applied": f'resource "terraform_data" "a" {{}}\ncheck "c" {{\n  {condition("assert", chr(34) + chr(34) + " == terraform_data.a.id")}}}\n',
}
