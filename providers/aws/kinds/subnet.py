"""`aws_subnet`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from language.overriding import override
from language.schema import Schema, computed, optional, optional_computed, required
from language.types import BOOL, STRING
from providers.aws.client import AwsClient
from providers.aws.ec2 import Ec2Kind
from providers.aws.kind import TAGS, known
from providers.aws.leftovers import remove_left_interfaces
from providers.aws.networks import not_networks
from providers.contract import Call, Observed, ValuePath, Values


class Subnet(Ec2Kind):
    """A part of a network, in one zone."""

    type = "aws_subnet"
    describe, listed, id_name, filter = "describe_subnets", "Subnets", "SubnetId", "subnet-id"
    resource_type = "subnet"
    schema = Schema(
        {
            "id": computed(STRING),
            "arn": computed(STRING),
            "owner_id": computed(STRING),
            "vpc_id": required(STRING, immutable=True),
            "cidr_block": required(STRING, immutable=True),
            "availability_zone": optional_computed(STRING, immutable=True),
            "map_public_ip_on_launch": optional(BOOL, default=False),
            **TAGS,
        }
    )

    @override
    def validate(self, config: Values) -> Sequence[tuple[ValuePath, str]]:
        return not_networks(config, "cidr_block")

    @override
    def values(self, client: AwsClient, item: Values, prior: Values) -> Values:
        return {
            "arn": item.get("SubnetArn"),
            "owner_id": item.get("OwnerId"),
            "vpc_id": item["VpcId"],
            "cidr_block": item["CidrBlock"],
            "availability_zone": item["AvailabilityZone"],
            "map_public_ip_on_launch": item.get("MapPublicIpOnLaunch", False),
        }

    @override
    def make(self, client: AwsClient, planned: Values, call: Call, tags: list[dict[str, Any]]) -> str:
        request = known(
            {
                "VpcId": planned["vpc_id"],
                "CidrBlock": planned["cidr_block"],
                "AvailabilityZone": planned["availability_zone"],
            }
        )
        return str(client.create("ec2", "create_subnet", TagSpecifications=tags, **request)["Subnet"]["SubnetId"])

    @override
    def settle(self, client: AwsClient, id_: str, planned: Values, call: Call) -> None:
        value = {"Value": bool(planned["map_public_ip_on_launch"])}
        client.call("ec2", "modify_subnet_attribute", SubnetId=id_, MapPublicIpOnLaunch=value)

    @override
    def change(self, client: AwsClient, prior: Observed, planned: Values, call: Call) -> None:
        self.settle(client, str(prior.identity["id"]), planned, call)

    @override
    def remove(self, client: AwsClient, id_: str, prior: Values, call: Call) -> None:
        remove_left_interfaces(client, [{"Name": "subnet-id", "Values": [id_]}], call)
        client.call("ec2", "delete_subnet", SubnetId=id_)


KIND = Subnet()
