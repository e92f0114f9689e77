"""Managed node groups: create, describe, list, delete."""

from __future__ import annotations

from typing import Any

from sandbox.aws.eks import access_entry, nodes
from sandbox.aws.eks.lookup import find_active_cluster, find_cluster, find_nodegroup
from sandbox.aws.eks.operations import Call, in_use, invalid_parameter, invalid_request, operation
from sandbox.aws.eks.prerequisites import check_node_role, find_subnets
from sandbox.aws.eks.store import Cluster, Nodegroup, Region, new_id
from sandbox.aws.eks.versions import VERSIONS, minor

CREATION_SECONDS = 120.0
DELETION_SECONDS = 180.0

_DEFAULT_INSTANCE_TYPE = "t3.medium"
_DEFAULT_DISK = {"WINDOWS": 50}
_RELEASE_DATE = "20260120"


@operation("CreateNodegroup")
def create_nodegroup(call: Call) -> dict[str, Any]:
    region, name = call.region, call["nodegroupName"]
    cluster = find_active_cluster(region, call["clusterName"])
    if name in cluster.nodegroups:
        message = f"NodeGroup already exists with name {name} and cluster name {cluster.name}"
        raise in_use(message, clusterName=cluster.name, nodegroupName=name)
    body = _body(call, cluster)
    check_node_role(body["nodeRole"], cluster.name, name)
    check_version(cluster, name, body["version"], body["releaseVersion"])
    check_scaling(cluster, name, body["scalingConfig"])
    for subnet in find_subnets(region, body["subnets"], cluster.name, name):
        if subnet.vpc_id != cluster.body["resourcesVpcConfig"]["vpcId"]:
            message = f"Subnet {subnet.id} does not belong to the VPC of the cluster"
            raise invalid_parameter(message, clusterName=cluster.name, nodegroupName=name)
    for instance_type in body["instanceTypes"]:
        if not region.network.has_instance_type(instance_type):
            message = f"[{instance_type}] is not a valid instance type for requested amiType {body['amiType']}"
            raise invalid_parameter(message, clusterName=cluster.name, nodegroupName=name)
    group = Nodegroup(body)
    cluster.nodegroups[name] = group
    status, issues = call.outcome("ACTIVE")

    def finish() -> None:
        if not region.is_there(cluster) or body["status"] != "CREATING":
            return
        body["status"] = status
        body["health"] = {"issues": issues}
        if status == "ACTIVE":
            nodes.scale(region, cluster, group, body["scalingConfig"]["desiredSize"])
            _admit_nodes(region, cluster, body["nodeRole"])

    region.later(CREATION_SECONDS, finish)
    return {"nodegroup": body}


def _body(call: Call, cluster: Cluster) -> dict[str, Any]:
    region, name = call.region, call["nodegroupName"]
    version = call.get("version", cluster.version)
    template = call.get("launchTemplate")
    ami_type = call.get("amiType", "AL2023_x86_64_STANDARD")
    identifier = new_id()
    return {
        "nodegroupName": name,
        "nodegroupArn": region.arn("nodegroup", cluster.name, name, identifier),
        "clusterName": cluster.name,
        "version": version,
        "releaseVersion": call.get("releaseVersion") or release_version(version),
        "createdAt": region.now(),
        "modifiedAt": region.now(),
        "status": "CREATING",
        "capacityType": call.get("capacityType", "ON_DEMAND"),
        "scalingConfig": {"minSize": 1, "maxSize": 2, "desiredSize": 2, **call.get("scalingConfig", {})},
        "instanceTypes": list(call.get("instanceTypes") or [_DEFAULT_INSTANCE_TYPE]),
        "subnets": list(call["subnets"]),
        "remoteAccess": call.get("remoteAccess"),
        "amiType": ami_type,
        "nodeRole": call["nodeRole"],
        "labels": dict(call.get("labels", {})),
        "taints": list(call.get("taints", [])) or None,
        "resources": {"autoScalingGroups": [{"name": f"eks-{name}-{identifier}"}]},
        "diskSize": None if template else call.get("diskSize", _DEFAULT_DISK.get(ami_type.split("_")[0], 20)),
        "health": {"issues": []},
        "updateConfig": {"maxUnavailable": 1} if not call.get("updateConfig") else dict(call["updateConfig"]),
        "nodeRepairConfig": call.get("nodeRepairConfig"),
        "launchTemplate": template,
        "tags": dict(call.get("tags", {})),
    }


