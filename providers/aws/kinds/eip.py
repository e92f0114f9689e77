"""`aws_eip`."""

from __future__ import annotations

from typing import Any

from language.overriding import override
from language.schema import Schema, computed, optional
from language.types import STRING
from providers.aws.client import AwsClient
from providers.aws.ec2 import Ec2Kind
from providers.aws.kind import TAGS
from providers.contract import Call, Values


class Eip(Ec2Kind):
    """A public address that stays."""

    type = "aws_eip"
    describe, listed, id_name = "describe_addresses", "Addresses", "AllocationId"
    filter, resource_type = "allocation-id", "elastic-ip"
    schema = Schema(
        {
            "id": computed(STRING),
            "arn": computed(STRING),
            "allocation_id": computed(STRING),
            "public_ip": computed(STRING),
            "domain": optional(STRING, immutable=True, default="vpc"),
            **TAGS,
        }
    )

    @override
    def values(self, client: AwsClient, item: Values, prior: Values) -> Values:
        return {
            "arn": f"arn:aws:ec2:{client.region}:{client.account}:elastic-ip/{item['AllocationId']}",
            "allocation_id": item["AllocationId"],
            "public_ip": item["PublicIp"],
            "domain": item.get("Domain", "vpc"),
        }

    @override
    def make(self, client: AwsClient, planned: Values, call: Call, tags: list[dict[str, Any]]) -> str:
        return str(client.create("ec2", "allocate_address", Domain="vpc", TagSpecifications=tags)["AllocationId"])

    @override
    def remove(self, client: AwsClient, id_: str, prior: Values, call: Call) -> None:
        client.call("ec2", "release_address", AllocationId=id_)


KIND = Eip()
