"""`aws_eks_cluster`, the data source."""

from __future__ import annotations

from language.overriding import override
from language.schema import Schema, computed, required
from language.types import STRING, Map
from providers.aws.client import AwsClient
from providers.aws.kind import shaped
from providers.aws.kinds.eks_cluster import KIND as RESOURCE
from providers.aws.reading import as_read, customer_tags
from providers.contract import DataKind, Values


class EksCluster(DataKind[AwsClient]):
    """A control plane that exists."""

    type = "aws_eks_cluster"
    schema = Schema(
        {
            **as_read(
                RESOURCE.schema,
                "id",
                "arn",
                "role_arn",
                "version",
                "enabled_cluster_log_types",
                "endpoint",
                "certificate_authority",
                "identity",
                "platform_version",
                "status",
                "created_at",
                "vpc_config",
                "access_config",
                "kubernetes_network_config",
                "upgrade_policy",
            ),
            "name": required(STRING),
            "tags": computed(Map(STRING)),
        }
    )

    @override
    def read(self, client: AwsClient, config: Values) -> Values:
        item = RESOURCE.described(client, config)
        found = RESOURCE.observed(client, item, {}).values
        return shaped(self.schema, {**found, "tags": customer_tags(item.get("tags"))}, config)


KIND = EksCluster()
