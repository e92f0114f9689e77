"""`aws_availability_zones`."""

from __future__ import annotations

from language.overriding import override
from language.schema import Schema, computed, optional
from language.types import BOOL, STRING, List, Set
from providers.aws.client import AwsClient
from providers.aws.kind import shaped
from providers.aws.reading import FILTER, filters, texts
from providers.contract import DataKind, Values


class AvailabilityZones(DataKind[AwsClient]):
    """The zones of the provider's region."""

    type = "aws_availability_zones"
    schema = Schema(
        {
            "id": computed(STRING),
            "all_availability_zones": optional(BOOL, description="Also zones that the account has not opted into."),
            "state": optional(STRING, description='Such as "available".'),
            "exclude_names": optional(Set(STRING), description="Zones to leave out, by name."),
            "exclude_zone_ids": optional(Set(STRING), description="Zones to leave out, by id."),
            "names": computed(List(STRING), description="Their names, sorted."),
            "zone_ids": computed(List(STRING), description="Their ids, in the order of the names."),
            "group_names": computed(Set(STRING), description="The groups that they are of."),
        },
        {"filter": FILTER},
    )

    @override
    def read(self, client: AwsClient, config: Values) -> Values:
        request = {"Filters": filters(config, {"state": "state"})}
        if config["all_availability_zones"] is not None:
            request["AllAvailabilityZones"] = config["all_availability_zones"]
        names, ids = texts(config["exclude_names"]), texts(config["exclude_zone_ids"])
        found = sorted(
            (
                zone
                for zone in client.pages("ec2", "describe_availability_zones", "AvailabilityZones", **request)
                if zone["ZoneName"] not in names and zone["ZoneId"] not in ids
            ),
            key=lambda zone: str(zone["ZoneName"]),
        )
        made = {
            "id": client.region,
            "names": tuple(zone["ZoneName"] for zone in found),
            "zone_ids": tuple(zone["ZoneId"] for zone in found),
            "group_names": tuple(dict.fromkeys(zone["GroupName"] for zone in found if zone.get("GroupName"))),
        }
        return shaped(self.schema, made, config)


KIND = AvailabilityZones()
