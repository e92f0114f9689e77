"""`aws_eks_pod_identity_association`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from language.overriding import override
from language.schema import Schema, computed, required
from language.types import STRING
from providers.aws.client import AwsClient
from providers.aws.eks import EksKind
from providers.aws.kind import TAGS, known, lineage_of, tag_attributes, tags_of
from providers.contract import Call, Observed, Values
from providers.contract.errors import NotFound


class EksPodIdentityAssociation(EksKind):
    """The role that a service account's pods act as."""

    type = "aws_eks_pod_identity_association"
    import_names = ("cluster_name", "association_id")
    key_names = ("cluster_name", "namespace", "service_account")
    contained_in = (("aws_eks_cluster", "cluster_name"),)
    import_separator = ","
    schema = Schema(
        {
            "association_arn": computed(STRING),
            "association_id": computed(STRING),
            "cluster_name": required(STRING, immutable=True),
            "namespace": required(STRING, immutable=True),
            "service_account": required(STRING, immutable=True),
            "role_arn": required(STRING),
            **TAGS,
        }
    )

    @override
    def place(self, planned: Values) -> Mapping[str, Any]:
        return {name: planned[name] for name in ("cluster_name", "namespace", "service_account")}

    @override
    def described(self, client: AwsClient, identity: Mapping[str, Any]) -> Values:
        cluster = identity["cluster_name"]
        id_ = identity.get("association_id") or self._listed(client, identity)
        item: Values = client.call("eks", "describe_pod_identity_association", clusterName=cluster, associationId=id_)[
            "association"
        ]
        return item

    def _listed(self, client: AwsClient, identity: Mapping[str, Any]) -> str:
        """The association's id: the service gives it one, and there is one a service account."""
        place = {
            "clusterName": identity["cluster_name"],
            "namespace": identity["namespace"],
            "serviceAccount": identity["service_account"],
        }
        for item in client.pages("eks", "list_pod_identity_associations", "associations", **place):
            return str(item["associationId"])
        raise NotFound("No such association", f"{identity['namespace']}/{identity['service_account']} has none.")

    @override
    def observed(self, client: AwsClient, item: Values, prior: Values) -> Observed:
        values = {
            "association_arn": item["associationArn"],
            "association_id": item["associationId"],
            "cluster_name": item["clusterName"],
            "namespace": item["namespace"],
            "service_account": item["serviceAccount"],
            "role_arn": item["roleArn"],
            **tag_attributes(item.get("tags"), client, prior),
        }
        names = ("association_id", "cluster_name", "namespace", "service_account")
        identity = {
            "id": item["associationId"],
            "arn": item["associationArn"],
            **{name: values[name] for name in names},
        }
        return Observed(self.shape(values), identity, lineage_of(item.get("tags")))

    @override
    def make(self, client: AwsClient, planned: Values, call: Call) -> None:
        client.call(
            "eks",
            "create_pod_identity_association",
            clusterName=planned["cluster_name"],
            namespace=planned["namespace"],
            serviceAccount=planned["service_account"],
            roleArn=planned["role_arn"],
            tags=tags_of(planned, call, client),
            **known({"clientRequestToken": call.token or None}),
        )

    @override
    def update(self, client: AwsClient, prior: Observed, planned: Values, config: Values, call: Call) -> Observed:
        place = {"clusterName": prior.identity["cluster_name"], "associationId": prior.identity["association_id"]}
        client.call("eks", "update_pod_identity_association", **place, roleArn=planned["role_arn"])
        self.retag(client, str(prior.identity["arn"]), prior.values, planned)
        return self.settled(client, planned, call)

    @override
    def delete(self, client: AwsClient, prior: Observed, call: Call) -> None:
        place = {"clusterName": prior.identity["cluster_name"], "associationId": prior.identity["association_id"]}
        self.deleted(client, prior, call, lambda: client.call("eks", "delete_pod_identity_association", **place))


KIND = EksPodIdentityAssociation()
