"""`aws_vpc`, the data source."""

from __future__ import annotations

from typing import Any

from language.overriding import override
from language.schema import Schema, computed, optional_computed
from language.types import BOOL, STRING, List, Object
from providers.aws.client import AwsClient
from providers.aws.kind import gone_is_none, shaped
from providers.aws.kinds.vpc import KIND as RESOURCE
from providers.aws.reading import FILTER, TAGS, as_read, customer_tags, filters, only
from providers.contract import DataKind, Values

_FILTERS = {"cidr_block": "cidr", "dhcp_options_id": "dhcp-options-id", "state": "state"}


class Vpc(DataKind[AwsClient]):
    """A network that exists."""

    type = "aws_vpc"
    schema = Schema(
        {
            **as_read(
                RESOURCE.schema, "arn", "owner_id", "instance_tenancy", "enable_dns_support", "enable_dns_hostnames"
            ),
            "id": optional_computed(STRING),
            "cidr_block": optional_computed(STRING),
            "default": optional_computed(BOOL, description="Whether it is the region's default one."),
            "dhcp_options_id": optional_computed(STRING),
            "state": optional_computed(STRING),
            "main_route_table_id": computed(STRING),
            "ipv6_association_id": computed(STRING),
            "ipv6_cidr_block": computed(STRING),
            "cidr_block_associations": computed(
                List(Object({"association_id": STRING, "cidr_block": STRING, "state": STRING}))
            ),
            **TAGS,
        },
        {"filter": FILTER},
    )

    @override
    def read(self, client: AwsClient, config: Values) -> Values:
        request: dict[str, Any] = {"Filters": filters(config, _FILTERS)}
        if config["default"]:
            request["Filters"].append({"Name": "is-default", "Values": ["true"]})
        if config["id"]:
            request["VpcIds"] = [config["id"]]
        found = gone_is_none(lambda: list(client.pages("ec2", "describe_vpcs", "Vpcs", **request)))
        item = only(found or (), "VPC")
        ipv6: Values = next(iter(item.get("Ipv6CidrBlockAssociationSet") or ()), {})
        made = {
            **RESOURCE.values(client, item, {}),
            "id": item["VpcId"],
            "default": item.get("IsDefault", False),
            "dhcp_options_id": item.get("DhcpOptionsId"),
            "state": item.get("State"),
            "main_route_table_id": _main_route_table(client, item["VpcId"]),
            "ipv6_association_id": ipv6.get("AssociationId"),
            "ipv6_cidr_block": ipv6.get("Ipv6CidrBlock"),
            "cidr_block_associations": tuple(
                {
                    "association_id": each.get("AssociationId"),
                    "cidr_block": each["CidrBlock"],
                    "state": (each.get("CidrBlockState") or {}).get("State"),
                }
                for each in item.get("CidrBlockAssociationSet") or ()
            ),
            "tags": customer_tags(item.get("Tags")),
        }
        return shaped(self.schema, made, config)


def _main_route_table(client: AwsClient, vpc: str) -> str | None:
    request = [{"Name": "association.main", "Values": ["true"]}, {"Name": "vpc-id", "Values": [vpc]}]
    tables = client.pages("ec2", "describe_route_tables", "RouteTables", Filters=request)
    return next((str(table["RouteTableId"]) for table in tables), None)


KIND = Vpc()
