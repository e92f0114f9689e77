"""Creates whose answer was lost: sent once, found again by what they left, and never taken from another stack."""

from __future__ import annotations

import pytest

from providers.contract.errors import AlreadyExists, Unreachable
from tests.providers.aws.conftest import trusting
from tests.providers.aws.support import LINEAGE

ADDRESS = "aws_iam_role.a"
STRANGERS = {
    "another stack's of the same address": {"freehold:address": ADDRESS, "freehold:lineage": "0a9b8c7d"},
    "another of the same stack": {"freehold:address": "aws_iam_role.b", "freehold:lineage": LINEAGE},
    "one that says no lineage": {"freehold:address": ADDRESS},
    "one that says no address": {"freehold:lineage": LINEAGE},
    "one without tags": {},
}


def listed(tags):
    return [{"Key": name, "Value": value} for name, value in tags.items()]


@pytest.mark.parametrize("case", STRANGERS)
class TestAnotherOfTheSameName:
    def test_a_role_is_not_taken(self, managed, iam, name, case):
        document = trusting("eks.amazonaws.com")
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, Tags=listed(STRANGERS[case]))

        with pytest.raises(AlreadyExists):
            managed("aws_iam_role", ADDRESS).find(name=name, assume_role_policy=document)

    def test_an_oidc_provider_is_not_taken(self, managed, iam, name, case):
        url, clients = f"https://oidc.example.com/id/{name}", ["sts.amazonaws.com"]
        iam.create_open_id_connect_provider(Url=url, ClientIDList=clients, Tags=listed(STRANGERS[case]))

        with pytest.raises(AlreadyExists):
            managed("aws_iam_openid_connect_provider", ADDRESS).find(url=url, client_id_list=tuple(clients))

    def test_a_network_is_not_found(self, managed, ec2, case):
        tags = [{"ResourceType": "vpc", "Tags": listed({**STRANGERS[case], "Name": "x"})}]
        ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=tags)

        assert managed("aws_vpc", ADDRESS).find(cidr_block="10.9.0.0/16") is None


def test_a_role_of_this_very_create_is_found(managed, iam, name):
    document, own = trusting("eks.amazonaws.com"), {"freehold:address": ADDRESS, "freehold:lineage": LINEAGE}
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, Tags=listed(own))
    found = managed("aws_iam_role", ADDRESS).find(name=name, assume_role_policy=document)
    assert found.identity["name"] == name


UNNAMED = {  # what AWS names itself: the type, the operation of EC2, and what it is made of
    "aws_vpc": ("CreateVpc", {"cidr_block": "10.8.0.0/16"}),
    "aws_internet_gateway": ("CreateInternetGateway", {}),
    "aws_eip": ("AllocateAddress", {"domain": "vpc"}),
}


@pytest.mark.parametrize("type_", UNNAMED)
class TestWhatAwsNamesItself:
    @pytest.mark.parametrize("moment", ["before", "after"])
    def test_a_create_without_answer_is_not_sent_again(self, managed, faults, counted, type_, moment):
        operation, config = UNNAMED[type_]
        faults({"service": "ec2", "operation": operation, "times": 1, "drop": moment})
        made = managed(type_)

        with pytest.raises(Unreachable):
            made.create(**config)

        assert counted()["ec2"][operation] == 1
        assert (made.find(**config) is not None) == (moment == "after")

    def test_a_create_that_was_throttled_is(self, managed, faults, counted, type_):
        operation, config = UNNAMED[type_]
        error = {"code": "RequestLimitExceeded", "status": 503}
        faults({"service": "ec2", "operation": operation, "times": 2, "error": error})

        made = managed(type_).create(**config)

        assert counted()["ec2"][operation] == 3
        assert made.find(**config).identity == made.observed.identity

    def test_a_create_that_ended_in_an_internal_error_is_not(self, managed, faults, counted, type_):
        operation, config = UNNAMED[type_]
        faults(
            {"service": "ec2", "operation": operation, "times": 1, "error": {"code": "InternalError", "status": 500}}
        )

        with pytest.raises(Exception, match="InternalError"):
            managed(type_).create(**config)

        assert counted()["ec2"][operation] == 1
