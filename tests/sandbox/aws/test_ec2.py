"""EC2 as the real one does it where moto does otherwise, and what a cluster's network needs of it."""

from __future__ import annotations

from tests.sandbox.support import eventually, refused


def gateway_state(ec2, gateway):
    return ec2.describe_nat_gateways(NatGatewayIds=[gateway])["NatGateways"][0]["State"]


def make_gateway(ec2, subnet, **options):
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    return ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address, **options)["NatGateway"], address


def test_a_dry_run_creates_nothing(ec2):
    before = len(ec2.describe_vpcs()["Vpcs"])
    answer = refused(ec2.create_vpc, "DryRunOperation", CidrBlock="10.9.0.0/16", DryRun=True)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 412
    refused(ec2.allocate_address, "DryRunOperation", Domain="vpc", DryRun=True)
    assert len(ec2.describe_vpcs()["Vpcs"]) == before


def test_a_nat_gateway_takes_its_time(ec2, network):
    gateway, address = make_gateway(ec2, network.subnets[0])
    assert gateway["State"] == "pending"
    eventually(lambda: gateway_state(ec2, gateway["NatGatewayId"]) == "available")
    refused(ec2.release_address, "InvalidIPAddress.InUse", AllocationId=address)
    refused(ec2.delete_subnet, "DependencyViolation", SubnetId=network.subnets[0])

    ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
    assert gateway_state(ec2, gateway["NatGatewayId"]) == "deleting"
    eventually(lambda: gateway_state(ec2, gateway["NatGatewayId"]) == "deleted")
    ec2.release_address(AllocationId=address)
    ec2.delete_subnet(SubnetId=network.subnets[0])


def test_an_unknown_nat_gateway_is_not_found(ec2):
    refused(ec2.describe_nat_gateways, "NatGatewayNotFound", NatGatewayIds=["nat-0"])
    refused(ec2.delete_nat_gateway, "NatGatewayNotFound", NatGatewayId="nat-0")


def test_a_client_token_creates_once(ec2, network, name):
    gateway, address = make_gateway(ec2, network.subnets[0], ClientToken=name)
    again = ec2.create_nat_gateway(SubnetId=network.subnets[0], AllocationId=address, ClientToken=name)["NatGateway"]
    assert again["NatGatewayId"] == gateway["NatGatewayId"]
    found = ec2.describe_nat_gateways(Filters=[{"Name": "vpc-id", "Values": [network.vpc]}])["NatGateways"]
    assert len(found) == 1
    refused(
        ec2.create_nat_gateway,
        "IdempotentParameterMismatch",
        SubnetId=network.subnets[1],
        AllocationId=address,
        ClientToken=name,
    )


def test_a_gateway_with_mapped_addresses_stays_attached(ec2, network):
    internet = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    where = {"InternetGatewayId": internet, "VpcId": network.vpc}
    ec2.attach_internet_gateway(**where)
    gateway, _ = make_gateway(ec2, network.subnets[0])
    answer = refused(ec2.detach_internet_gateway, "DependencyViolation", **where)
    assert "mapped public address(es)" in answer["Error"]["Message"]

    ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
    eventually(lambda: gateway_state(ec2, gateway["NatGatewayId"]) == "deleted")
    ec2.detach_internet_gateway(**where)


def test_a_vpc_goes_last(ec2, network):
    internet = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=internet, VpcId=network.vpc)
    group = ec2.create_security_group(GroupName="own", Description="own", VpcId=network.vpc)["GroupId"]
    for subnet in network.subnets:
        ec2.delete_subnet(SubnetId=subnet)
    refused(ec2.delete_vpc, "DependencyViolation", VpcId=network.vpc)
    ec2.detach_internet_gateway(InternetGatewayId=internet, VpcId=network.vpc)
    refused(ec2.delete_vpc, "DependencyViolation", VpcId=network.vpc)
    ec2.delete_security_group(GroupId=group)
    ec2.delete_vpc(VpcId=network.vpc)
    refused(ec2.describe_vpcs, "InvalidVpcID.NotFound", VpcIds=[network.vpc])


def test_a_security_group_in_use_stays(ec2, network):
    group, other = (
        ec2.create_security_group(GroupName=word, Description=word, VpcId=network.vpc)["GroupId"] for word in "ab"
    )
    interface = ec2.create_network_interface(SubnetId=network.subnets[0], Groups=[group])["NetworkInterface"]
    refused(ec2.delete_security_group, "DependencyViolation", GroupId=group)
    ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])

    permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": group}]}
    ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=[permission])
    refused(ec2.delete_security_group, "DependencyViolation", GroupId=group)
    ec2.revoke_security_group_ingress(GroupId=other, IpPermissions=[permission])
    ec2.delete_security_group(GroupId=group)


def test_the_interface_of_an_instance_goes_with_it(ec2, network):
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    instance = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=network.subnets[0])["Instances"][0]
    refused(
        ec2.delete_network_interface,
        "InvalidParameterValue",
        NetworkInterfaceId=instance["NetworkInterfaces"][0]["NetworkInterfaceId"],
    )
    refused(ec2.delete_subnet, "DependencyViolation", SubnetId=network.subnets[0])
    ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
    ec2.delete_subnet(SubnetId=network.subnets[0])


def test_what_a_planner_asks_about_a_region(ec2):
    zones = [z["ZoneName"] for z in ec2.describe_availability_zones()["AvailabilityZones"]]
    assert zones[:3] == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    kinds = ec2.describe_instance_types(InstanceTypes=["m7i.xlarge"])["InstanceTypes"]
    assert kinds[0]["VCpuInfo"]["DefaultVCpus"] == 4
    assert kinds[0]["MemoryInfo"]["SizeInMiB"] == 16 * 1024
    offered = ec2.describe_instance_type_offerings(
        LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": ["m7i.xlarge"]}]
    )["InstanceTypeOfferings"]
    assert offered
