"""What a state holds, as text and as JSON."""

import json

import pytest

from language.diagnostics import FreeholdError
from planner.prior.reading import CLUSTER
from planner.render import state_json, state_text
from state import codec
from state.secrets import Digest
from state.snapshot import OutputState, ResourceState, Snapshot
from tests.planner.render.recorded_plan import recorded

DIGEST = Digest("hmac-sha256:" + "0" * 64)
VPC = ResourceState("cluster.main/aws_vpc", "aws_vpc", "aws", {"id": "vpc-1", "tags": {"Name": "main"}, "ipv6": None})
DATABASE = ResourceState("aws_db.a[0]", "aws_db", "aws", {"password": DIGEST}, status="tainted")
OLD = ResourceState("aws_db.a[0]", "aws_db", "aws", {"id": "db-0"}, deposed="12ab34cd", dependencies=("aws_vpc.x",))
RECORD = ResourceState("cluster.main", CLUSTER, "aws", {"outputs": {"endpoint": "https://x"}})


def snapshot(*resources, **outputs):
    return Snapshot("lineage", "00" * 32, 3, {each.key: each for each in resources}, outputs)


def test_the_list_is_sorted_and_leaves_out_what_is_ours_alone():
    given = snapshot(VPC, DATABASE, OLD, RECORD)

    assert state_text.listed(given) == ["aws_db.a[0]", "aws_db.a[0] (deposed 12ab34cd)", "cluster.main/aws_vpc"]
    assert state_text.listed(given, ["cluster.main"]) == ["cluster.main/aws_vpc"]


def test_one_resource_is_hcl():
    assert list(state_text.resource(VPC)) == [
        "# cluster.main/aws_vpc",
        "aws_vpc {",
        '  id   = "vpc-1"',
        '  tags = { Name = "main" }',
        "}",
    ]


def test_a_secret_is_masked_and_a_taint_told():
    assert list(state_text.resource(DATABASE)) == [
        "# aws_db.a[0]  (tainted)",
        "aws_db {",
        "  password = (sensitive value)",
        "}",
    ]


def test_an_address_that_is_not_there_is_told_with_the_nearest():
    with pytest.raises(FreeholdError) as failure:
        state_text.found(snapshot(VPC, RECORD), "cluster.main/aws_vcp")

    assert failure.value.diagnostics[0].advice == "Did you mean cluster.main/aws_vpc?"


def test_an_empty_state_says_so():
    assert list(state_text.whole(snapshot())) == ["The state is empty."]


def test_the_whole_has_resources_and_outputs():
    made = list(state_text.whole(snapshot(VPC, endpoint=OutputState("https://x", "string"))))

    assert made[0] == "# cluster.main/aws_vpc"
    assert made[-3:] == ["Outputs:", "", 'endpoint = "https://x"']


def test_json_has_terraforms_shape_and_no_digest():
    given = snapshot(VPC, DATABASE, OLD, RECORD, token=OutputState(DIGEST, "string", True))
    made = json.loads(codec.dumps(state_json.render(given, lambda type_: f"registry/{type_}")))
    theirs = recorded("plan.json")["prior_state"]

    assert set(made) == set(theirs)
    assert set(made["values"]) == set(theirs["values"])
    resources = {
        each["address"]: each for each in made["values"]["root_module"]["resources"] if "deposed_key" not in each
    }
    assert set(resources["cluster.main/aws_vpc"]) == set(theirs["values"]["root_module"]["resources"][0])
    assert resources["cluster.main/aws_vpc"]["name"] == "main"
    assert resources["aws_db.a[0]"]["index"] == 0
    assert resources["aws_db.a[0]"]["values"] == {"password": None}
    assert resources["aws_db.a[0]"]["sensitive_values"] == {"password": True}
    assert resources["aws_db.a[0]"]["tainted"] is True
    assert "hmac" not in json.dumps(made)


def test_json_names_deposed_objects_and_dependencies():
    made = state_json.render(snapshot(OLD), lambda type_: "")["values"]["root_module"]["resources"][0]

    assert made["deposed_key"] == "12ab34cd"
    assert made["depends_on"] == ["aws_vpc.x"]


def test_json_of_an_empty_state_has_no_values():
    assert set(state_json.render(snapshot(), lambda type_: "")) == {"format_version", "terraform_version"}
