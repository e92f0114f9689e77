"""`aws_partition`."""

from __future__ import annotations

from language.overriding import override
from language.schema import Schema, computed
from language.types import STRING
from providers.aws.client import AwsClient
from providers.aws.kind import shaped
from providers.aws.partitions import partition_of
from providers.contract import DataKind, Values


class Partition(DataKind[AwsClient]):
    """The partition that the provider's region is in."""

    type = "aws_partition"
    schema = Schema(
        {
            "id": computed(STRING),
            "partition": computed(STRING, description="Its name, as ARNs have it."),
            "dns_suffix": computed(STRING, description="What its domain names end with."),
            "reverse_dns_prefix": computed(STRING, description="What its service names begin with."),
        }
    )

    @override
    def read(self, client: AwsClient, config: Values) -> Values:
        found = partition_of(client.region)
        reverse = ".".join(reversed(found.dns_suffix.split(".")))
        made = {"id": found.name, "partition": found.name, "dns_suffix": found.dns_suffix}
        return shaped(self.schema, {**made, "reverse_dns_prefix": reverse}, config)


KIND = Partition()
