"""`aws_route`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from language.overriding import override
from language.schema import Schema, computed, optional, required
from language.types import STRING
from providers.aws.client import AwsClient
from providers.aws.kind import AwsKind, known
from providers.aws.networks import not_networks
from providers.contract import Call, Observed, ValuePath, Values
from providers.contract.errors import AlreadyExists, NotFound

_TARGETS = {"gateway_id": "GatewayId", "nat_gateway_id": "NatGatewayId"}


class Route(AwsKind):
    """One route of a table."""

    type = "aws_route"
    import_names = ("route_table_id", "destination_cidr_block")
    key_names = ("route_table_id", "destination_cidr_block")
    import_separator = "_"
    service = "ec2"
    schema = Schema(
        {
            "id": computed(STRING),
            "state": computed(STRING),
            "route_table_id": required(STRING, immutable=True),
            "destination_cidr_block": required(STRING, immutable=True),
            "gateway_id": optional(STRING),
            "nat_gateway_id": optional(STRING),
        }
    )

    @override
    def validate(self, config: Values) -> Sequence[tuple[ValuePath, str]]:
        return not_networks(config, "destination_cidr_block")

    @override
    def look(self, client: AwsClient, identity: Mapping[str, Any], prior: Values) -> Observed | None:
        table, destination = identity["route_table_id"], identity["destination_cidr_block"]
        filters = [{"Name": "route-table-id", "Values": [table]}]
        for item in client.pages("ec2", "describe_route_tables", "RouteTables", Filters=filters):
            for route in item.get("Routes", ()):
                if route.get("DestinationCidrBlock") == destination:
                    return self._observed(table, destination, route)
        return None

    def _observed(self, table: str, destination: str, route: Values) -> Observed:
        values = {
            "id": f"r-{table}{destination}",
            "state": route.get("State"),
            "route_table_id": table,
            "destination_cidr_block": destination,
            **{name: route.get(target) for name, target in _TARGETS.items()},
        }
        identity = {"id": values["id"], "route_table_id": table, "destination_cidr_block": destination}
        return Observed(self.shape(values), identity)

    @override
    def create(self, client: AwsClient, planned: Values, config: Values, call: Call) -> Observed:
        self._put(client, "create_route", planned)
        return self._there(client, planned)

    def _put(self, client: AwsClient, operation: str, planned: Values) -> None:
        targets = known({target: planned[name] for name, target in _TARGETS.items()})
        place = {"RouteTableId": planned["route_table_id"], "DestinationCidrBlock": planned["destination_cidr_block"]}
        client.call("ec2", operation, **place, **targets)

    def _there(self, client: AwsClient, planned: Values) -> Observed:
        found = self.look(client, planned, planned)
        if found is None:
            raise NotFound("The route is not there", f"{planned['route_table_id']} has no such route.")
        return found

    @override
    def update(self, client: AwsClient, prior: Observed, planned: Values, config: Values, call: Call) -> Observed:
        self._put(client, "replace_route", planned)
        return self._there(client, planned)

    @override
    def delete(self, client: AwsClient, prior: Observed, call: Call) -> None:
        try:
            client.call(
                "ec2",
                "delete_route",
                RouteTableId=prior.identity["route_table_id"],
                DestinationCidrBlock=prior.identity["destination_cidr_block"],
            )
        except NotFound:
            return

    @override
    def find(self, client: AwsClient, planned: Values, call: Call) -> Observed | None:
        found = self.look(client, planned, planned)
        if found is None:
            return None
        wanted = {name: planned[name] for name in _TARGETS if isinstance(planned[name], str)}
        if any(found.values[name] != value for name, value in wanted.items()):
            raise AlreadyExists("The route exists already", f"{found.values['id']} leads somewhere else.")
        return found


KIND = Route()
