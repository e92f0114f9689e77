"""`aws_subnet`, the data source."""

from __future__ import annotations

from typing import Any

from language.overriding import override
from language.schema import Schema, computed, optional_computed
from language.types import BOOL, NUMBER, STRING
from providers.aws.client import AwsClient
from providers.aws.kind import gone_is_none, shaped
from providers.aws.kinds.subnet import KIND as RESOURCE
from providers.aws.reading import FILTER, TAGS, as_read, customer_tags, filters, only
from providers.contract import DataKind, Values

_FILTERS = {
    "availability_zone": "availability-zone",
    "availability_zone_id": "availability-zone-id",
    "cidr_block": "cidr-block",
    "default_for_az": "default-for-az",
    "ipv6_cidr_block": "ipv6-cidr-block-association.ipv6-cidr-block",
    "state": "state",
    "vpc_id": "vpc-id",
}


class Subnet(DataKind[AwsClient]):
    """A part of a network that exists."""

    type = "aws_subnet"
    schema = Schema(
        {
            **as_read(RESOURCE.schema, "arn", "owner_id", "map_public_ip_on_launch"),
            "id": optional_computed(STRING),
            **{name: optional_computed(STRING) for name in _FILTERS if name != "default_for_az"},
            "default_for_az": optional_computed(BOOL, description="Whether it is the zone's default one."),
            "available_ip_address_count": computed(NUMBER),
            "assign_ipv6_address_on_creation": computed(BOOL),
            "ipv6_cidr_block_association_id": computed(STRING),
            **TAGS,
        },
        {"filter": FILTER},
    )

    @override
    def read(self, client: AwsClient, config: Values) -> Values:
        request: dict[str, Any] = {"Filters": filters(config, _FILTERS)}
        if config["id"]:
            request["SubnetIds"] = [config["id"]]
        found = gone_is_none(lambda: list(client.pages("ec2", "describe_subnets", "Subnets", **request)))
        item = only(found or (), "subnet")
        ipv6: Values = next(iter(item.get("Ipv6CidrBlockAssociationSet") or ()), {})
        made = {
            **RESOURCE.values(client, item, {}),
            "id": item["SubnetId"],
            "availability_zone_id": item.get("AvailabilityZoneId"),
            "available_ip_address_count": item.get("AvailableIpAddressCount"),
            "assign_ipv6_address_on_creation": item.get("AssignIpv6AddressOnCreation", False),
            "default_for_az": item.get("DefaultForAz", False),
            "state": item.get("State"),
            "ipv6_cidr_block": ipv6.get("Ipv6CidrBlock"),
            "ipv6_cidr_block_association_id": ipv6.get("AssociationId"),
            "tags": customer_tags(item.get("Tags")),
        }
        return shaped(self.schema, made, config)


KIND = Subnet()
