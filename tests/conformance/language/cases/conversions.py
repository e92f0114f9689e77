"""Values on their way through variables: types, defaults, nulls, optional attributes, `any`."""

from __future__ import annotations


def passed(type_: str, value: str, more: str = "") -> str:
    """A value given to a variable of a module, and what comes out of it."""
    variable = f'variable "v" {{\n  type = {type_}\n  {more}\n}}\noutput "v" {{ value = var.v }}\n'
    call = f'module "m" {{\n  source = "./m"\n  v = {value}\n}}\noutput "v" {{ value = module.m.v }}\n'
    return f"{call}---- m/main.tf\n{variable}"


def omitted(type_: str, more: str) -> str:
    """The same with nothing given."""
    return passed(type_, "null", more).replace("  v = null\n", "")


TAINT = 'object({ key = string, effect = optional(string, "NoSchedule") })'
POOL = (
    "object({ size = optional(number, 2), labels = optional(map(string), {}), "
    f"taints = optional(list({TAINT}), []) }})"
)
INNER = 'object({ c = optional(string, "c"), d = optional(bool) })'
OUTER = f"object({{ b = optional({INNER}, {{ d = true }}), e = optional(number, 5) }})"

ACCEPTED = {
    "text-to-number": passed("number", '"12.50"'),
    "number-to-text": passed("string", "1e3"),
    "bool-to-text": passed("string", "true"),
    "text-to-bool": passed("bool", '"true"'),
    "tuple-to-list-of-texts": passed("list(string)", '[1, true, "x"]'),
    "tuple-to-set-of-numbers": passed("set(number)", '["3", 1, 3, "1"]'),
    "set-to-list": passed("list(string)", 'toset(["b", "a"])'),
    "list-to-set": passed("set(string)", 'tolist(["b", "a", "b"])'),
    "object-to-map": passed("map(string)", '{ b = 1, a = "x", c = false }'),
    "map-to-object": passed("object({ a = string, b = number })", 'tomap({ a = "1", b = "2" })'),
    "object-drops-what-is-not-declared": passed("object({ a = string })", "{ a = 1, b = { c = 2 } }"),
    "list-of-objects-with-defaults": passed(
        f"list({POOL})", '[{}, { size = "3" }, { labels = { a = 1 }, taints = [{ key = "k" }] }]'
    ),
    "map-of-objects-with-defaults": passed(
        f"map({POOL})", '{ b = {}, a = { taints = [{ key = "k", effect = null }, { key = 1, effect = "x" }] } }'
    ),
    "set-of-objects-with-defaults": passed(
        'set(object({ a = optional(string, "x"), b = optional(number) }))', '[{}, { a = "x" }, { b = "1" }]'
    ),
    "tuple-of-objects-with-defaults": passed("tuple([object({ a = optional(number, 1) }), string])", "[{}, 2]"),
    "objects-in-objects-with-defaults": passed(
        'object({ a = optional(object({ b = optional(object({ c = optional(list(string), ["d"]) }), {}) }), {}) })',
        "{}",
    ),
    "objects-in-objects-partly-given": passed(
        f"object({{ a = optional({OUTER}, {{}}) }})",
        "{ a = { e = null, b = { c = null } } }",
    ),
    "optional-without-default-is-null": passed("object({ a = optional(list(string)), b = string })", '{ b = "x" }'),
    "optional-null-takes-the-default": passed('object({ a = optional(string, "x") })', "{ a = null }"),
    "optional-maps-of-lists": passed(
        "map(list(object({ p = optional(number, 80) })))", '{ a = [{}, { p = "1" }], b = [] }'
    ),
    "optional-in-a-map-in-a-list-of-a-tuple": passed(
        "tuple([list(map(object({ p = optional(number, 80) })))])", "[[{ a = {} }, {}]]"
    ),
    "default-of-a-variable-is-completed": omitted(f"map({POOL})", "default = { a = {}, b = { size = 9 } }"),
    "default-of-a-variable-is-converted": omitted("list(string)", "default = [1, 2, true]"),
    "default-null": omitted("list(string)", "default = null"),
    "null-stays-null": passed("string", "null", 'default = "x"'),
    "null-takes-the-default-where-not-nullable": passed("string", "null", 'default = "x"\n  nullable = false'),
    "null-takes-a-deep-default-where-not-nullable": passed(POOL, "null", "default = {}\n  nullable = false"),
    "null-in-a-list": passed("list(string)", '["a", null, 1]'),
    "null-in-a-map": passed("map(number)", '{ a = null, b = "2" }'),
    "null-for-a-required-attribute": passed("object({ a = string })", "{ a = null }"),
    "any-keeps-a-tuple": passed("any", '[1, "a", { b = null }]'),
    "any-keeps-an-object": passed("any", "{ a = [], b = { c = 1 } }"),
    "list-of-any-unifies-to-texts": passed("list(any)", '[1, "a", true]'),
    "list-of-any-keeps-numbers": passed("list(any)", "[1, 2]"),
    "list-of-any-unifies-lists": passed("list(any)", '[[1], ["a", "b"]]'),
    "list-of-any-of-objects": passed("list(any)", '[{ a = 1 }, { a = "x" }]'),
    "list-of-any-of-objects-of-other-attributes": passed("list(any)", '[{ a = 1 }, { b = "x" }]'),
    "list-of-any-with-a-null": passed("list(any)", "[null, 1]"),
    "list-of-any-empty": passed("list(any)", "[]"),
    "map-of-any-unifies-to-texts": passed("map(any)", '{ a = 1, b = "x" }'),
    "map-of-any-of-maps": passed("map(any)", '{ a = { x = 1 }, b = { y = true, z = "t" } }'),
    "map-of-any-of-tuples-and-nothing": passed("map(any)", '{ a = [], b = ["x"] }'),
    "map-of-any-empty": passed("map(any)", "{}"),
    "set-of-any": passed("set(any)", '[1, "1", "a"]'),
    "list-of-lists-of-any": passed("list(list(any))", '[[1], ["a"]]'),
    "object-of-any": passed("object({ a = any, b = list(any) })", '{ a = { x = 1 }, b = [1, "b"] }'),
    "optional-any": passed("object({ a = optional(any), b = optional(any, { c = 1 }) })", "{}"),
    "map-of-objects-of-any": passed("map(object({ v = any }))", '{ a = { v = 1 }, b = { v = "x" } }'),
    "conditional-of-objects": passed("any", 'true ? { a = 1 } : { a = "b" }'),
    "conditional-of-an-empty-map": passed("map(string)", "false ? { a = 1 } : {}"),
    "conditional-of-maps-with-other-attributes": passed("any", "true ? { a = 1 } : { b = 2 }"),
    "text-of-digits-stays": passed("string", '"0010"'),
}

