"""`aws_eks_access_entry`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from language.overriding import override
from language.schema import Schema, computed, optional, optional_computed, required
from language.types import STRING, Set
from providers.aws.client import AwsClient
from providers.aws.eks import EksKind
from providers.aws.kind import TAGS, known, lineage_of, tag_attributes, tags_of, whole
from providers.contract import Call, Observed, Values


class EksAccessEntry(EksKind):
    """Who may speak to a cluster."""

    type = "aws_eks_access_entry"
    import_names = ("cluster_name", "principal_arn")
    key_names = ("cluster_name", "principal_arn")
    contained_in = (("aws_eks_cluster", "cluster_name"),)
    schema = Schema(
        {
            "id": computed(STRING),
            "access_entry_arn": computed(STRING),
            "created_at": computed(STRING),
            "cluster_name": required(STRING, immutable=True),
            "principal_arn": required(STRING, immutable=True),
            "type": optional(STRING, immutable=True, default="STANDARD"),
            "kubernetes_groups": optional(Set(STRING)),
            "user_name": optional_computed(STRING),
            **TAGS,
        }
    )

    @override
    def place(self, planned: Values) -> Mapping[str, Any]:
        return {"cluster_name": planned["cluster_name"], "principal_arn": planned["principal_arn"]}

    @override
    def described(self, client: AwsClient, identity: Mapping[str, Any]) -> Values:
        item: Values = client.call("eks", "describe_access_entry", **_place(identity))["accessEntry"]
        return item

    @override
    def observed(self, client: AwsClient, item: Values, prior: Values) -> Observed:
        values = {
            "id": f"{item['clusterName']}:{item['principalArn']}",
            "access_entry_arn": item["accessEntryArn"],
            "created_at": item["createdAt"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "cluster_name": item["clusterName"],
            "principal_arn": item["principalArn"],
            "type": item.get("type", "STANDARD"),
            "kubernetes_groups": tuple(item.get("kubernetesGroups") or ()) or None,
            "user_name": item.get("username"),
            **tag_attributes(item.get("tags"), client, prior),
        }
        identity = {k: values[k] for k in ("id", "cluster_name", "principal_arn")}
        return Observed(self.shape(values), {**identity, "arn": item["accessEntryArn"]}, lineage_of(item.get("tags")))

    @override
    def make(self, client: AwsClient, planned: Values, call: Call) -> None:
        request = known(
            {
                "type": planned["type"],
                "kubernetesGroups": planned["kubernetes_groups"],
                "username": planned["user_name"],
                "clientRequestToken": call.token or None,
            }
        )
        client.call(
            "eks", "create_access_entry", **_place(planned), **whole(request), tags=tags_of(planned, call, client)
        )

    @override
    def update(self, client: AwsClient, prior: Observed, planned: Values, config: Values, call: Call) -> Observed:
        before, after = _rights(prior.values), _rights(planned)
        request = {name: value for name, value in after.items() if before.get(name) != value}
        if request:
            client.call("eks", "update_access_entry", **_place(prior.identity), **request)
        self.retag(client, str(prior.identity["arn"]), prior.values, planned)
        return self.settled(client, planned, call)

    @override
    def delete(self, client: AwsClient, prior: Observed, call: Call) -> None:
        self.deleted(client, prior, call, lambda: client.call("eks", "delete_access_entry", **_place(prior.identity)))


def _place(values: Mapping[str, Any]) -> Values:
    return {"clusterName": values["cluster_name"], "principalArn": values["principal_arn"]}


def _rights(values: Values) -> Values:
    return known({"kubernetesGroups": whole(values["kubernetes_groups"] or ()), "username": values["user_name"]})


KIND = EksAccessEntry()
