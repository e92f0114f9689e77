"""`aws_eks_node_group`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from language.overriding import override
from language.schema import NestedBlock, Schema, computed, optional, optional_computed, required
from language.types import NUMBER, STRING, List, Map, Set
from providers.aws.client import AwsClient
from providers.aws.eks import EksKind
from providers.aws.kind import TAGS, known, lineage_of, tag_attributes, tags_of, whole
from providers.contract import Call, Observed, Values

EFFECTS = {"NoSchedule": "NO_SCHEDULE", "NoExecute": "NO_EXECUTE", "PreferNoSchedule": "PREFER_NO_SCHEDULE"}
"""Kubernetes' words for what a taint does, in EKS's."""


class EksNodeGroup(EksKind):
    """A pool of nodes that AWS keeps."""

    type = "aws_eks_node_group"
    import_names = ("cluster_name", "node_group_name")
    key_names = ("cluster_name", "node_group_name")
    contained_in = (("aws_eks_cluster", "cluster_name"),)
    minutes = 60.0
    lasting = True
    schema = Schema(
        {
            "id": computed(STRING),
            "arn": computed(STRING),
            "status": computed(STRING),
            "cluster_name": required(STRING, immutable=True),
            "node_group_name": required(STRING, immutable=True),
            "node_role_arn": required(STRING, immutable=True),
            "subnet_ids": required(Set(STRING), immutable=True),
            "instance_types": optional_computed(List(STRING), immutable=True),
            "capacity_type": optional_computed(STRING, immutable=True),
            "disk_size": optional_computed(NUMBER, immutable=True),
            "ami_type": optional_computed(STRING, immutable=True),
            "version": optional_computed(STRING),
            "release_version": computed(STRING),
            "labels": optional(Map(STRING)),
            **TAGS,
        },
        {
            "scaling_config": NestedBlock(
                Schema(
                    {
                        "desired_size": required(NUMBER),
                        "max_size": required(NUMBER),
                        "min_size": required(NUMBER),
                    }
                ),
                min_items=1,
                max_items=1,
            ),
            "update_config": NestedBlock(
                Schema({"max_unavailable": optional(NUMBER), "max_unavailable_percentage": optional(NUMBER)}),
                max_items=1,
                computed=True,
            ),
            "taint": NestedBlock(
                Schema({"key": required(STRING), "value": optional(STRING), "effect": required(STRING)}), "set"
            ),
        },
    )

    @override
    def place(self, planned: Values) -> Mapping[str, Any]:
        return {"cluster_name": planned["cluster_name"], "node_group_name": planned["node_group_name"]}

    @override
    def node_labels(self, values: Values) -> Mapping[str, str]:
        return {"eks.amazonaws.com/nodegroup": values["node_group_name"]}

    @override
    def described(self, client: AwsClient, identity: Mapping[str, Any]) -> Values:
        item: Values = client.call("eks", "describe_nodegroup", **_place(identity))["nodegroup"]
        return item

    @override
    def observed(self, client: AwsClient, item: Values, prior: Values) -> Observed:
        scaling, update = item.get("scalingConfig") or {}, item.get("updateConfig") or {}
        values = {
            "id": f"{item['clusterName']}:{item['nodegroupName']}",
            "arn": item["nodegroupArn"],
            "status": item.get("status"),
            "cluster_name": item["clusterName"],
            "node_group_name": item["nodegroupName"],
            "node_role_arn": item["nodeRole"],
            "subnet_ids": tuple(item["subnets"]),
            "instance_types": tuple(item.get("instanceTypes") or ()),
            "capacity_type": item.get("capacityType"),
            "disk_size": item.get("diskSize"),
            "ami_type": item.get("amiType"),
            "version": item.get("version"),
            "release_version": item.get("releaseVersion"),
            "labels": item.get("labels") or None,
            "scaling_config": (
                {
                    "desired_size": scaling.get("desiredSize"),
                    "max_size": scaling.get("maxSize"),
                    "min_size": scaling.get("minSize"),
                },
            ),
            "update_config": (
                {
                    "max_unavailable": update.get("maxUnavailable"),
                    "max_unavailable_percentage": update.get("maxUnavailablePercentage"),
                },
            ),
            "taint": tuple(
                {"key": t["key"], "value": t.get("value") or None, "effect": t["effect"]}
                for t in item.get("taints") or ()
            ),
            **tag_attributes(item.get("tags"), client, prior),
        }
        identity = {
            "cluster_name": item["clusterName"],
            "node_group_name": item["nodegroupName"],
            "arn": item["nodegroupArn"],
        }
        return Observed(self.shape(values), {"id": values["id"], **identity}, lineage_of(item.get("tags")))

    @override
    def make(self, client: AwsClient, planned: Values, call: Call) -> None:
        request = known(
            {
                "nodeRole": planned["node_role_arn"],
                "subnets": planned["subnet_ids"],
                "instanceTypes": planned["instance_types"],
                "capacityType": planned["capacity_type"],
                "diskSize": planned["disk_size"],
                "amiType": planned["ami_type"],
                "version": planned["version"],
                "labels": planned["labels"],
                "clientRequestToken": call.token or None,
            }
        )
        client.call(
            "eks",
            "create_nodegroup",
            **_place(planned),
            **whole(request),
            scalingConfig=_scaling(planned),
            taints=_taints(planned),
            tags=tags_of(planned, call, client),
        )

    @override
    def update(self, client: AwsClient, prior: Observed, planned: Values, config: Values, call: Call) -> Observed:
        place = _place(prior.identity)
        before = prior.values
        request: Values = {}
        if before["scaling_config"] != planned["scaling_config"]:
            request["scalingConfig"] = self._changed_scaling(client, prior, planned)
        labels = _changed_labels(before["labels"] or {}, planned["labels"] or {})
        if labels:
            request["labels"] = labels
        if before["taint"] != planned["taint"]:
            request["taints"] = _changed_taints(_taints(before), _taints(planned))
        if request:
            self.ask_update(client, call, "update_nodegroup_config", place, **request)
        if isinstance(planned["version"], str) and planned["version"] != before["version"]:
            self.ask_update(client, call, "update_nodegroup_version", place, version=planned["version"])
        self.retag(client, str(prior.identity["arn"]), before, planned)
        return self.settled(client, planned, call)

    def _changed_scaling(self, client: AwsClient, prior: Observed, planned: Values) -> Values:
        """What changes of the size. The desired one, where it stays, is an autoscaler's: it moves after the plan too,
        and is sent only where it is not between the new bounds."""
        before, after = (values["scaling_config"][0] for values in (prior.values, planned))
        scaling = _scaling(planned)
        if after["desired_size"] == before["desired_size"]:
            present = self.described(client, prior.identity)["scalingConfig"]["desiredSize"]
            scaling["desiredSize"] = min(max(present, scaling["minSize"]), scaling["maxSize"])
            if scaling["desiredSize"] == present:
                del scaling["desiredSize"]
        return scaling

    @override
    def delete(self, client: AwsClient, prior: Observed, call: Call) -> None:
        self.deleted(client, prior, call, lambda: client.call("eks", "delete_nodegroup", **_place(prior.identity)))


def _place(values: Mapping[str, Any]) -> Values:
    return {"clusterName": values["cluster_name"], "nodegroupName": values["node_group_name"]}


def _scaling(values: Values) -> dict[str, int]:
    """The size, with the desired one between its bounds: those may have moved past it."""
    block = values["scaling_config"][0]
    least, most = int(block["min_size"]), int(block["max_size"])
    return {"minSize": least, "maxSize": most, "desiredSize": min(max(int(block["desired_size"]), least), most)}


def _taints(values: Values) -> list[dict[str, str]]:
    return [
        {
            "key": taint["key"],
            "effect": taint["effect"],
            **({"value": taint["value"]} if taint["value"] else {}),
        }
        for taint in values["taint"]
    ]


def _changed_labels(before: Mapping[str, str], after: Mapping[str, str]) -> Values:
    put = {name: value for name, value in after.items() if before.get(name) != value}
    drop = [name for name in before if name not in after]
    return {name: value for name, value in (("addOrUpdateLabels", put), ("removeLabels", drop)) if value}


def _changed_taints(before: list[dict[str, str]], after: list[dict[str, str]]) -> Values:
    put, drop = [t for t in after if t not in before], [t for t in before if t not in after]
    return {name: value for name, value in (("addOrUpdateTaints", put), ("removeTaints", drop)) if value}


KIND = EksNodeGroup()
