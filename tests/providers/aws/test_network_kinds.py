"""The kinds of a network through their lives, with boto3 as the judge of what there is."""

from __future__ import annotations

import threading

import pytest

from language.values import Unknown
from providers.contract import Observed
from providers.contract.errors import AlreadyExists, Conflict, Failed, Invalid
from tests.providers.aws.support import LINEAGE, TurnedClock

EVERYWHERE = "0.0.0.0/0"


@pytest.fixture
def open_vpc(managed, name):
    """A network of the test's own, with an internet gateway."""
    vpc = managed("aws_vpc").create(cidr_block="10.2.0.0/16")
    gateway = managed("aws_internet_gateway").create(vpc_id=vpc["id"])
    return vpc, gateway


def exists(ec2, operation, listed, **filters):
    given = [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in filters.items()]
    return bool(getattr(ec2, operation)(Filters=given)[listed])


@pytest.mark.parametrize(
    ("type_", "name"),
    [("aws_vpc", "cidr_block"), ("aws_subnet", "cidr_block"), ("aws_route", "destination_cidr_block")],
)
class TestNetworks:
    """EC2's CreateRoute: "if you specify 100.68.0.18/18, we modify it to 100.68.0.0/18"."""

    def others(self, type_):
        return {"aws_vpc": {}, "aws_subnet": {"vpc_id": "vpc-1"}, "aws_route": {"route_table_id": "rtb-1"}}[type_]

    @pytest.mark.parametrize(
        "text", ["100.68.0.18/18", "100.68.0.0", "10.0.0.0/33", "10.0.0.0/255.0.0.0", "a/8", "::/0", ""]
    )
    def test_what_the_service_would_write_otherwise_is_refused_when_planning(self, managed, type_, name, text):
        with pytest.raises(Invalid) as refused:
            managed(type_).planned(**self.others(type_), **{name: text})

        assert refused.value.path == (name,)
        assert text == "" or text not in refused.value.detail, "it may be a secret"

    @pytest.mark.parametrize("text", ["100.68.0.0/18", "0.0.0.0/0", "10.0.0.7/32"])
    def test_what_it_keeps_is_planned(self, managed, type_, name, text):
        assert managed(type_).planned(**self.others(type_), **{name: text}).values[name] == text

    def test_what_is_not_known_is_planned(self, managed, type_, name):
        planned = managed(type_).planned(**self.others(type_), **{name: Unknown()})

        assert isinstance(planned.values[name], Unknown)


