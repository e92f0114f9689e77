"""Updates: what is being changed about a cluster, a node group or an add-on, and how it went."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.aws.eks.lookup import find_addon, find_cluster, find_nodegroup
from sandbox.aws.eks.operations import Call, in_use, not_found, operation
from sandbox.aws.eks.store import Cluster, Region, Update, new_id


def begin_update(
    call: Call,
    cluster: Cluster,
    kind: str,
    parameters: Mapping[str, Any],
    seconds: float,
    finish: Callable[[str], None],
    *,
    nodegroup: str | None = None,
    addon: str | None = None,
) -> dict[str, Any]:
    """Start an update that takes `seconds` and then calls `finish` with its final status; returns its body.

    Raises ResourceInUseException while another of the same resource is in progress.
    """
    region = call.region
    _check_idle(cluster, kind, nodegroup, addon)
    body: dict[str, Any] = {
        "id": new_id(),
        "status": "InProgress",
        "type": kind,
        "params": [{"type": name, "value": _as_text(value)} for name, value in parameters.items()],
        "createdAt": region.now(),
        "errors": [],
    }
    cluster.updates[body["id"]] = Update(body, nodegroup, addon)
    status, issues = call.outcome("Successful")

    def end() -> None:
        if not region.is_there(cluster):
            return
        body["status"] = "Successful" if status == "Successful" else "Failed"
        body["errors"] = [_as_error(issue) for issue in issues]
        finish(body["status"])

    region.later(seconds, end)
    return body


def _check_idle(cluster: Cluster, kind: str, nodegroup: str | None, addon: str | None) -> None:
    for other in cluster.updates.values():
        if other.body["status"] == "InProgress" and (other.nodegroup, other.addon) == (nodegroup, addon):
            what = f"nodegroup {nodegroup}" if nodegroup else f"addon {addon}" if addon else f"cluster {cluster.name}"
            message = f"Cannot {kind} because {what} currently has update {other.body['id']} in progress"
            raise in_use(message, clusterName=cluster.name, nodegroupName=nodegroup, addonName=addon)


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))


def _as_error(issue: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "errorCode": issue["code"],
        "errorMessage": issue["message"],
        "resourceIds": list(issue.get("resourceIds", [])),
    }


@operation("DescribeUpdate")
def describe_update(call: Call) -> dict[str, Any]:
    cluster = _named(call.region, call)
    update = cluster.updates.get(call["updateId"])
    if update is None or (update.nodegroup, update.addon) != (call.get("nodegroupName"), call.get("addonName")):
        raise not_found(f"No update found for ID: {call['updateId']}", clusterName=cluster.name)
    return {"update": update.body}


@operation("ListUpdates")
def list_updates(call: Call) -> dict[str, Any]:
    cluster = _named(call.region, call)
    wanted = (call.get("nodegroupName"), call.get("addonName"))
    page, token = call.page([id for id, u in cluster.updates.items() if (u.nodegroup, u.addon) == wanted])
    return {"updateIds": page, "nextToken": token}


def _named(region: Region, call: Call) -> Cluster:
    cluster = find_cluster(region, call["name"])
    if nodegroup := call.get("nodegroupName"):
        find_nodegroup(cluster, nodegroup)
    if addon := call.get("addonName"):
        find_addon(cluster, addon)
    return cluster
