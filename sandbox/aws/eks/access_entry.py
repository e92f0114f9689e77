"""Access entries: which principals of IAM may enter a cluster, as which Kubernetes user and groups.

https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
"""

from __future__ import annotations

from typing import Any

from sandbox.aws.credentials import ACCOUNT
from sandbox.aws.eks.access_policy import CLUSTER_ADMIN, associate
from sandbox.aws.eks.lookup import find_cluster, find_entry
from sandbox.aws.eks.operations import Call, in_use, invalid_parameter, invalid_request, operation
from sandbox.aws.eks.store import AccessEntry, Cluster, Region, new_id

_NODE_TYPES = ("EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "EC2", "HYPERPOD_LINUX")
_NODE_GROUPS = {"EC2_WINDOWS": ["eks:kube-proxy-windows", "system:nodes"], "EC2": []}


def check_mode(cluster: Cluster) -> None:
    """Refuse what needs the API as a source of access where only the config map is one."""
    if cluster.body["accessConfig"]["authenticationMode"] == "CONFIG_MAP":
        message = (
            "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] "
            "to perform this operation."
        )
        raise invalid_request(message, clusterName=cluster.name)


@operation("CreateAccessEntry")
def create_access_entry(call: Call) -> dict[str, Any]:
    cluster, principal = find_cluster(call.region, call["clusterName"]), call["principalArn"]
    check_mode(cluster)
    kind = call.get("type", "STANDARD")
    if kind not in ("STANDARD", *_NODE_TYPES):
        raise invalid_parameter(f"The type {kind} is not valid for an access entry", clusterName=cluster.name)
    if not principal.startswith("arn:aws:iam::") or principal.endswith(":root"):
        message = "The specified principalArn is invalid: invalid principal."
        raise invalid_parameter(message, clusterName=cluster.name)
    if principal in cluster.entries:
        message = "The specified access entry resource is already in use on this cluster."
        raise in_use(message, clusterName=cluster.name)
    _check_names(call, cluster, kind)
    entry = add_entry(
        call.region, cluster, principal, kind, call.get("kubernetesGroups"), call.get("username"), call.get("tags")
    )
    return {"accessEntry": entry.body}


def _check_names(call: Call, cluster: Cluster, kind: str) -> None:
    if kind != "STANDARD" and (call.get("kubernetesGroups") or call.get("username")):
        message = f"An access entry of type {kind} can have no username and no kubernetesGroups"
        raise invalid_parameter(message, clusterName=cluster.name)
    for group in call.get("kubernetesGroups") or []:
        if group.startswith(("system:", "eks:", "aws:", "amazon:", "iam:")):
            message = f"The kubernetes group name {group} is invalid, it cannot start with system:"
            raise invalid_parameter(message, clusterName=cluster.name)


def add_entry(
    region: Region,
    cluster: Cluster,
    principal: str,
    kind: str,
    groups: list[str] | None = None,
    username: str | None = None,
    tags: dict[str, str] | None = None,
) -> AccessEntry:
    """Put an entry in; what is not asked for is what EKS chooses for the kind of principal."""
    is_role = ":role/" in principal
    name = principal.rpartition("/")[2]
    if kind != "STANDARD":
        groups, username = _NODE_GROUPS.get(kind, ["system:nodes"]), "system:node:{{EC2PrivateDNSName}}"
    elif username is None:
        username = f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{{{{SessionName}}}}" if is_role else principal
    body = {
        "clusterName": cluster.name,
        "principalArn": principal,
        "kubernetesGroups": groups or [],
        "accessEntryArn": region.arn(
            "access-entry", cluster.name, "role" if is_role else "user", ACCOUNT, name, new_id()
        ),
        "createdAt": region.now(),
        "modifiedAt": region.now(),
        "tags": dict(tags or {}),
        "username": username,
        "type": kind,
    }
    cluster.entries[principal] = AccessEntry(body)
    return cluster.entries[principal]


def admit_creator(region: Region, cluster: Cluster) -> None:
    """The entry that a cluster's creator gets when it is asked for and the API is a source of access."""
    access = cluster.body["accessConfig"]
    arn = cluster.creator.iam_arn
    requested = access["bootstrapClusterCreatorAdminPermissions"] and access["authenticationMode"] != "CONFIG_MAP"
    if requested and arn not in cluster.entries and not arn.endswith(":root"):
        entry = add_entry(region, cluster, arn, "STANDARD")
        associate(region, entry, CLUSTER_ADMIN, {"type": "cluster", "namespaces": []})


@operation("DescribeAccessEntry")
def describe_access_entry(call: Call) -> dict[str, Any]:
    cluster = find_cluster(call.region, call["clusterName"])
    check_mode(cluster)
    return {"accessEntry": find_entry(cluster, call["principalArn"]).body}


@operation("ListAccessEntries")
def list_access_entries(call: Call) -> dict[str, Any]:
    cluster = find_cluster(call.region, call["clusterName"])
    check_mode(cluster)
    policy = call.get("associatedPolicyArn")
    page, token = call.page([arn for arn, e in cluster.entries.items() if policy is None or policy in e.policies])
    return {"accessEntries": page, "nextToken": token}


@operation("UpdateAccessEntry")
def update_access_entry(call: Call) -> dict[str, Any]:
    cluster = find_cluster(call.region, call["clusterName"])
    check_mode(cluster)
    body = find_entry(cluster, call["principalArn"]).body
    _check_names(call, cluster, body["type"])
    for name in ("kubernetesGroups", "username"):
        if call.get(name) is not None:
            body[name] = call[name]
    body["modifiedAt"] = call.region.now()
    return {"accessEntry": body}


@operation("DeleteAccessEntry")
def delete_access_entry(call: Call) -> dict[str, Any]:
    cluster = find_cluster(call.region, call["clusterName"])
    check_mode(cluster)
    find_entry(cluster, call["principalArn"])
    del cluster.entries[call["principalArn"]]
    return {}