class TestVpc:
    config = {"cidr_block": "10.1.0.0/16", "enable_dns_hostnames": True}  # noqa: RUF012

    def test_it_is_made_as_it_is_described(self, managed, ec2):
        vpc = managed("aws_vpc").create(**self.config)

        (described,) = ec2.describe_vpcs(VpcIds=[vpc["id"]])["Vpcs"]
        assert described["CidrBlock"] == "10.1.0.0/16"
        hostnames = ec2.describe_vpc_attribute(VpcId=vpc["id"], Attribute="enableDnsHostnames")
        assert hostnames["EnableDnsHostnames"]["Value"] is True
        assert vpc["arn"] == f"arn:aws:ec2:eu-west-1:123456789012:vpc/{vpc['id']}"
        assert vpc.changes(**self.config) == ()

    def test_what_the_service_fills_in_is_unknown_before(self, managed):
        planned = managed("aws_vpc").planned(**self.config).values

        assert isinstance(planned["id"], Unknown)
        assert planned["enable_dns_support"] is True

    def test_dns_is_changed_in_place_and_the_cidr_is_not(self, managed, ec2):
        vpc = managed("aws_vpc").create(**self.config)
        before = vpc["id"]

        vpc.update(cidr_block="10.1.0.0/16", enable_dns_hostnames=False)

        assert vpc["id"] == before
        hostnames = ec2.describe_vpc_attribute(VpcId=before, Attribute="enableDnsHostnames")
        assert hostnames["EnableDnsHostnames"]["Value"] is False
        assert vpc.replaced_by(cidr_block="10.9.0.0/16") == ["cidr_block"]

    def test_what_somebody_changed_shows(self, managed, ec2):
        vpc = managed("aws_vpc").create(**self.config)
        ec2.modify_vpc_attribute(VpcId=vpc["id"], EnableDnsHostnames={"Value": False})

        assert vpc.changes(**self.config) == ("enable_dns_hostnames",)

    def test_many_are_read_with_one_describe(self, managed, client, counted):
        made = [managed("aws_vpc").create(**self.config) for _ in range(3)]
        before = counted()["ec2"].get("DescribeVpcs", 0)

        found = made[0].kind.read(client, [each.observed for each in reversed(made)])

        assert [each.values["id"] for each in found] == [each["id"] for each in reversed(made)]
        assert counted()["ec2"]["DescribeVpcs"] == before + 1

    def test_a_lost_create_is_found_by_its_tags(self, managed):
        vpc = managed("aws_vpc").create(**self.config)

        assert vpc.find(**self.config).identity == vpc.observed.identity
        assert managed("aws_vpc").find(**self.config) is None

    def test_the_answer_to_a_create_that_was_lost(self, managed, ec2, faults, counted):
        """EC2 takes no token for a VPC: whoever asks again after a lost answer has two."""
        vpc = managed("aws_vpc", "aws_vpc.lost")
        faults({"service": "ec2", "operation": "DescribeVpcs", "times": 1, "error": {"code": "AuthFailure"}})

        with pytest.raises(Exception, match="AuthFailure"):
            vpc.create(**self.config)
        found = vpc.find(**self.config)

        assert exists(ec2, "describe_vpcs", "Vpcs", vpc_id=found.identity["id"])
        assert counted()["ec2"]["CreateVpc"] == 1

    def test_gone_is_none_and_deleting_it_again_is_no_error(self, managed, ec2):
        vpc = managed("aws_vpc").create(**self.config)

        vpc.delete()

        assert not exists(ec2, "describe_vpcs", "Vpcs", vpc_id=vpc["id"])
        assert vpc.read() is None
        vpc.delete()

    def test_a_cidr_that_aws_does_not_take(self, managed):
        with pytest.raises(Invalid, match="InvalidVpc"):
            managed("aws_vpc").create(cidr_block="10.0.0.0/8")


