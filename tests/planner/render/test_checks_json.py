"""How conditions came out, in the plan's JSON."""

from __future__ import annotations

from planner.evaluation.conditions import CheckResult
from planner.render.checks_json import render


def test_instances_stand_below_their_block_which_is_as_bad_as_the_worst_of_them():
    (found,) = render(
        [
            CheckResult('module.m["x"].aws_vpc.a[1]', "resource", "pass"),
            CheckResult('module.m["x"].aws_vpc.a[0]', "resource", "pass"),
            CheckResult('module.m["x"].aws_vpc.a[0]', "resource", "fail", ("Too small.",)),
        ]
    )

    assert found["address"] == {
        "kind": "resource",
        "mode": "managed",
        "type": "aws_vpc",
        "name": "a",
        "module": "module.m",
        "to_display": "module.m.aws_vpc.a",
    }
    assert found["status"] == "fail"
    first, second = found["instances"]
    assert first == {
        "address": {"module": 'module.m["x"]', "to_display": 'module.m["x"].aws_vpc.a[0]', "instance_key": 0},
        "status": "fail",
        "problems": [{"message": "Too small."}],
    }
    assert second["status"] == "pass"


def test_data_checks_and_outputs_are_named_by_what_they_are():
    found = render(
        [
            CheckResult("data.aws_vpc.a", "resource", "unknown"),
            CheckResult("check.health", "check", "error"),
            CheckResult("output.o", "output_value", "pass"),
        ]
    )

    assert [(each["address"]["kind"], each["address"]["name"], each["status"]) for each in found] == [
        ("check", "health", "error"),
        ("resource", "a", "unknown"),
        ("output_value", "o", "pass"),
    ]
    assert found[1]["address"]["mode"] == "data"
