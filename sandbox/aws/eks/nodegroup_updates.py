"""What can be changed about a node group: its size, labels, taints and update rules; its version."""

from __future__ import annotations

from typing import Any

from sandbox.aws.eks import nodes
from sandbox.aws.eks.lookup import find_active_cluster, find_nodegroup
from sandbox.aws.eks.nodegroup import check_idle, check_scaling, check_version, release_version
from sandbox.aws.eks.operations import Call, invalid_parameter, operation
from sandbox.aws.eks.store import Cluster, Nodegroup
from sandbox.aws.eks.updates import begin_update
from sandbox.aws.eks.versions import minor

CONFIG_SECONDS = 30.0
VERSION_SECONDS = 300.0

_SIZES = {"minSize": "MinSize", "maxSize": "MaxSize", "desiredSize": "DesiredSize"}
_LIMITS = {"maxUnavailable": "MaxUnavailable", "maxUnavailablePercentage": "MaxUnavailablePercentage"}


@operation("UpdateNodegroupConfig")
def update_nodegroup_config(call: Call) -> dict[str, Any]:
    cluster, group = _find(call)
    body = group.body
    parameters: dict[str, Any] = {}
    scaling = {**body["scalingConfig"], **call.get("scalingConfig", {})}
    check_scaling(cluster, body["nodegroupName"], scaling)
    parameters |= {_SIZES[name]: value for name, value in call.get("scalingConfig", {}).items()}
    changed: dict[str, Any] = {"scalingConfig": scaling, "labels": _labels(call, body, parameters)}
    changed["taints"] = _taints(call, body, parameters)
    if call.get("updateConfig"):
        changed["updateConfig"] = dict(call["updateConfig"])
        parameters |= {_LIMITS[k]: v for k, v in call["updateConfig"].items() if k in _LIMITS}
    if call.get("nodeRepairConfig"):
        changed["nodeRepairConfig"] = dict(call["nodeRepairConfig"])
        parameters["NodeRepairEnabled"] = call["nodeRepairConfig"].get("enabled", False)
    if not parameters:
        message = "Update parameters must not be empty"
        raise invalid_parameter(message, clusterName=cluster.name, nodegroupName=body["nodegroupName"])

    def make_so() -> None:
        body.update(changed)
        nodes.scale(call.region, cluster, group, scaling["desiredSize"])

    return _begin(call, cluster, group, "ConfigUpdate", parameters, CONFIG_SECONDS, make_so)


def _labels(call: Call, body: dict[str, Any], parameters: dict[str, Any]) -> dict[str, str]:
    requested = call.get("labels", {})
    if added := requested.get("addOrUpdateLabels"):
        parameters["LabelsToAdd"] = added
    if removed := requested.get("removeLabels"):
        parameters["LabelsToRemove"] = removed
    kept = {key: value for key, value in body["labels"].items() if key not in (removed or ())}
    return {**kept, **(added or {})}


def _taints(call: Call, body: dict[str, Any], parameters: dict[str, Any]) -> list[dict[str, str]] | None:
    """Taints are told apart by key and effect."""
    requested = call.get("taints", {})
    taints = {(t["key"], t["effect"]): t for t in body["taints"] or []}
    if removed := requested.get("removeTaints"):
        parameters["TaintsToRemove"] = removed
        for taint in removed:
            taints.pop((taint["key"], taint["effect"]), None)
    if added := requested.get("addOrUpdateTaints"):
        parameters["TaintsToAdd"] = added
        taints |= {(t["key"], t["effect"]): t for t in added}
    return list(taints.values()) or None


@operation("UpdateNodegroupVersion")
def update_nodegroup_version(call: Call) -> dict[str, Any]:
    cluster, group = _find(call)
    body, name = group.body, group.body["nodegroupName"]
    version = call.get("version", cluster.version if not call.get("releaseVersion") else body["version"])
    release = call.get("releaseVersion") or release_version(version)
    check_version(cluster, name, version, release)
    if minor(version) < minor(body["version"]):
        message = f"Nodegroup version cannot be downgraded from {body['version']} to {version}"
        raise invalid_parameter(message, clusterName=cluster.name, nodegroupName=name)
    parameters = {"Version": version, "ReleaseVersion": release}
    template = call.get("launchTemplate")
    if template:
        parameters |= {"LaunchTemplateName": template.get("name", template.get("id", ""))}
        parameters |= {"LaunchTemplateVersion": template.get("version", "")}

    def make_so() -> None:
        body.update({"version": version, "releaseVersion": release})
        if template:
            body["launchTemplate"] = {**(body["launchTemplate"] or {}), **template}
        nodes.replace(call.region, cluster, group)

    return _begin(call, cluster, group, "VersionUpdate", parameters, VERSION_SECONDS, make_so)


def _find(call: Call) -> tuple[Cluster, Nodegroup]:
    cluster = find_active_cluster(call.region, call["clusterName"])
    group = find_nodegroup(cluster, call["nodegroupName"])
    check_idle(cluster, group)
    return cluster, group


def _begin(
    call: Call,
    cluster: Cluster,
    group: Nodegroup,
    kind: str,
    parameters: dict[str, Any],
    seconds: float,
    make_so: Any,
) -> dict[str, Any]:
    body = group.body

    def finish(status: str) -> None:
        if body["status"] != "UPDATING":
            return
        body["status"] = "ACTIVE"
        body["modifiedAt"] = call.region.now()
        if status == "Successful":
            make_so()

    update = begin_update(call, cluster, kind, parameters, seconds, finish, nodegroup=body["nodegroupName"])
    body["status"] = "UPDATING"
    return {"update": update}