class TestSubnet:
    @pytest.fixture
    def config(self, open_vpc):
        vpc, _ = open_vpc
        return {"vpc_id": vpc["id"], "cidr_block": "10.2.1.0/24", "availability_zone": "eu-west-1b"}

    def test_its_life(self, managed, ec2, config):
        subnet = managed("aws_subnet").create(**config)
        (described,) = ec2.describe_subnets(SubnetIds=[subnet["id"]])["Subnets"]
        assert (described["CidrBlock"], described["AvailabilityZone"]) == ("10.2.1.0/24", "eu-west-1b")
        assert subnet.changes(**config) == ()
        assert subnet.find(**config).identity == subnet.observed.identity

        subnet.update(**config, map_public_ip_on_launch=True)
        (described,) = ec2.describe_subnets(SubnetIds=[subnet["id"]])["Subnets"]
        assert described["MapPublicIpOnLaunch"] is True

        subnet.delete()
        assert subnet.read() is None

    def test_what_cannot_be_changed(self, managed, config):
        subnet = managed("aws_subnet").create(**config)

        assert subnet.replaced_by(**{**config, "cidr_block": "10.2.2.0/24"}) == ["cidr_block"]
        assert subnet.replaced_by(**{**config, "availability_zone": "eu-west-1c"}) == ["availability_zone"]
        without = {name: value for name, value in config.items() if name != "availability_zone"}
        assert subnet.replaced_by(**without) == []

    def test_an_interface_that_the_cni_left_is_removed_with_it(self, managed, ec2, config):
        subnet = managed("aws_subnet").create(**config)
        left = ec2.create_network_interface(SubnetId=subnet["id"], Description="aws-K8S-i-0123456789abcdef0")

        subnet.delete()

        assert subnet.read() is None
        interface = left["NetworkInterface"]["NetworkInterfaceId"]
        assert not exists(ec2, "describe_network_interfaces", "NetworkInterfaces", network_interface_id=interface)

    def test_another_interface_is_waited_for_and_named(self, managed, ec2, config):
        clock = TurnedClock()
        subnet = managed("aws_subnet", clock=clock).create(**config)
        made = ec2.create_network_interface(SubnetId=subnet["id"], Description="ELB net/shop/0123456789abcdef")
        interface = made["NetworkInterface"]["NetworkInterfaceId"]
        clock.at(3, lambda: ec2.delete_network_interface(NetworkInterfaceId=interface))

        subnet.delete()

        assert subnet.read() is None
        assert any("ELB net/shop" in word for word in subnet.said)
        assert clock.slept == sorted(clock.slept)

    def test_an_interface_that_stays_is_given_up_on_and_left_alone(self, managed, ec2, config):
        clock = TurnedClock()
        subnet = managed("aws_subnet", clock=clock).create(**config)
        made = ec2.create_network_interface(SubnetId=subnet["id"], Description="mine")

        with pytest.raises(Conflict, match="DependencyViolation"):
            subnet.delete()

        assert 15 * 60 <= clock.time <= 30 * 60
        interface = made["NetworkInterface"]["NetworkInterfaceId"]
        assert exists(ec2, "describe_network_interfaces", "NetworkInterfaces", network_interface_id=interface)
        assert subnet.read() is not None

    def test_waiting_for_it_ends_when_one_is_told_to_stop(self, managed, ec2, config):
        clock, cancelled = TurnedClock(), threading.Event()
        subnet = managed("aws_subnet", clock=clock, cancelled=cancelled).create(**config)
        ec2.create_network_interface(SubnetId=subnet["id"], Description="mine")
        clock.at(2, cancelled.set)

        with pytest.raises(Conflict):
            subnet.delete()

        assert len(clock.slept) == 2


class TestInternetGateway:
    def test_its_life(self, managed, ec2, open_vpc):
        vpc, gateway = open_vpc
        (described,) = ec2.describe_internet_gateways(InternetGatewayIds=[gateway["id"]])["InternetGateways"]
        assert described["Attachments"][0]["VpcId"] == vpc["id"]
        assert gateway.changes(vpc_id=vpc["id"]) == ()

        gateway.delete()

        assert not exists(ec2, "describe_internet_gateways", "InternetGateways", internet_gateway_id=gateway["id"])
        vpc.delete()
        assert vpc.read() is None

    def test_it_moves_to_another_network_in_place(self, managed, ec2, open_vpc):
        _, gateway = open_vpc
        other = managed("aws_vpc").create(cidr_block="10.3.0.0/16")

        gateway.update(vpc_id=other["id"])

        (described,) = ec2.describe_internet_gateways(InternetGatewayIds=[gateway["id"]])["InternetGateways"]
        assert [attachment["VpcId"] for attachment in described["Attachments"]] == [other["id"]]

    def test_one_that_was_made_and_not_attached_is_attached_when_found(self, managed, ec2, faults):
        vpc = managed("aws_vpc").create(cidr_block="10.3.0.0/16")
        gateway = managed("aws_internet_gateway")
        faults({"service": "ec2", "operation": "AttachInternetGateway", "times": 1, "error": {"code": "AuthFailure"}})
        with pytest.raises(Exception, match="AuthFailure"):
            gateway.create(vpc_id=vpc["id"])

        found = gateway.find(vpc_id=vpc["id"])

        (described,) = ec2.describe_internet_gateways(InternetGatewayIds=[found.identity["id"]])["InternetGateways"]
        assert described["Attachments"][0]["VpcId"] == vpc["id"]

    def test_the_network_waits_until_it_is_gone(self, managed, ec2):
        clock = TurnedClock()
        vpc = managed("aws_vpc", clock=clock).create(cidr_block="10.3.0.0/16")
        gateway = managed("aws_internet_gateway").create(vpc_id=vpc["id"])
        clock.at(2, gateway.delete)

        vpc.delete()

        assert vpc.read() is None
        assert any("DependencyViolation" in word or "dependencies" in word for word in vpc.said)


