"""Plan JSON against what terraform writes for the same plan, and what is our own in it: addresses, redaction."""

import json

import pytest

from language.parsing import parse
from language.types import STRING
from language.values import Sensitive, SetValue
from planner.plan.plan import Drift, OutputChange
from planner.plan.steps import Adopt, Create, Delete, Forget, Read, Replace, Update
from planner.render import plan_json
from planner.render.configuration_json import expression
from state import codec
from tests.planner.render.plans import UNKNOWN, every_kind, holding, manifest, plan, subject
from tests.planner.render.recorded_plan import recorded, same_plan


def ours(given):
    return json.loads(codec.dumps(plan_json.render(given)))


def pruned(value):
    """Without the empty objects and lists that terraform writes by the types of unknown values, and nulls."""
    if isinstance(value, dict):
        members = {name: pruned(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member not in ({}, [])}
    return value


def test_resource_changes_are_terraforms():
    changes = ours(same_plan())["resource_changes"]

    theirs = recorded("plan.json")["resource_changes"]
    assert [each["address"] for each in changes] == [each["address"] for each in theirs]
    for mine, their in zip(changes, theirs, strict=True):
        for part in ("before_sensitive", "after_sensitive"):
            mine["change"][part] = pruned(mine["change"][part])
            their["change"][part] = pruned(their["change"][part])
        assert mine == their


def test_output_changes_and_planned_outputs_are_terraforms():
    made, theirs = ours(same_plan()), recorded("plan.json")

    assert made["output_changes"] == theirs["output_changes"]
    assert made["planned_values"]["outputs"] == theirs["planned_values"]["outputs"]


def test_planned_and_prior_resources_are_terraforms():
    made, theirs = ours(same_plan()), recorded("plan.json")

    for state in (lambda doc: doc["planned_values"], lambda doc: doc["prior_state"]["values"]):
        mine, their = state(made)["root_module"]["resources"], state(theirs)["root_module"]["resources"]
        for each in (*mine, *their):
            each["sensitive_values"] = pruned(each["sensitive_values"])
        assert mine == their


def test_the_document_has_terraforms_keys():
    made, theirs = ours(same_plan()), recorded("plan.json")

    assert set(theirs) - {"resource_drift", "relevant_attributes"} <= set(made)
    assert (made["format_version"], made["applyable"], made["complete"], made["errored"]) == ("1.2", True, True, False)


def test_expanded_resources_keep_their_address_and_have_names():
    made = ours(
        plan(
            Create(subject("cluster.main/aws_vpc"), after={"cidr_block": "10.0.0.0/16"}),
            Create(subject("cluster.main/aws_subnet.private-a"), after={"cidr_block": "10.0.0.0/20"}),
            Create(
                subject("app.shop/apps/Deployment/shop/web"), after=holding(manifest("Deployment", "web", "apps/v1"))
            ),
        )
    )

    named = {each["address"]: (each["type"], each["name"]) for each in made["resource_changes"]}
    assert named == {
        "app.shop/apps/Deployment/shop/web": ("kubernetes_manifest", "apps/Deployment/shop/web"),
        "cluster.main/aws_subnet.private-a": ("aws_subnet", "private-a"),
        "cluster.main/aws_vpc": ("aws_vpc", "main"),
    }
    assert all("module_address" not in each for each in made["resource_changes"])


def test_a_secret_is_null_and_marked_on_both_sides():
    old, new = {"input": "s3cret-old"}, {"input": Sensitive("s3cret-new"), "list": (Sensitive("s3cret-2"), "b")}
    made = ours(plan(Update(subject("terraform_data.a"), before=old, after=new)))

    change = made["resource_changes"][0]["change"]
    assert (change["before"], change["after"]) == ({"input": None}, {"input": None, "list": [None, None]})
    assert (change["before_sensitive"], change["after_sensitive"]) == (
        {"input": True},
        {"input": True, "list": [True, True]},
    )
    assert "s3cret" not in json.dumps(made)


def test_an_unknown_secret_is_both():
    change = ours(plan(Create(subject("terraform_data.a"), after={"input": Sensitive(UNKNOWN)})))["resource_changes"][
        0
    ]["change"]

    assert change["after"] == {}
    assert change["after_unknown"] == {"input": True}
    assert change["after_sensitive"] == {"input": True}


def test_sensitive_outputs_and_variables_are_null():
    output = OutputChange("token", Sensitive("t0k-old"), Sensitive("t0k-new"), "update", sensitive=True)
    made = ours(plan(outputs=(output,), variables={"password": Sensitive("t0k-var"), "zone": "a"}))

    assert made["variables"] == {"password": {"value": None}, "zone": {"value": "a"}}
    assert made["output_changes"]["token"]["after_sensitive"] is True
    assert "t0k" not in json.dumps(made)


def test_sets_are_lists():
    made = ours(plan(Create(subject("terraform_data.a"), after={"input": SetValue(STRING, ["b", "a"])})))

    assert made["planned_values"]["root_module"]["resources"][0]["values"] == {"input": ["a", "b"]}


@pytest.mark.parametrize(
    ("step", "actions", "reason"),
    [
        (Create(subject("a_b.c"), after={"x": 1}), ["create"], None),
        (Create(subject("a_b.c"), after={"x": 1}, reason="gone"), ["create"], None),
        (Adopt(subject("a_b.c"), before={}, after={"x": 1}), ["create"], None),
        (Read(subject("a_b.c"), after={"x": UNKNOWN}), ["read"], None),
        (Forget(subject("a_b.c"), before={"x": 1}), ["forget"], None),
        (Delete(subject("a_b.c"), before={"x": 1}), ["delete"], "delete_because_no_resource_config"),
        (Delete(subject("a_b.c"), before={"x": 1}, reason="destroy"), ["delete"], None),
        (
            Replace(subject("a_b.c"), before={"x": 1}, after={"x": 1}, reason="tainted"),
            ["delete", "create"],
            "replace_because_tainted",
        ),
        (
            Replace(subject("a_b.c"), before={"x": 1}, after={"x": 1}, reason="requested"),
            ["delete", "create"],
            "replace_by_request",
        ),
        (
            Replace(subject("a_b.c"), before={"x": 1}, after={"x": 2}, paths=(("x",),), create_first=True),
            ["create", "delete"],
            "replace_because_cannot_update",
        ),
    ],
)
def test_actions_and_reasons(step, actions, reason):
    (made,) = ours(plan(step))["resource_changes"]

    assert made["change"]["actions"] == actions
    assert made.get("action_reason") == reason


def test_a_deposed_object_is_named():
    (made,) = ours(plan(Delete(subject("a_b.c"), before={"x": 1}, reason="deposed", deposed="12345678")))[
        "resource_changes"
    ]

    assert made["deposed"] == "12345678"


def test_drift_is_told_apart():
    drift = (Drift("a_b.c", "a_b", {"x": 1}, {"x": 2}), Drift("a_b.d", "a_b", {"x": 1}, None))
    made = ours(plan(Create(subject("a_b.e"), after={}), drift=drift))["resource_drift"]

    assert [each["change"]["actions"] for each in made] == [["update"], ["delete"]]
    assert [each["change"]["after"] for each in made] == [{"x": 2}, None]


def test_every_planned_resource_is_in_the_changes():
    made = ours(every_kind())

    planned = {each["address"] for each in made["planned_values"]["root_module"]["resources"]}
    assert planned <= {each["address"] for each in made["resource_changes"]}
    assert "aws_ebs_volume.scratch" not in planned


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"x"', {"constant_value": "x"}),
        ("[1, { a = true }]", {"constant_value": [1, {"a": True}]}),
        ("var.v", {"references": ["var.v"]}),
        ("aws_vpc.a.id", {"references": ["aws_vpc.a.id", "aws_vpc.a"]}),
        ("[for x in var.l : x.y]", {"references": ["var.l"]}),
        ('upper("x")', {}),
    ],
)
def test_expressions_are_constants_or_references(text, expected):
    body, _ = parse(f"a = {text}", "main.hcl")

    assert expression(body.attributes["a"].expression) == expected
