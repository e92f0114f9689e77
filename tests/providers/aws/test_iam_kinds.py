"""Roles, their policies and OIDC providers through their lives, with boto3 as the judge of what there is."""

from __future__ import annotations

import json

import pytest

from providers.contract.errors import AlreadyExists
from tests.providers.aws.conftest import trusting
from tests.providers.aws.support import TurnedClock

POLICY = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"


def role_config(name, **more):
    return {"name": name, "assume_role_policy": trusting("eks.amazonaws.com"), **more}


class TestRole:
    def test_its_life(self, managed, iam, name):
        config = role_config(name, description="a", tags={"Name": "a"})
        role = managed("aws_iam_role").create(**config)
        described = iam.get_role(RoleName=name)["Role"]
        assert (described["Arn"], described["Description"]) == (role["arn"], "a")
        assert described["AssumeRolePolicyDocument"] == json.loads(trusting("eks.amazonaws.com"))
        assert role.changes(**config) == ()

        role.update(**{**config, "description": "b", "tags": {"Name": "b"}, "max_session_duration": 7200})
        described = iam.get_role(RoleName=name)["Role"]
        assert (described["Description"], described["MaxSessionDuration"]) == ("b", 7200)
        assert {"Key": "Name", "Value": "b"} in described["Tags"]

        role.delete()
        assert role.read() is None
        role.delete()

    def test_its_trust_is_changed_in_place_and_its_name_is_not(self, managed, iam, name):
        role = managed("aws_iam_role").create(**role_config(name))

        role.update(name=name, assume_role_policy=trusting("ec2.amazonaws.com"))

        described = iam.get_role(RoleName=name)["Role"]
        assert described["AssumeRolePolicyDocument"] == json.loads(trusting("ec2.amazonaws.com"))
        assert role.replaced_by(**role_config(f"{name}-b")) == ["name"]

    def test_another_spelling_of_the_same_policy_is_no_change(self, managed, name):
        role = managed("aws_iam_role").create(**role_config(name))
        spread = json.dumps(json.loads(trusting("eks.amazonaws.com")), indent=2)

        assert role.changes(name=name, assume_role_policy=spread) == ()

    def test_ours_is_found_and_somebody_elses_is_not_taken(self, managed, iam, name):
        role = managed("aws_iam_role").create(**role_config(name))
        assert role.find(**role_config(name)).identity == role.observed.identity
        assert managed("aws_iam_role").find(**role_config(f"{name}-none")) is None

        with pytest.raises(AlreadyExists):
            managed("aws_iam_role").find(**role_config(name))
        with pytest.raises(AlreadyExists):
            managed("aws_iam_role").create(**role_config(name))

    def test_it_waits_for_the_policies_that_are_still_attached(self, managed, iam, name):
        clock = TurnedClock()
        role = managed("aws_iam_role", clock=clock).create(**role_config(name))
        iam.attach_role_policy(RoleName=name, PolicyArn=POLICY)
        clock.at(2, lambda: iam.detach_role_policy(RoleName=name, PolicyArn=POLICY))

        role.delete()

        assert role.read() is None
        assert role.said


class TestAttachment:
    def test_its_life(self, managed, iam, name):
        managed("aws_iam_role").create(**role_config(name))
        config = {"role": name, "policy_arn": POLICY}
        attachment = managed("aws_iam_role_policy_attachment").create(**config)
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        assert [policy["PolicyArn"] for policy in attached] == [POLICY]
        assert attachment.changes(**config) == ()
        assert attachment.find(**config).identity == attachment.observed.identity
        assert attachment.replaced_by(role="other", policy_arn=POLICY) == ["role"]

        attachment.delete()

        assert iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] == []
        assert attachment.read() is None
        attachment.delete()

    def test_it_goes_with_its_role(self, managed, name):
        role = managed("aws_iam_role").create(**role_config(name))
        attachment = managed("aws_iam_role_policy_attachment").create(role=name, policy_arn=POLICY)
        attachment.delete()
        role.delete()

        assert attachment.read() is None
        attachment.delete()


class TestOpenidConnectProvider:
    @pytest.fixture
    def config(self, name):
        return {"url": f"https://oidc.example.com/id/{name}", "client_id_list": ("sts.amazonaws.com",)}

    def test_its_life(self, managed, iam, config):
        provider = managed("aws_iam_openid_connect_provider").create(**config)
        described = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider["arn"])
        assert described["ClientIDList"] == ["sts.amazonaws.com"]
        assert provider["url"] == config["url"]
        assert provider.changes(**config) == ()
        assert provider.find(**config).identity == provider.observed.identity

        provider.update(**config, tags={"Name": "a"})
        described = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider["arn"])
        assert {"Key": "Name", "Value": "a"} in described["Tags"]

        provider.delete()
        assert provider.read() is None
        provider.delete()

    def test_somebody_elses_is_not_taken(self, managed, iam, config):
        iam.create_open_id_connect_provider(Url=config["url"], ClientIDList=["sts.amazonaws.com"])

        with pytest.raises(AlreadyExists):
            managed("aws_iam_openid_connect_provider").find(**config)
        with pytest.raises(AlreadyExists):
            managed("aws_iam_openid_connect_provider").create(**config)
