"""Access policies: EKS's own sets of Kubernetes permissions, and their association with access entries.

https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
"""

from __future__ import annotations

from typing import Any

from sandbox.aws.eks.lookup import find_cluster, find_entry
from sandbox.aws.eks.operations import Call, invalid_parameter, invalid_request, not_found, operation
from sandbox.aws.eks.store import AccessEntry, Body, Region

_PREFIX = "arn:aws:eks::aws:cluster-access-policy/"
CLUSTER_ADMIN = _PREFIX + "AmazonEKSClusterAdminPolicy"

_READ = frozenset({"get", "list", "watch"})
_WRITE = frozenset({"create", "update", "patch", "delete", "deletecollection"})
_ALL = frozenset({"*"})

# The verbs each policy allows. Of what a policy leaves out by resource, secrets for a viewer is what is kept.
VERBS = {
    "AmazonEKSClusterAdminPolicy": _ALL,
    "AmazonEKSAdminPolicy": _READ | _WRITE,
    "AmazonEKSEditPolicy": _READ | _WRITE,
    "AmazonEKSViewPolicy": _READ,
    "AmazonEKSAdminViewPolicy": _READ,
}
HIDES_SECRETS = frozenset({"AmazonEKSViewPolicy"})


def associate(region: Region, entry: AccessEntry, policy_arn: str, scope: Body) -> Body:
    """Associate a policy with an entry, or change the scope in which it is."""
    known = entry.policies.get(policy_arn)
    entry.policies[policy_arn] = {
        "policyArn": policy_arn,
        "accessScope": {"type": scope["type"], "namespaces": list(scope.get("namespaces", []))},
        "associatedAt": known["associatedAt"] if known else region.now(),
        "modifiedAt": region.now(),
    }
    return entry.policies[policy_arn]


@operation("ListAccessPolicies")
def list_access_policies(call: Call) -> dict[str, Any]:
    page, token = call.page([{"name": name, "arn": _PREFIX + name} for name in sorted(VERBS)])
    return {"accessPolicies": page, "nextToken": token}


@operation("AssociateAccessPolicy")
def associate_access_policy(call: Call) -> dict[str, Any]:
    cluster = find_cluster(call.region, call["clusterName"])
    entry, policy, scope = find_entry(cluster, call["principalArn"]), call["policyArn"], call["accessScope"]
    if not policy.startswith(_PREFIX) or policy.removeprefix(_PREFIX) not in VERBS:
        raise invalid_parameter("The specified policyArn is invalid: invalid policy.", clusterName=cluster.name)
    if entry.body["type"] != "STANDARD":
        message = f"Access policies cannot be associated with an access entry of type {entry.body['type']}"
        raise invalid_request(message, clusterName=cluster.name)
    if scope.get("type") not in ("cluster", "namespace") or (scope["type"] == "namespace") != bool(
        scope.get("namespaces")
    ):
        message = "An access scope is of type cluster, or of type namespace with one namespace or more"
        raise invalid_parameter(message, clusterName=cluster.name)
    return {
        "clusterName": cluster.name,
        "principalArn": entry.body["principalArn"],
        "associatedAccessPolicy": associate(call.region, entry, policy, scope),
    }


@operation("DisassociateAccessPolicy")
def disassociate_access_policy(call: Call) -> dict[str, Any]:
    cluster = find_cluster(call.region, call["clusterName"])
    entry = find_entry(cluster, call["principalArn"])
    if entry.policies.pop(call["policyArn"], None) is None:
        message = f"The specified policy {call['policyArn']} is not associated with the access entry"
        raise not_found(message, clusterName=cluster.name)
    return {}


@operation("ListAssociatedAccessPolicies")
def list_associated_access_policies(call: Call) -> dict[str, Any]:
    cluster = find_cluster(call.region, call["clusterName"])
    entry = find_entry(cluster, call["principalArn"])
    page, token = call.page(list(entry.policies.values()))
    return {
        "clusterName": cluster.name,
        "principalArn": entry.body["principalArn"],
        "associatedAccessPolicies": page,
        "nextToken": token,
    }
