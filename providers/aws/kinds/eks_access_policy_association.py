"""`aws_eks_access_policy_association`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from language.overriding import override
from language.schema import NestedBlock, Schema, computed, optional, required
from language.types import STRING, Set
from providers.aws.client import AwsClient
from providers.aws.kind import AwsKind, gone_is_none, whole
from providers.contract import Call, Observed, Values
from providers.contract.errors import NotFound

_SCOPE = Schema({"type": required(STRING), "namespaces": optional(Set(STRING))})


class EksAccessPolicyAssociation(AwsKind):
    """What somebody may do on a cluster."""

    type = "aws_eks_access_policy_association"
    import_names = ("cluster_name", "principal_arn", "policy_arn")
    key_names = ("cluster_name", "principal_arn", "policy_arn")
    contained_in = (("aws_eks_cluster", "cluster_name"), ("aws_eks_access_entry", "cluster_name", "principal_arn"))
    import_separator = "#"
    service = "eks"
    schema = Schema(
        {
            "id": computed(STRING),
            "cluster_name": required(STRING, immutable=True),
            "principal_arn": required(STRING, immutable=True),
            "policy_arn": required(STRING, immutable=True),
        },
        {"access_scope": NestedBlock(_SCOPE, min_items=1, max_items=1)},
    )

    @override
    def look(self, client: AwsClient, identity: Mapping[str, Any], prior: Values) -> Observed | None:
        place = {"clusterName": identity["cluster_name"], "principalArn": identity["principal_arn"]}
        found = gone_is_none(
            lambda: list(client.pages("eks", "list_associated_access_policies", "associatedAccessPolicies", **place))
        )
        item = next((each for each in found or () if each["policyArn"] == identity["policy_arn"]), None)
        return None if item is None else self._observed(identity, item["accessScope"])

    def _observed(self, identity: Mapping[str, Any], scope: Values) -> Observed:
        place = {name: identity[name] for name in ("cluster_name", "principal_arn", "policy_arn")}
        id_ = "#".join(str(part) for part in place.values())
        block = {"type": scope["type"], "namespaces": tuple(scope.get("namespaces") or ()) or None}
        return Observed(self.shape({"id": id_, **place, "access_scope": (block,)}), {"id": id_, **place})

    @override
    def create(self, client: AwsClient, planned: Values, config: Values, call: Call) -> Observed:
        block = planned["access_scope"][0]
        scope = {"type": block["type"], "namespaces": whole(block["namespaces"] or ())}
        client.call(
            "eks",
            "associate_access_policy",
            clusterName=planned["cluster_name"],
            principalArn=planned["principal_arn"],
            policyArn=planned["policy_arn"],
            accessScope=scope,
        )
        return self._observed(planned, scope)

    @override
    def update(self, client: AwsClient, prior: Observed, planned: Values, config: Values, call: Call) -> Observed:
        return self.create(client, planned, config, call)

    @override
    def delete(self, client: AwsClient, prior: Observed, call: Call) -> None:
        identity = prior.identity
        try:
            client.call(
                "eks",
                "disassociate_access_policy",
                clusterName=identity["cluster_name"],
                principalArn=identity["principal_arn"],
                policyArn=identity["policy_arn"],
            )
        except NotFound:
            return

    @override
    def find(self, client: AwsClient, planned: Values, call: Call) -> Observed | None:
        return self.look(client, planned, planned)


KIND = EksAccessPolicyAssociation()
