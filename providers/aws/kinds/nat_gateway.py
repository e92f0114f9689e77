"""`aws_nat_gateway`."""

from __future__ import annotations

from typing import Any

from language.overriding import override
from language.schema import Schema, computed, optional, required
from language.types import STRING
from providers.aws.client import AwsClient
from providers.aws.ec2 import Ec2Kind
from providers.aws.kind import TAGS, known, wait
from providers.contract import Call, Values
from providers.contract.errors import Failed

_MINUTES = 60.0


class NatGateway(Ec2Kind):
    """The way out for a network's private parts."""

    type = "aws_nat_gateway"
    describe, listed, id_name = "describe_nat_gateways", "NatGateways", "NatGatewayId"
    filter, resource_type = "nat-gateway-id", "natgateway"
    schema = Schema(
        {
            "id": computed(STRING),
            "allocation_id": optional(STRING, immutable=True),
            "subnet_id": required(STRING, immutable=True),
            "connectivity_type": optional(STRING, immutable=True, default="public"),
            "public_ip": computed(STRING),
            "private_ip": computed(STRING),
            "network_interface_id": computed(STRING),
            **TAGS,
        }
    )

    @override
    def is_deleted(self, item: Values) -> bool:
        return item.get("State") in ("deleted", "failed")

    @override
    def values(self, client: AwsClient, item: Values, prior: Values) -> Values:
        address = (item.get("NatGatewayAddresses") or [{}])[0]
        return {
            "allocation_id": address.get("AllocationId"),
            "subnet_id": item["SubnetId"],
            "connectivity_type": item.get("ConnectivityType", "public"),
            "public_ip": address.get("PublicIp"),
            "private_ip": address.get("PrivateIp"),
            "network_interface_id": address.get("NetworkInterfaceId"),
        }

    @override
    def make(self, client: AwsClient, planned: Values, call: Call, tags: list[dict[str, Any]]) -> str:
        request = known(
            {
                "SubnetId": planned["subnet_id"],
                "AllocationId": planned["allocation_id"],
                "ConnectivityType": planned["connectivity_type"],
                "ClientToken": call.token or None,
            }
        )
        made = client.call("ec2", "create_nat_gateway", TagSpecifications=tags, **request)
        return str(made["NatGateway"]["NatGatewayId"])

    @override
    def settle(self, client: AwsClient, id_: str, planned: Values, call: Call) -> None:
        def look() -> tuple[bool, str]:
            item = self._item(client, id_)
            state = item.get("State", "gone")
            if state in ("failed", "gone"):
                left = self.observed(client, item, planned) if item else None
                raise Failed("The NAT gateway failed", str(item.get("FailureMessage")), observed=left)
            return state == "available", str(state)

        wait(call, look, at_most=15 * _MINUTES)

    def _item(self, client: AwsClient, id_: str) -> Values:
        filters = [{"Name": self.filter, "Values": [id_]}]
        return next(iter(client.pages("ec2", self.describe, self.listed, Filters=filters)), {})

    @override
    def remove(self, client: AwsClient, id_: str, prior: Values, call: Call) -> None:
        client.call("ec2", "delete_nat_gateway", NatGatewayId=id_)

        def look() -> tuple[bool, str]:
            state = self._item(client, id_).get("State", "deleted")
            return state in ("deleted", "failed"), str(state)

        wait(call, look, at_most=15 * _MINUTES)


KIND = NatGateway()
