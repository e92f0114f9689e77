"""Add-ons: create, describe, list, update, delete. What needs a node is DEGRADED until there is one."""

from __future__ import annotations

from typing import Any

from sandbox.aws.eks import addon_objects
from sandbox.aws.eks.addon_catalogue import CATALOGUE, Offer, check_addon_version, find_offer
from sandbox.aws.eks.lookup import find_active_cluster, find_addon, find_cluster
from sandbox.aws.eks.operations import Call, in_use, invalid_parameter, operation
from sandbox.aws.eks.pod_identity import add_association
from sandbox.aws.eks.store import Addon, Cluster, new_id
from sandbox.aws.eks.updates import begin_update
from sandbox.aws.network import find_role

CREATION_SECONDS = 30.0
UPDATE_SECONDS = 30.0
DELETION_SECONDS = 15.0

_STARVED = {
    "code": "InsufficientNumberOfReplicas",
    "message": "The add-on is unhealthy because it doesn't have the desired number of replicas.",
    "resourceIds": [],
}


@operation("CreateAddon")
def create_addon(call: Call) -> dict[str, Any]:
    region, name = call.region, call["addonName"]
    cluster = find_active_cluster(region, call["clusterName"])
    offer = find_offer(name, cluster.name)
    if name in cluster.addons:
        raise in_use("Addon already exists.", clusterName=cluster.name, addonName=name)
    version = call.get("addonVersion", offer.default(cluster.version))
    check_addon_version(offer, version, cluster.name, cluster.version)
    _check_role(call, cluster)
    arn = region.arn("addon", cluster.name, name, new_id())
    body = {
        "addonName": name,
        "clusterName": cluster.name,
        "status": "CREATING",
        "addonVersion": version,
        "health": {"issues": []},
        "addonArn": arn,
        "createdAt": region.now(),
        "modifiedAt": region.now(),
        "serviceAccountRoleArn": call.get("serviceAccountRoleArn"),
        "tags": dict(call.get("tags", {})),
        "configurationValues": call.get("configurationValues"),
        "podIdentityAssociations": _associate(call, cluster, offer, arn),
        "namespaceConfig": {"namespace": call.get("namespaceConfig", {}).get("namespace", offer.namespace)},
    }
    cluster.addons[name] = Addon(body)
    status, issues = call.outcome("ACTIVE")

    def finish() -> None:
        if body["status"] == "CREATING":
            body["status"], body["health"] = status, {"issues": issues}
            settle(cluster)

    region.later(CREATION_SECONDS, finish, prepare=lambda: addon_objects.install(cluster, offer, version))
    return {"addon": body}


def settle(cluster: Cluster) -> None:
    """Let the health of the add-ons be what the cluster's nodes allow."""
    for name, addon in cluster.addons.items():
        if not CATALOGUE[name].needs_nodes or addon.body["status"] not in ("ACTIVE", "DEGRADED"):
            continue
        starved = cluster.node_count() == 0
        addon.body["status"] = "DEGRADED" if starved else "ACTIVE"
        addon.body["health"] = {"issues": [_STARVED] if starved else []}


def _check_role(call: Call, cluster: Cluster) -> None:
    arn = call.get("serviceAccountRoleArn")
    if arn and find_role(arn) is None:
        message = f"Role provided in the request does not exist: {arn}"
        raise invalid_parameter(message, clusterName=cluster.name, addonName=call["addonName"])


def _associate(call: Call, cluster: Cluster, offer: Offer, owner: str) -> list[str] | None:
    arns = []
    for requested in call.get("podIdentityAssociations") or []:
        association = add_association(call.region, cluster, {**requested, "namespace": offer.namespace}, owner)
        arns.append(association["associationArn"])
    return arns or None


@operation("DescribeAddon")
def describe_addon(call: Call) -> dict[str, Any]:
    cluster = find_cluster(call.region, call["clusterName"])
    settle(cluster)
    return {"addon": find_addon(cluster, call["addonName"]).body}


@operation("ListAddons")
def list_addons(call: Call) -> dict[str, Any]:
    page, token = call.page(sorted(find_cluster(call.region, call["clusterName"]).addons))
    return {"addons": page, "nextToken": token}


@operation("UpdateAddon")
def update_addon(call: Call) -> dict[str, Any]:
    region, name = call.region, call["addonName"]
    cluster = find_active_cluster(region, call["clusterName"])
    body, offer = find_addon(cluster, name).body, find_offer(name, cluster.name)
    if body["status"] in ("CREATING", "DELETING"):
        message = f"Addon {name} is in status {body['status']} and cannot be updated"
        raise in_use(message, clusterName=cluster.name, addonName=name)
    version = call.get("addonVersion", body["addonVersion"])
    check_addon_version(offer, version, cluster.name, cluster.version)
    _check_role(call, cluster)
    changed = {
        field: call[field]
        for field in ("addonVersion", "serviceAccountRoleArn", "configurationValues")
        if call.get(field) is not None
    }
    parameters = {field[0].upper() + field[1:]: value for field, value in changed.items()}
    if "podIdentityAssociations" in call.parameters:
        _drop_associations(cluster, body["addonArn"])
        changed["podIdentityAssociations"] = _associate(call, cluster, offer, body["addonArn"])
        parameters["PodIdentityAssociations"] = call["podIdentityAssociations"]

    def finish(status: str) -> None:
        if body["status"] != "UPDATING":
            return
        if status == "Successful":
            body.update(changed)
        body["status"] = "ACTIVE" if status == "Successful" else "UPDATE_FAILED"
        body["modifiedAt"] = region.now()
        settle(cluster)

    update = begin_update(call, cluster, "AddonUpdate", parameters, UPDATE_SECONDS, finish, addon=name)
    body["status"] = "UPDATING"
    region.clock.after(0, lambda: addon_objects.install(cluster, offer, version))
    return {"update": update}


@operation("DeleteAddon")
def delete_addon(call: Call) -> dict[str, Any]:
    region, name = call.region, call["addonName"]
    cluster = find_cluster(region, call["clusterName"])
    addon = find_addon(cluster, name)
    body = addon.body
    if body["status"] == "DELETING":
        return {"addon": body}
    body["status"] = "DELETING"

    def finish() -> None:
        body["status"] = "DELETED"
        if cluster.addons.get(name) is addon:
            del cluster.addons[name]
        _drop_associations(cluster, body["addonArn"])

    remove = None if call.get("preserve") else lambda: addon_objects.remove(cluster, CATALOGUE[name])
    region.later(DELETION_SECONDS, finish, prepare=remove)
    return {"addon": body}


def _drop_associations(cluster: Cluster, owner: str) -> None:
    for association in [a for a in cluster.associations.values() if a["ownerArn"] == owner]:
        del cluster.associations[association["associationId"]]