REFUSED = {
    "sensitive-through-a-type": passed("list(string)", 'nonsensitive([sensitive("a"), "b"])'),
    "text-is-no-number": passed("number", '"x"'),
    "text-is-no-bool": passed("bool", '"yes"'),
    "number-is-no-bool": passed("bool", "1"),
    "list-is-no-text": passed("string", '["a"]'),
    "text-is-no-list": passed("list(string)", '"a"'),
    "object-is-no-list": passed("list(string)", "{ a = 1 }"),
    "list-is-no-map": passed("map(string)", '["a"]'),
    "object-of-objects-is-no-map-of-texts": passed("map(string)", "{ a = { b = 1 } }"),
    "missing-attribute": passed("object({ a = string, b = string })", '{ a = "x" }'),
    "missing-attribute-deep-in": passed(f"map({POOL})", "{ a = { taints = [{}] } }"),
    "wrong-attribute-deep-in": passed(f"list({POOL})", '[{ size = "many" }]'),
    "tuple-of-another-length": passed("tuple([string, string])", '["a"]'),
    "list-of-any-that-do-not-unify": passed("list(any)", '["a", ["b"]]'),
    "map-of-any-that-do-not-unify": passed("map(any)", '{ a = "x", b = { c = 1 } }'),
    "map-of-objects-of-any-that-do-not-unify": passed(
        "map(object({ v = any }))", '{ a = { v = [] }, b = { v = "x" } }'
    ),
    "null-where-not-nullable": passed("string", "null", "nullable = false"),
    "missing-argument": omitted("string", ""),
    "unknown-argument": passed("string", '"a"').replace("  v = ", "  w = 1\n  v = "),
    "default-of-another-type": omitted("number", 'default = "x"'),
    "default-of-an-optional-of-another-type": omitted('object({ a = optional(number, "x") })', "default = {}"),
    "default-that-refers": 'variable "a" { default = local.b }\nlocals { b = 1 }\noutput "a" { value = var.a }\n',
    "default-null-where-not-nullable": omitted("string", "default = null\n  nullable = false"),
    "unknown-type": omitted("text", 'default = "x"'),
    "type-without-an-element": omitted("list", 'default = ["x"]').replace("= list", "= list()"),
    "optional-outside-an-object": omitted("list(optional(string))", "default = []"),
    "optional-with-too-much": omitted('object({ a = optional(string, "a", "b") })', "default = {}"),
    "object-without-attributes": omitted("object()", "default = {}"),
    "no-attribute-of-an-object": passed("object({ a = string })", '{ a = "x", b = 1 }').replace(
        "module.m.v }", "module.m.v.b }"
    ),
    "no-value-for-a-variable": 'variable "v" {}\noutput "v" { value = var.v }\n',
    "conditional-of-what-does-not-unify": 'output "v" { value = true ? ["a"] : { a = 1 } }\n',
}
