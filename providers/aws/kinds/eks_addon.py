"""`aws_eks_addon`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from language.overriding import override
from language.schema import Schema, computed, optional, optional_computed, required
from language.types import BOOL, STRING
from providers.aws.client import AwsClient
from providers.aws.eks import EksKind
from providers.aws.kind import TAGS, known, lineage_of, same_json, tag_attributes, tags_of
from providers.contract import Call, Observed, Planned, Values


class EksAddon(EksKind):
    """A part of a cluster that AWS keeps."""

    type = "aws_eks_addon"
    import_names = ("cluster_name", "addon_name")
    key_names = ("cluster_name", "addon_name")
    contained_in = (("aws_eks_cluster", "cluster_name"),)
    minutes = 30.0
    lasting = True
    schema = Schema(
        {
            "id": computed(STRING),
            "arn": computed(STRING),
            "created_at": computed(STRING),
            "cluster_name": required(STRING, immutable=True),
            "addon_name": required(STRING, immutable=True),
            "addon_version": optional_computed(STRING),
            "configuration_values": optional(STRING),
            "service_account_role_arn": optional(STRING),
            "resolve_conflicts_on_create": optional(STRING),
            "resolve_conflicts_on_update": optional(STRING),
            "preserve": optional(BOOL),
            **TAGS,
        }
    )

    @override
    def plan(self, client: AwsClient | None, prior: Observed | None, proposed: Values, config: Values) -> Planned:
        if prior is not None and same_json(prior.values["configuration_values"], proposed["configuration_values"]):
            proposed = {**proposed, "configuration_values": prior.values["configuration_values"]}
        return super().plan(client, prior, proposed, config)

    @override
    def place(self, planned: Values) -> Mapping[str, Any]:
        return {"cluster_name": planned["cluster_name"], "addon_name": planned["addon_name"]}

    @override
    def described(self, client: AwsClient, identity: Mapping[str, Any]) -> Values:
        item: Values = client.call("eks", "describe_addon", **_place(identity))["addon"]
        return item

    @override
    def observed(self, client: AwsClient, item: Values, prior: Values) -> Observed:
        values = {
            "id": f"{item['clusterName']}:{item['addonName']}",
            "arn": item["addonArn"],
            "created_at": item["createdAt"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "cluster_name": item["clusterName"],
            "addon_name": item["addonName"],
            "addon_version": item.get("addonVersion"),
            "configuration_values": item.get("configurationValues") or None,
            "service_account_role_arn": item.get("serviceAccountRoleArn"),
            **tag_attributes(item.get("tags"), client, prior),
        }
        identity = {"cluster_name": item["clusterName"], "addon_name": item["addonName"], "arn": item["addonArn"]}
        return Observed(self.shape(values, prior), {"id": values["id"], **identity}, lineage_of(item.get("tags")))

    @override
    def make(self, client: AwsClient, planned: Values, call: Call) -> None:
        request = {**_requested(planned), **known({"resolveConflicts": planned["resolve_conflicts_on_create"]})}
        token = known({"clientRequestToken": call.token or None})
        client.call("eks", "create_addon", **_place(planned), **request, **token, tags=tags_of(planned, call, client))

    @override
    def update(self, client: AwsClient, prior: Observed, planned: Values, config: Values, call: Call) -> Observed:
        request = {**_requested(planned), **known({"resolveConflicts": planned["resolve_conflicts_on_update"]})}
        if _requested(prior.values) != _requested(planned):
            self.ask_update(client, call, "update_addon", _place(prior.identity), **request)
        self.retag(client, str(prior.identity["arn"]), prior.values, planned)
        return self.settled(client, planned, call)

    @override
    def delete(self, client: AwsClient, prior: Observed, call: Call) -> None:
        preserve = bool(prior.values.get("preserve"))
        self.deleted(
            client, prior, call, lambda: client.call("eks", "delete_addon", **_place(prior.identity), preserve=preserve)
        )


def _place(values: Mapping[str, Any]) -> Values:
    return {"clusterName": values["cluster_name"], "addonName": values["addon_name"]}


def _requested(values: Values) -> Values:
    return known(
        {
            "addonVersion": values["addon_version"],
            "configurationValues": values["configuration_values"],
            "serviceAccountRoleArn": values["service_account_role_arn"],
        }
    )


KIND = EksAddon()
