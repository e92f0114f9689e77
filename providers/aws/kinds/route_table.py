"""`aws_route_table`; its routes are `aws_route`s."""

from __future__ import annotations

from typing import Any

from language.overriding import override
from language.schema import Schema, computed, required
from language.types import STRING
from providers.aws.client import AwsClient
from providers.aws.ec2 import Ec2Kind
from providers.aws.kind import TAGS
from providers.contract import Call, Values


class RouteTable(Ec2Kind):
    """Where a subnet's traffic goes."""

    type = "aws_route_table"
    describe, listed, id_name = "describe_route_tables", "RouteTables", "RouteTableId"
    filter, resource_type = "route-table-id", "route-table"
    schema = Schema(
        {
            "id": computed(STRING),
            "arn": computed(STRING),
            "owner_id": computed(STRING),
            "vpc_id": required(STRING, immutable=True),
            **TAGS,
        }
    )

    @override
    def values(self, client: AwsClient, item: Values, prior: Values) -> Values:
        owner = item.get("OwnerId") or client.account
        return {
            "arn": f"arn:aws:ec2:{client.region}:{owner}:route-table/{item['RouteTableId']}",
            "owner_id": owner,
            "vpc_id": item["VpcId"],
        }

    @override
    def make(self, client: AwsClient, planned: Values, call: Call, tags: list[dict[str, Any]]) -> str:
        made = client.create("ec2", "create_route_table", VpcId=planned["vpc_id"], TagSpecifications=tags)
        return str(made["RouteTable"]["RouteTableId"])

    @override
    def remove(self, client: AwsClient, id_: str, prior: Values, call: Call) -> None:
        client.call("ec2", "delete_route_table", RouteTableId=id_)


KIND = RouteTable()
