"""Configuration in JSON syntax beside Terraform: the same outputs, and a native file beside a JSON one."""

from __future__ import annotations

import json
from typing import Any

from tests.conformance.language.conftest import Both

EXPRESSIONS: dict[str, Any] = {
    "kept_type": "${var.n}",
    "text": "n is ${var.n}",
    "sum": "${var.n + 1}",
    "directive": "%{ if var.n > 2 }many%{ else }few%{ endif }",
    "loop": "%{ for x in [1, 2] }<${x}>%{ endfor }",
    "escaped": "$${var.n} %%{ if }",
    "numbers": [1, -2.5, 1e3, 0.1, 123456789012345678901234567890],
    "words": [True, False, None],
    "nested": {"a": {"b": ["${var.n}", {"c": "x${var.n}"}]}},
    "computed_key": {"k${var.n}": 1, "$${plain}": 2},
    "unicode": 'é \u65e5 \U0001f600 " \\ \n \t /',
    "quotes_inside": '${join(", ", ["a", "b"])}',
    "for_inside": '${{for k, v in {a = "x"} : v => k}}',
    "splat": "${[{a = 1}, {a = 2}][*].a}",
    "object": "${var.settings}",
    "empty": [{}, [], ""],
}
BLOCKS: dict[str, Any] = {
    "//": "a comment with ${ nothing in it",
    "variable": {
        "n": {
            "type": "number",
            "default": 3,
            "validation": {"condition": "${var.n > 0}", "error_message": "n is ${var.n}."},
        },
        "settings": {
            "type": "map(object({a=string, b=optional(number, 4)}))",
            "default": {"x": {"a": "literal ${var.n}"}},
            "nullable": False,
        },
    },
    "locals": [{"a": "${local.b}"}, {"b": "${var.n * 2}"}],
    "resource": {
        "terraform_data": {
            "one": {"count": 2, "input": "${count.index}", "lifecycle": [{"ignore_changes": ["input"]}]},
            "two": [{"for_each": {"x": 1}, "input": "${each.key}", "depends_on": ["terraform_data.one"]}],
        }
    },
    "module": {"net": {"source": "./net", "name": "${local.a}"}},
    "output": {
        "values": {"value": EXPRESSIONS},
        "module": {"value": "${module.net.shown}"},
        "resources": {"value": ["${terraform_data.one[*].output}", '${terraform_data.two["x"].output}']},
        "native": {"value": "${local.native}"},
    },
}
MODULE = {"variable": {"name": {}}, "output": {"shown": {"value": "<${var.name}>"}}}


def test_json_means_what_it_means_to_terraform(both: Both) -> None:
    both.write(
        {
            "main.tf.json": json.dumps(BLOCKS, indent=2),
            "native.tf": 'locals { native = "x" }\n',
            "net/main.tf.json": json.dumps(MODULE),
        }
    )
    theirs, ours = both.applied()
    assert ours == theirs
