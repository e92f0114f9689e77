"""`aws_internet_gateway`."""

from __future__ import annotations

from typing import Any

from language.overriding import override
from language.schema import Schema, computed, optional
from language.types import STRING
from providers.aws.client import AwsClient, code_of
from providers.aws.ec2 import Ec2Kind
from providers.aws.kind import TAGS
from providers.contract import Call, Observed, Values
from providers.contract.errors import NotFound, ProviderError


class InternetGateway(Ec2Kind):
    """A network's way to the internet."""

    type = "aws_internet_gateway"
    describe, listed, id_name = "describe_internet_gateways", "InternetGateways", "InternetGatewayId"
    filter, resource_type = "internet-gateway-id", "internet-gateway"
    schema = Schema(
        {
            "id": computed(STRING),
            "arn": computed(STRING),
            "owner_id": computed(STRING),
            "vpc_id": optional(STRING),
            **TAGS,
        }
    )

    @override
    def values(self, client: AwsClient, item: Values, prior: Values) -> Values:
        owner = item.get("OwnerId") or client.account
        attached = item.get("Attachments") or ()
        return {
            "arn": f"arn:aws:ec2:{client.region}:{owner}:internet-gateway/{item['InternetGatewayId']}",
            "owner_id": owner,
            "vpc_id": attached[0]["VpcId"] if attached else None,
        }

    @override
    def make(self, client: AwsClient, planned: Values, call: Call, tags: list[dict[str, Any]]) -> str:
        made = client.create("ec2", "create_internet_gateway", TagSpecifications=tags)
        return str(made["InternetGateway"]["InternetGatewayId"])

    @override
    def settle(self, client: AwsClient, id_: str, planned: Values, call: Call) -> None:
        vpc = planned.get("vpc_id")
        if not isinstance(vpc, str):
            return
        try:
            client.call("ec2", "attach_internet_gateway", InternetGatewayId=id_, VpcId=vpc)
        except ProviderError as failure:
            if code_of(failure) != "Resource.AlreadyAssociated":
                raise

    @override
    def change(self, client: AwsClient, prior: Observed, planned: Values, call: Call) -> None:
        if prior.values["vpc_id"] != planned["vpc_id"]:
            self._detach(client, str(prior.identity["id"]), prior.values)
            self.settle(client, str(prior.identity["id"]), planned, call)

    def _detach(self, client: AwsClient, id_: str, prior: Values) -> None:
        if not isinstance(prior.get("vpc_id"), str):
            return
        try:
            client.call("ec2", "detach_internet_gateway", InternetGatewayId=id_, VpcId=prior["vpc_id"])
        except NotFound:
            return
        except ProviderError as failure:
            if code_of(failure) != "Gateway.NotAttached":
                raise

    @override
    def remove(self, client: AwsClient, id_: str, prior: Values, call: Call) -> None:
        self._detach(client, id_, prior)
        client.call("ec2", "delete_internet_gateway", InternetGatewayId=id_)


KIND = InternetGateway()
