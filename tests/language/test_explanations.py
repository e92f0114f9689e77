"""The values that are told beside an error: those of the references in what is wrong, in Terraform's words."""

from __future__ import annotations

import pytest

from language.types import NUMBER, STRING
from language.values import ListValue, MapValue, Sensitive, SetValue, Unknown
from tests.language.support import evaluate

NAMES = {
    "var": {
        "size": 3,
        "name": 'a "b"\n',
        "flag": True,
        "none": None,
        "long": "x" * 200,
        "secret": Sensitive("hunter2"),
        "later": Unknown(),
        "list": ListValue(STRING, ("a", "b")),
        "set": SetValue(NUMBER, [1]),
        "map": MapValue(STRING, {}),
        "tuple": (1,),
        "nothing": (),
        "object": {"a": Sensitive("hunter2")},
        "objects": {"a": 1, "b": 2},
    },
    "each": {"key": "k"},
}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1 + var.name", [("var.name", r'is "a \"b\"\n"')]),
        ("var.size + var.name", [("var.name", r'is "a \"b\"\n"')]),
        ("var.size ? 1 : 2", [("var.size", "is 3")]),
        ("upper(var.list)", [("var.list", "is list of string with 2 elements")]),
        ("upper(var.set)", [("var.set", "is set of number with 1 element")]),
        ("upper(var.map)", [("var.map", "is empty map of string")]),
        ("upper(var.tuple)", [("var.tuple", "is tuple with 1 element")]),
        ("upper(var.nothing)", [("var.nothing", "is empty tuple")]),
        ("upper(var.objects)", [("var.objects", "is object with 2 attributes")]),
        ("upper(var.object)", [("var.object", 'is object with 1 attribute "a"')]),
        ("-var.none", [("var.none", "is null")]),
        ("var.flag[0]", [("var.flag", "is true")]),
        ("tonumber(var.long)", [("var.long", f'is "{"x" * 100}..."')]),
        ("tonumber(var.secret)", [("var.secret", "has a sensitive value")]),
        ("var.objects[each.key]", [("var.objects", "is object with 2 attributes"), ("each.key", 'is "k"')]),
        ("var.objects.c.d", [("var.objects", "is object with 2 attributes")]),
        ("var.tuple[var.later + 5] + [1]", []),
        ('[for v in var.tuple : v + "x"]', []),
        ('"${var.size}${var.list}"', [("var.list", "is list of string with 2 elements")]),
        ("1 + undeclared.name", []),
    ],
)
def test_the_values_that_matter_are_told(text, told):
    _, diagnostics = evaluate(text, **NAMES)

    assert [list(diagnostic.values) for diagnostic in diagnostics] == [told]
