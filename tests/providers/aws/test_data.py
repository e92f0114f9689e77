"""AWS's data sources on the sandbox, with boto3 as the judge of what there is."""

from __future__ import annotations

import pytest

from planner.evaluation.decode import conform
from providers.aws import provider
from providers.contract.errors import AccessDenied, Invalid, NotFound


@pytest.fixture
def read(client):
    """`read("aws_vpc", id=...)`: what a data source tells."""

    def look(type_, *, by=None, **config):
        kind = provider.data_kinds[type_]
        found = kind.read(by or client, conform(config, kind.schema))
        assert set(found) == set(kind.schema.type.attributes)
        return found

    return look


def having(**filters):
    return tuple({"name": name.replace("_", "-"), "values": (value,)} for name, value in filters.items())


def test_the_region_is_the_providers_or_another_one(read):
    here, there = read("aws_region"), read("aws_region", name="us-east-1")

    assert (here["name"], here["region"], here["id"]) == ("eu-west-1", "eu-west-1", "eu-west-1")
    assert here["endpoint"] == "ec2.eu-west-1.amazonaws.com"
    assert here["description"] == "Europe (Ireland)"
    assert there["endpoint"] == "ec2.us-east-1.amazonaws.com"
    assert read("aws_region", endpoint="ec2.cn-north-1.amazonaws.com.cn")["name"] == "cn-north-1"
    for wrong in ({"name": "eu-nowhere-1"}, {"name": "eu-west-1", "endpoint": "ec2.us-east-1.amazonaws.com"}):
        with pytest.raises(Invalid):
            read("aws_region", **wrong)


def test_the_partition(read):
    found = read("aws_partition")

    assert (found["partition"], found["dns_suffix"], found["reverse_dns_prefix"]) == (
        "aws",
        "amazonaws.com",
        "com.amazonaws",
    )


def test_who_calls(read, boto):
    known = boto("sts").get_caller_identity()

    found = read("aws_caller_identity")

    assert (found["account_id"], found["arn"], found["user_id"]) == (known["Account"], known["Arn"], known["UserId"])


def test_zones_are_sorted_and_can_be_left_out(read):
    found = read("aws_availability_zones", state="available")

    assert list(found["names"]) == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    assert len(found["zone_ids"]) == 3
    left = read("aws_availability_zones", exclude_names=("eu-west-1b",), exclude_zone_ids=(found["zone_ids"][0],))
    assert list(left["names"]) == ["eu-west-1c"]
    one = read("aws_availability_zones", filter=having(zone_name="eu-west-1a"))
    assert list(one["names"]) == ["eu-west-1a"]


def test_zones_that_need_no_opting_in(read):
    found = read("aws_availability_zones", filter=having(opt_in_status="opt-in-not-required"))

    assert list(found["names"]) == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]


