"""Pod identity associations: which role a service account's pods get."""

from __future__ import annotations

import secrets
import string
from typing import Any

from sandbox.aws.eks.lookup import find_active_cluster, find_cluster
from sandbox.aws.eks.operations import Call, in_use, invalid_parameter, not_found, operation
from sandbox.aws.eks.store import Body, Cluster, Region
from sandbox.aws.network import find_role

_ALPHABET = string.ascii_lowercase + string.digits
_UPDATABLE = ("roleArn", "disableSessionTags", "targetRoleArn")


@operation("CreatePodIdentityAssociation")
def create_pod_identity_association(call: Call) -> dict[str, Any]:
    cluster = find_active_cluster(call.region, call["clusterName"])
    return {"association": add_association(call.region, cluster, dict(call.parameters))}


def add_association(region: Region, cluster: Cluster, requested: dict[str, Any], owner: str | None = None) -> Body:
    """Put an association in. Raises AwsError when the role does not fit or the service account has one."""
    _check_role(requested["roleArn"], cluster)
    for other in cluster.associations.values():
        if (other["namespace"], other["serviceAccount"]) == (requested["namespace"], requested["serviceAccount"]):
            raise in_use(f"Association already exists: {other['associationId']}", clusterName=cluster.name)
    association_id = "a-" + "".join(secrets.choice(_ALPHABET) for _ in range(17))
    cluster.associations[association_id] = {
        "clusterName": cluster.name,
        "namespace": requested["namespace"],
        "serviceAccount": requested["serviceAccount"],
        "roleArn": requested["roleArn"],
        "associationArn": region.arn("podidentityassociation", cluster.name, association_id),
        "associationId": association_id,
        "tags": dict(requested.get("tags", {})),
        "createdAt": region.now(),
        "modifiedAt": region.now(),
        "ownerArn": owner,
        "disableSessionTags": requested.get("disableSessionTags", False),
        "targetRoleArn": requested.get("targetRoleArn"),
    }
    return cluster.associations[association_id]


def _check_role(arn: str, cluster: Cluster) -> None:
    role = find_role(arn)
    if role is None:
        raise invalid_parameter(f"Role provided in the request does not exist: {arn}", clusterName=cluster.name)
    if "pods.eks.amazonaws.com" not in role.services:
        raise invalid_parameter("Trust policy of the role provided is invalid", clusterName=cluster.name)


def _find(call: Call) -> tuple[Cluster, Body]:
    cluster = find_cluster(call.region, call["clusterName"])
    try:
        return cluster, cluster.associations[call["associationId"]]
    except KeyError:
        message = f"No association found with associationId: {call['associationId']}"
        raise not_found(message, clusterName=cluster.name) from None


@operation("DescribePodIdentityAssociation")
def describe_pod_identity_association(call: Call) -> dict[str, Any]:
    return {"association": _find(call)[1]}


@operation("ListPodIdentityAssociations")
def list_pod_identity_associations(call: Call) -> dict[str, Any]:
    cluster = find_cluster(call.region, call["clusterName"])
    found = [
        association
        for association in cluster.associations.values()
        if call.get("namespace") in (None, association["namespace"])
        and call.get("serviceAccount") in (None, association["serviceAccount"])
    ]
    page, token = call.page(found)
    return {"associations": page, "nextToken": token}


@operation("UpdatePodIdentityAssociation")
def update_pod_identity_association(call: Call) -> dict[str, Any]:
    cluster, body = _find(call)
    if call.get("roleArn") is not None:
        _check_role(call["roleArn"], cluster)
    body |= {name: call[name] for name in _UPDATABLE if call.get(name) is not None}
    body["modifiedAt"] = call.region.now()
    return {"association": body}


@operation("DeletePodIdentityAssociation")
def delete_pod_identity_association(call: Call) -> dict[str, Any]:
    cluster, body = _find(call)
    del cluster.associations[body["associationId"]]
    return {"association": body}