def release_version(version: str) -> str:
    """The release of EKS's node image for a minor version: its kubelet and the day it was made."""
    return f"{VERSIONS[version].patch}-{_RELEASE_DATE}" if version in VERSIONS else version


def check_version(cluster: Cluster, nodegroup: str, version: str, release: str) -> None:
    """A node group is of an offered version, of none newer than its cluster's, and its image of the same."""
    if version not in VERSIONS or minor(version) > minor(cluster.version):
        message = (
            f"Requested nodegroup Kubernetes version {version} is not supported for cluster version {cluster.version}"
        )
        raise invalid_parameter(message, clusterName=cluster.name, nodegroupName=nodegroup)
    if not release.startswith(f"{version}."):
        message = f"Requested release version {release} is not valid for kubernetes version {version}."
        raise invalid_request(message, clusterName=cluster.name, nodegroupName=nodegroup)


def check_scaling(cluster: Cluster, nodegroup: str, config: dict[str, int]) -> None:
    """Refuse sizes that contradict each other. Raises AwsError."""
    low, desired, high = config["minSize"], config["desiredSize"], config["maxSize"]
    message = None
    if low > high:
        message = f"Minimum capacity {low} can't be greater than maximum size {high}"
    elif desired < low:
        message = f"Minimum capacity {low} can't be greater than desired size {desired}"
    elif desired > high:
        message = f"desired capacity {desired} can't be greater than max size {high}"
    if message:
        raise invalid_parameter(message, clusterName=cluster.name, nodegroupName=nodegroup)


def _admit_nodes(region: Region, cluster: Cluster, role: str) -> None:
    """The access entry that EKS makes for the role of a managed node group."""
    if cluster.body["accessConfig"]["authenticationMode"] != "CONFIG_MAP" and role not in cluster.entries:
        access_entry.add_entry(region, cluster, role, "EC2_LINUX").managed_by_nodegroups = True


@operation("DescribeNodegroup")
def describe_nodegroup(call: Call) -> dict[str, Any]:
    cluster = find_cluster(call.region, call["clusterName"])
    return {"nodegroup": find_nodegroup(cluster, call["nodegroupName"]).body}


@operation("ListNodegroups")
def list_nodegroups(call: Call) -> dict[str, Any]:
    cluster = find_cluster(call.region, call["clusterName"])
    page, token = call.page(sorted(cluster.nodegroups))
    return {"nodegroups": page, "nextToken": token}


@operation("DeleteNodegroup")
def delete_nodegroup(call: Call) -> dict[str, Any]:
    region, name = call.region, call["nodegroupName"]
    cluster = find_cluster(region, call["clusterName"])
    group = find_nodegroup(cluster, name)
    body = group.body
    if body["status"] == "DELETING":
        return {"nodegroup": body}
    if body["status"] in ("CREATING", "UPDATING"):
        message = f"Nodegroup {name} cannot be deleted while it is in status {body['status']}"
        raise in_use(message, clusterName=cluster.name, nodegroupName=name)
    body["status"] = "DELETING"
    status, issues = call.outcome("DELETED")

    def finish() -> None:
        if not region.is_there(cluster):
            return
        body["status"] = status
        body["health"] = {"issues": issues}
        if status != "DELETED":
            return
        nodes.scale(region, cluster, group, 0)
        del cluster.nodegroups[name]
        entry = cluster.entries.get(body["nodeRole"])
        shared = any(other.body["nodeRole"] == body["nodeRole"] for other in cluster.nodegroups.values())
        if entry is not None and entry.managed_by_nodegroups and not shared:
            del cluster.entries[body["nodeRole"]]

    region.later(DELETION_SECONDS, finish)
    return {"nodegroup": body}


def check_idle(cluster: Cluster, group: Nodegroup) -> None:
    """Refuse to change a group that is coming or going."""
    status = group.body["status"]
    if status in ("CREATING", "DELETING", "CREATE_FAILED", "DELETE_FAILED"):
        name = group.body["nodegroupName"]
        message = f"Nodegroup {name} is in status {status} and cannot be updated"
        raise invalid_request(message, clusterName=cluster.name, nodegroupName=name)