@pytest.fixture
def tagged(ec2, name):
    """A network with a tag that no other one has, made by others."""
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": name}, {"Key": "team", "Value": "a"}]}]
    made = ec2.create_vpc(CidrBlock="10.77.0.0/16", TagSpecifications=tags)["Vpc"]
    yield made
    for subnet in ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [made["VpcId"]]}])["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    ec2.delete_vpc(VpcId=made["VpcId"])


class TestVpc:
    def test_it_is_found_by_its_id_its_tags_and_filters(self, read, tagged, name):
        id_ = tagged["VpcId"]

        for asked in (
            {"id": id_},
            {"tags": {"Name": name}},
            {"filter": having(**{"tag:Name": name})},
            {"cidr_block": "10.77.0.0/16", "tags": {"Name": name}},
        ):
            found = read("aws_vpc", **asked)
            assert found["id"] == id_

    def test_it_is_told_as_it_is(self, read, tagged, ec2, name):
        found = read("aws_vpc", id=tagged["VpcId"])

        assert found["cidr_block"] == "10.77.0.0/16"
        assert found["tags"] == {"Name": name, "team": "a"}
        assert found["arn"] == f"arn:aws:ec2:eu-west-1:123456789012:vpc/{tagged['VpcId']}"
        assert (found["default"], found["enable_dns_support"], found["enable_dns_hostnames"]) == (False, True, False)
        asked = [{"Name": "vpc-id", "Values": [tagged["VpcId"]]}]
        (table,) = ec2.describe_route_tables(Filters=asked)["RouteTables"]
        assert found["main_route_table_id"] == table["RouteTableId"]
        assert [each["cidr_block"] for each in found["cidr_block_associations"]] == ["10.77.0.0/16"]

    def test_none_and_several_are_refused(self, read, tagged, ec2):
        with pytest.raises(NotFound, match="No such VPC"):
            read("aws_vpc", id="vpc-0123456789abcdef0")
        with pytest.raises(NotFound):
            read("aws_vpc", tags={"Name": "nobody's"})
        other = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
        try:
            with pytest.raises(Invalid, match="More than one VPC"):
                read("aws_vpc", cidr_block="10.77.0.0/16")
        finally:
            ec2.delete_vpc(VpcId=other)


class TestSubnets:
    @pytest.fixture
    def made(self, ec2, tagged):
        return [
            ec2.create_subnet(
                VpcId=tagged["VpcId"],
                CidrBlock=f"10.77.{number}.0/24",
                AvailabilityZone=f"eu-west-1{zone}",
                TagSpecifications=[{"ResourceType": "subnet", "Tags": [{"Key": "tier", "Value": tier}]}],
            )["Subnet"]
            for number, (zone, tier) in enumerate((("a", "web"), ("b", "web"), ("a", "data")))
        ]

    def test_all_of_a_network_and_those_with_a_tag(self, read, made, tagged):
        network = having(vpc_id=tagged["VpcId"])

        assert set(read("aws_subnets", filter=network)["ids"]) == {each["SubnetId"] for each in made}
        of_web = read("aws_subnets", filter=network, tags={"tier": "web"})
        assert set(of_web["ids"]) == {each["SubnetId"] for each in made[:2]}
        assert list(read("aws_subnets", filter=network, tags={"tier": "none"})["ids"]) == []

    def test_one_is_found_by_what_it_is(self, read, made, tagged):
        of = {"vpc_id": tagged["VpcId"]}

        for asked in (
            {"id": made[1]["SubnetId"]},
            {**of, "availability_zone": "eu-west-1b"},
            {**of, "cidr_block": "10.77.1.0/24"},
            {"filter": having(vpc_id=tagged["VpcId"], availability_zone="eu-west-1b")},
        ):
            found = read("aws_subnet", **asked)
            assert found["id"] == made[1]["SubnetId"]
        assert found["arn"] == made[1]["SubnetArn"]
        assert found["availability_zone_id"] == made[1]["AvailabilityZoneId"]
        assert found["tags"] == {"tier": "web"}
        assert found["available_ip_address_count"] == 251
        with pytest.raises(Invalid, match="More than one subnet"):
            read("aws_subnet", **of, availability_zone="eu-west-1a")
        with pytest.raises(NotFound):
            read("aws_subnet", id="subnet-0123456789abcdef0")


def test_a_cluster_is_told_as_its_resource_is(read, cluster):
    found = read("aws_eks_cluster", name=cluster["name"])

    for name in ("id", "arn", "role_arn", "version", "endpoint", "status", "platform_version", "created_at"):
        assert found[name] == cluster[name]
    assert found["certificate_authority"] == cluster["certificate_authority"]
    assert found["identity"] == cluster["identity"]
    assert found["vpc_config"][0]["vpc_id"] == cluster["vpc_config"][0]["vpc_id"]
    assert found["access_config"][0]["authentication_mode"] == "API"
    with pytest.raises(NotFound):
        read("aws_eks_cluster", name="nobodys")


def test_versions_of_clusters(read):
    found = read("aws_eks_cluster_versions", default_only=True)["cluster_versions"]

    assert [each["default_version"] for each in found] == [True]
    names = [each["cluster_version"] for each in read("aws_eks_cluster_versions")["cluster_versions"]]
    assert found[0]["cluster_version"] in names
    only = read("aws_eks_cluster_versions", cluster_versions_only=(names[0],))["cluster_versions"]
    assert [each["cluster_version"] for each in only] == [names[0]]
    assert found[0]["release_date"].endswith("T00:00:00Z")


def test_what_the_service_refuses_is_an_error_of_ours(read, faults):
    faults({"service": "ec2", "operation": "DescribeVpcs", "error": {"code": "UnauthorizedOperation", "status": 403}})

    with pytest.raises(AccessDenied):
        read("aws_vpc", id="vpc-1")