class TestNatGateway:
    @pytest.fixture
    def config(self, managed, open_vpc):
        vpc, _ = open_vpc
        subnet = managed("aws_subnet").create(vpc_id=vpc["id"], cidr_block="10.2.200.0/24")
        address = managed("aws_eip").create()
        return {"subnet_id": subnet["id"], "allocation_id": address["id"]}

    def test_its_life(self, managed, ec2, config):
        gateway = managed("aws_nat_gateway").create(**config)
        (described,) = ec2.describe_nat_gateways(NatGatewayIds=[gateway["id"]])["NatGateways"]
        assert described["State"] == "available"
        assert gateway["public_ip"] == described["NatGatewayAddresses"][0]["PublicIp"]
        assert any("pending" in word for word in gateway.said)
        assert gateway.changes(**config) == ()
        assert gateway.find(**config).identity == gateway.observed.identity
        assert gateway.replaced_by(**{**config, "subnet_id": "subnet-1"}) == ["subnet_id"]

        gateway.delete()

        (described,) = ec2.describe_nat_gateways(NatGatewayIds=[gateway["id"]])["NatGateways"]
        assert described["State"] == "deleted"
        assert gateway.read() is None

    def test_it_tells_whose_it_is(self, managed, ec2, config):
        gateway = managed("aws_nat_gateway").create(**config)
        assert gateway.observed.private["lineage"] == LINEAGE

        ec2.delete_tags(Resources=[gateway["id"]], Tags=[{"Key": "freehold:lineage"}])

        assert "lineage" not in gateway.read().private

    def test_the_same_create_twice_makes_one(self, managed, ec2, config):
        gateway = managed("aws_nat_gateway")
        first = gateway.create(**config)["id"]
        gateway.observed = None

        assert gateway.create(**config)["id"] == first


class TestAddress:
    def test_its_life(self, managed, ec2):
        address = managed("aws_eip").create(tags={"Name": "a"})
        (described,) = ec2.describe_addresses(AllocationIds=[address["id"]])["Addresses"]
        assert address["public_ip"] == described["PublicIp"]
        assert address["allocation_id"] == address["id"]
        assert address.changes(tags={"Name": "a"}) == ()
        assert address.find(tags={"Name": "a"}).identity == address.observed.identity

        address.delete()

        assert address.read() is None
        address.delete()


