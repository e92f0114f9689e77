"""`aws_vpc`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from language.overriding import override
from language.schema import Schema, computed, optional, required
from language.types import BOOL, STRING
from providers.aws.client import AwsClient
from providers.aws.ec2 import Ec2Kind
from providers.aws.kind import TAGS, known
from providers.aws.networks import not_networks
from providers.contract import Call, Observed, ValuePath, Values

_SWITCHES = {"enable_dns_support": "EnableDnsSupport", "enable_dns_hostnames": "EnableDnsHostnames"}


class Vpc(Ec2Kind):
    """A network."""

    type = "aws_vpc"
    describe, listed, id_name, filter, resource_type = "describe_vpcs", "Vpcs", "VpcId", "vpc-id", "vpc"
    schema = Schema(
        {
            "id": computed(STRING),
            "arn": computed(STRING),
            "owner_id": computed(STRING),
            "cidr_block": required(STRING, immutable=True),
            "instance_tenancy": optional(STRING, immutable=True, default="default"),
            "enable_dns_support": optional(BOOL, default=True),
            "enable_dns_hostnames": optional(BOOL, default=False),
            **TAGS,
        }
    )

    @override
    def validate(self, config: Values) -> Sequence[tuple[ValuePath, str]]:
        return not_networks(config, "cidr_block")

    @override
    def values(self, client: AwsClient, item: Values, prior: Values) -> Values:
        vpc, owner = item["VpcId"], item.get("OwnerId") or client.account
        made = {
            "arn": f"arn:aws:ec2:{client.region}:{owner}:vpc/{vpc}",
            "owner_id": owner,
            "cidr_block": item["CidrBlock"],
            "instance_tenancy": item.get("InstanceTenancy", "default"),
        }
        for name, attribute in _SWITCHES.items():
            word = attribute[0].lower() + attribute[1:]
            answer = client.call("ec2", "describe_vpc_attribute", VpcId=vpc, Attribute=word)
            made[name] = answer[attribute]["Value"]
        return made

    @override
    def make(self, client: AwsClient, planned: Values, call: Call, tags: list[dict[str, Any]]) -> str:
        request = known({"CidrBlock": planned["cidr_block"], "InstanceTenancy": planned["instance_tenancy"]})
        made = client.create("ec2", "create_vpc", TagSpecifications=tags, **request)
        client.service("ec2").get_waiter("vpc_available").wait(
            VpcIds=[made["Vpc"]["VpcId"]], WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )
        return str(made["Vpc"]["VpcId"])

    @override
    def settle(self, client: AwsClient, id_: str, planned: Values, call: Call) -> None:
        for name, attribute in _SWITCHES.items():
            switch: Any = {attribute: {"Value": bool(planned[name])}}
            client.call("ec2", "modify_vpc_attribute", VpcId=id_, **switch)

    @override
    def change(self, client: AwsClient, prior: Observed, planned: Values, call: Call) -> None:
        self.settle(client, str(prior.identity["id"]), planned, call)

    @override
    def remove(self, client: AwsClient, id_: str, prior: Values, call: Call) -> None:
        client.call("ec2", "delete_vpc", VpcId=id_)


KIND = Vpc()
