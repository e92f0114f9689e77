"""`aws_region`."""

from __future__ import annotations

from language.overriding import override
from language.schema import Schema, computed, optional_computed
from language.types import STRING
from providers.aws.client import AwsClient
from providers.aws.kind import shaped
from providers.aws.partitions import partition_of
from providers.contract import DataKind, Values
from providers.contract.errors import Invalid


class Region(DataKind[AwsClient]):
    """A region: the provider's, where no other one is named."""

    type = "aws_region"
    schema = Schema(
        {
            "id": computed(STRING),
            "region": optional_computed(STRING, description="Its name."),
            "name": optional_computed(STRING, description="Its name, as older configurations call it."),
            "endpoint": optional_computed(STRING, description="EC2's endpoint in it."),
            "description": computed(STRING, description="What people call it."),
        }
    )

    @override
    def read(self, client: AwsClient, config: Values) -> Values:
        name = config["region"] or config["name"] or _of_endpoint(config["endpoint"]) or client.region
        partition = partition_of(name)
        if name != client.region and name not in partition.regions:
            raise Invalid("No such region", f'There is no region "{name}".')
        endpoint = f"ec2.{name}.{partition.dns_suffix}"
        for given, has in (("region", name), ("name", name), ("endpoint", endpoint)):
            if config[given] not in (None, has):
                raise Invalid("No such region", f'The region {name} has no {given} "{config[given]}".')
        description = partition.regions.get(name)
        made = {"id": name, "region": name, "name": name, "endpoint": endpoint, "description": description}
        return shaped(self.schema, made, config)


def _of_endpoint(endpoint: str | None) -> str:
    parts = (endpoint or "").split(".")
    return parts[1] if len(parts) > 1 else ""


KIND = Region()