class TestRoutes:
    @pytest.fixture
    def table(self, managed, open_vpc):
        return managed("aws_route_table").create(vpc_id=open_vpc[0]["id"])

    def test_a_table(self, managed, ec2, table, open_vpc):
        vpc, _ = open_vpc
        (described,) = ec2.describe_route_tables(RouteTableIds=[table["id"]])["RouteTables"]
        assert described["VpcId"] == vpc["id"]
        assert table.changes(vpc_id=vpc["id"]) == ()
        assert table.find(vpc_id=vpc["id"]).identity == table.observed.identity

        table.delete()
        assert table.read() is None

    def test_a_route(self, managed, ec2, table, open_vpc):
        _, gateway = open_vpc
        config = {
            "route_table_id": table["id"],
            "destination_cidr_block": EVERYWHERE,
            "gateway_id": gateway["id"],
        }
        route = managed("aws_route").create(**config)
        assert _routes(ec2, table["id"])[EVERYWHERE]["GatewayId"] == gateway["id"]
        assert route.changes(**config) == ()
        assert route.find(**config).identity == route.observed.identity
        assert route.replaced_by(**{**config, "destination_cidr_block": "10.9.0.0/16"}) == ["destination_cidr_block"]

        route.delete()

        assert EVERYWHERE not in _routes(ec2, table["id"])
        assert route.read() is None
        route.delete()

    def test_a_route_that_leads_elsewhere_is_somebody_elses(self, managed, ec2, table, open_vpc):
        _, gateway = open_vpc
        ec2.create_route(RouteTableId=table["id"], DestinationCidrBlock=EVERYWHERE, GatewayId=gateway["id"])
        route = managed("aws_route")
        place = {"route_table_id": table["id"], "destination_cidr_block": EVERYWHERE}

        with pytest.raises(AlreadyExists):
            route.find(**place, nat_gateway_id="nat-0123456789abcdef0")

    def test_a_subnets_table_is_changed_in_place(self, managed, ec2, table, open_vpc):
        vpc, _ = open_vpc
        subnet = managed("aws_subnet").create(vpc_id=vpc["id"], cidr_block="10.2.3.0/24")
        other = managed("aws_route_table").create(vpc_id=vpc["id"])
        config = {"subnet_id": subnet["id"], "route_table_id": table["id"]}
        association = managed("aws_route_table_association").create(**config)
        assert association.changes(**config) == ()

        association.update(**{**config, "route_table_id": other["id"]})

        assert _table_of(ec2, subnet["id"]) == other["id"]
        association.delete()
        assert association.read() is None
        assert _table_of(ec2, subnet["id"]) is None

    def test_a_table_in_use_is_waited_for(self, managed, table, open_vpc):
        vpc, _ = open_vpc
        subnet = managed("aws_subnet").create(vpc_id=vpc["id"], cidr_block="10.2.4.0/24")
        association = managed("aws_route_table_association")
        association.create(subnet_id=subnet["id"], route_table_id=table["id"])
        clock = TurnedClock()
        clock.at(2, association.delete)
        waiting = managed("aws_route_table", clock=clock)
        waiting.observed = table.observed

        waiting.delete()

        assert waiting.read() is None
        assert waiting.said


def _routes(ec2, table):
    (described,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    return {route["DestinationCidrBlock"]: route for route in described["Routes"]}


def _table_of(ec2, subnet):
    filters = [{"Name": "association.subnet-id", "Values": [subnet]}]
    found = ec2.describe_route_tables(Filters=filters)["RouteTables"]
    return found[0]["RouteTableId"] if found else None


def test_what_cannot_be_read_is_not_taken_for_gone(client, managed, faults):
    vpc = managed("aws_vpc").create(cidr_block="10.1.0.0/16")
    faults({"service": "ec2", "operation": "DescribeVpcs", "error": {"code": "UnauthorizedOperation", "status": 403}})

    with pytest.raises(Exception, match="UnauthorizedOperation"):
        vpc.kind.read(client, [Observed(vpc.observed.values, vpc.observed.identity)])


def test_a_nat_gateway_that_fails_is_reported_with_what_is_left(managed, open_vpc, monkeypatch):
    vpc, _ = open_vpc
    subnet = managed("aws_subnet").create(vpc_id=vpc["id"], cidr_block="10.2.201.0/24")
    gateway = managed("aws_nat_gateway")
    item = {
        "NatGatewayId": "nat-1",
        "SubnetId": subnet["id"],
        "State": "failed",
        "FailureMessage": "Network vpc has no Internet gateway attached",
    }
    monkeypatch.setattr(type(gateway.kind), "_item", lambda self, client, id_: item)

    with pytest.raises(Failed) as caught:
        gateway.kind.settle(gateway.client, "nat-1", {}, gateway.call)

    assert "no Internet gateway" in caught.value.detail
    assert caught.value.observed.identity == {"id": "nat-1"}
