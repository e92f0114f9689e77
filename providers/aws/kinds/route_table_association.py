"""`aws_route_table_association`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from language.overriding import override
from language.schema import Schema, computed, required
from language.types import STRING
from providers.aws.client import AwsClient
from providers.aws.kind import AwsKind
from providers.contract import Call, Observed, Values
from providers.contract.errors import NotFound


class RouteTableAssociation(AwsKind):
    """Which table a subnet's traffic follows."""

    type = "aws_route_table_association"
    import_names = ("subnet_id", "route_table_id")
    key_names = ("subnet_id",)
    import_separator = "/"
    service = "ec2"
    schema = Schema(
        {
            "id": computed(STRING),
            "subnet_id": required(STRING, immutable=True),
            "route_table_id": required(STRING),
        }
    )

    @override
    def look(self, client: AwsClient, identity: Mapping[str, Any], prior: Values) -> Observed | None:
        filters = [{"Name": "association.subnet-id", "Values": [identity["subnet_id"]]}]
        for table in client.pages("ec2", "describe_route_tables", "RouteTables", Filters=filters):
            for item in table.get("Associations", ()):
                if item.get("SubnetId") == identity["subnet_id"]:
                    return self._observed(item["RouteTableAssociationId"], item["SubnetId"], table["RouteTableId"])
        return None

    def _observed(self, id_: str, subnet: str, table: str) -> Observed:
        return Observed({"id": id_, "subnet_id": subnet, "route_table_id": table}, {"id": id_, "subnet_id": subnet})

    @override
    def create(self, client: AwsClient, planned: Values, config: Values, call: Call) -> Observed:
        made = client.call(
            "ec2", "associate_route_table", SubnetId=planned["subnet_id"], RouteTableId=planned["route_table_id"]
        )
        return self._observed(made["AssociationId"], planned["subnet_id"], planned["route_table_id"])

    @override
    def update(self, client: AwsClient, prior: Observed, planned: Values, config: Values, call: Call) -> Observed:
        made = client.call(
            "ec2",
            "replace_route_table_association",
            AssociationId=prior.identity["id"],
            RouteTableId=planned["route_table_id"],
        )
        return self._observed(made["NewAssociationId"], planned["subnet_id"], planned["route_table_id"])

    @override
    def delete(self, client: AwsClient, prior: Observed, call: Call) -> None:
        try:
            client.call("ec2", "disassociate_route_table", AssociationId=prior.identity["id"])
        except NotFound:
            return

    @override
    def find(self, client: AwsClient, planned: Values, call: Call) -> Observed | None:
        return self.look(client, planned, planned)


KIND = RouteTableAssociation()
