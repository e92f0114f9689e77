"""What has the name of what is to be created, whose it is, and what is being deleted."""

from __future__ import annotations

import pytest

from planner.evaluation.decode import conform
from providers.contract.errors import Failed
from tests.providers.aws.support import call_for

TRUST = '{"Version": "2012-10-17", "Statement": []}'
POLICY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def existing(managed, **config):
    """What the planner is told of what has the key already."""
    return managed.kind.existing(managed.client, conform(config, managed.kind.schema), managed.call)


class TestExisting:
    def test_a_free_name_is_nobodys(self, managed):
        assert existing(managed("aws_iam_role"), name="free", assume_role_policy=TRUST) is None

    def test_what_gets_an_id_of_the_service_is_not_asked_for(self, managed, vpc):
        assert existing(managed("aws_vpc"), cidr_block="10.0.0.0/16") is None

    def test_a_role_that_somebody_made_by_hand(self, managed, client):
        client.call("iam", "create_role", RoleName="theirs", AssumeRolePolicyDocument=TRUST)

        found = existing(managed("aws_iam_role", "aws_iam_role.a"), name="theirs", assume_role_policy=TRUST)

        assert not found.adopted
        assert "somebody else" in found.owner
        assert 'import { to = aws_iam_role.a, id = "theirs" }' in found.advice

    def test_a_role_of_another_stack(self, managed, client):
        tags = [{"Key": "freehold:lineage", "Value": "another"}, {"Key": "freehold:stack", "Value": "shop"}]
        client.call("iam", "create_role", RoleName="of-shop", AssumeRolePolicyDocument=TRUST, Tags=tags)

        found = existing(managed("aws_iam_role"), name="of-shop", assume_role_policy=TRUST)

        assert (found.owner, found.adopted) == ('the stack "shop" (lineage another)', False)

    def test_a_role_of_this_very_instance_is_taken_over_and_one_of_its_neighbour_is_not(self, managed):
        config = {"name": "ours", "assume_role_policy": TRUST}
        managed("aws_iam_role", "aws_iam_role.a").create(**config)

        assert existing(managed("aws_iam_role", "aws_iam_role.a"), **config).adopted
        found = existing(managed("aws_iam_role", "aws_iam_role.b"), **config)
        assert not found.adopted
        assert found.owner == "this stack as aws_iam_role.a, and the state does not have it"

    def test_what_takes_no_tags_is_somebody_elses(self, managed):
        managed("aws_iam_role").create(name="tagless", assume_role_policy=TRUST)
        managed("aws_iam_role_policy_attachment").create(role="tagless", policy_arn=POLICY)

        attachment = managed("aws_iam_role_policy_attachment", "aws_iam_role_policy_attachment.b")
        found = existing(attachment, role="tagless", policy_arn=POLICY)

        assert not found.adopted
        assert f'id = "tagless/{POLICY}"' in found.advice
        assert existing(attachment, role="no-such", policy_arn=POLICY) is None

    def test_an_issuer_is_known_by_its_url(self, managed):
        config = {"url": "https://example.com/id", "client_id_list": ("sts.amazonaws.com",)}
        issuer = managed("aws_iam_openid_connect_provider").create(**config)

        assert existing(issuer, **config).adopted
        other = {**config, "url": "https://example.com/other"}
        assert existing(managed("aws_iam_openid_connect_provider"), **other) is None

    def test_what_is_on_no_cluster_is_nobodys(self, managed):
        for type_, config in (
            ("aws_eks_access_entry", {"principal_arn": "arn:aws:iam::123456789012:role/a"}),
            ("aws_eks_addon", {"addon_name": "coredns"}),
            (
                "aws_eks_pod_identity_association",
                {"namespace": "a", "service_account": "b", "role_arn": "arn:aws:iam::123456789012:role/a"},
            ),
        ):
            assert existing(managed(type_), cluster_name="no-such", **config) is None


class TestBeingDeleted:
    def test_a_cluster_that_goes_is_there_until_it_is_gone(self, managed, make_cluster, monkeypatch):
        cluster = make_cluster("going")
        item = cluster.kind.described(cluster.client, cluster.observed.identity)
        with monkeypatch.context() as patched:
            going = {**item, "status": "DELETING"}
            patched.setattr(type(cluster.kind), "described", lambda kind, client, identity: going)
            assert "by EKS" in cluster.read().deletion
            again = managed("aws_eks_cluster")
            assert "by EKS" in again.kind.existing(again.client, cluster.observed.values, again.call).deletion
            assert cluster.kind.find(cluster.client, cluster.observed.values, cluster.call) is None
            with pytest.raises(Failed, match="DELETING"):
                cluster.kind.settled(cluster.client, cluster.observed.values, call_for("aws_eks_cluster.a"))
        cluster.delete()
        assert cluster.read() is None

    def test_a_name_that_is_being_freed_is_waited_for(self, managed, make_cluster, client):
        first = make_cluster("anew")
        client.call("eks", "delete_cluster", name="anew")

        second = make_cluster("anew")

        assert second.observed.values["status"] == "ACTIVE"
        assert second.observed.values["created_at"] >= first.observed.values["created_at"]
        second.delete()

    def test_a_nat_gateway_that_goes_is_there_and_one_that_is_gone_is_not(self, managed, subnets, monkeypatch):
        gateway = managed("aws_nat_gateway").create(subnet_id=subnets[0], connectivity_type="private")
        (item,) = gateway.client.pages("ec2", "describe_nat_gateways", "NatGateways", NatGatewayIds=[gateway["id"]])
        states = {"deleting": "since 2026-11-28", "deleted": None}
        for state, told in states.items():
            listed = {**item, "State": state, "DeleteTime": "2026-11-28"}
            with monkeypatch.context() as patched:
                patched.setattr(gateway.client, "pages", lambda *a, listed=listed, **b: iter((listed,)))
                live = gateway.read()
                assert (live and live.deletion) == told
                assert gateway.kind.find(gateway.client, gateway.observed.values, gateway.call) is None
        gateway.delete()
        assert gateway.read() is None
