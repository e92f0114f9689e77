"""`aws_subnets`."""

from __future__ import annotations

from language.overriding import override
from language.schema import Schema, computed
from language.types import STRING, List
from providers.aws.client import AwsClient
from providers.aws.kind import shaped
from providers.aws.reading import FILTER, TAGS, filters
from providers.contract import DataKind, Values


class Subnets(DataKind[AwsClient]):
    """The subnets of the provider's region that match; there may be none."""

    type = "aws_subnets"
    schema = Schema(
        {"id": computed(STRING), "ids": computed(List(STRING), description="Their ids."), **TAGS},
        {"filter": FILTER},
    )

    @override
    def read(self, client: AwsClient, config: Values) -> Values:
        found = client.pages("ec2", "describe_subnets", "Subnets", Filters=filters(config, {}))
        return shaped(self.schema, {"id": client.region, "ids": tuple(each["SubnetId"] for each in found)}, config)


KIND = Subnets()
