"""`aws_eks_cluster_auth`."""

from __future__ import annotations

from language.overriding import override
from language.schema import Schema, computed, required
from language.types import STRING
from providers.aws.client import AwsClient
from providers.aws.kind import shaped
from providers.aws.tokens import cluster_token
from providers.contract import DataKind, Values


class EksClusterAuth(DataKind[AwsClient]):
    """A token for the API of a cluster, made here; another one each time."""

    type = "aws_eks_cluster_auth"
    schema = Schema(
        {
            "id": computed(STRING),
            "name": required(STRING, description="The cluster's name."),
            "token": computed(STRING, sensitive=True, description="A bearer token, for 15 minutes."),
        }
    )

    @override
    def read(self, client: AwsClient, config: Values) -> Values:
        name = config["name"]
        return shaped(self.schema, {"id": name, "token": cluster_token(client, name).token}, config)


KIND = EksClusterAuth()
