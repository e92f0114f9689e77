"""Clusters: create, describe, list, delete."""

from __future__ import annotations

import base64
import ipaddress
import logging
import re
import secrets
from typing import Any

from sandbox.aws.eks import access_entry, addon_objects, control_plane
from sandbox.aws.eks.lookup import find_cluster
from sandbox.aws.eks.operations import Call, in_use, invalid_parameter, invalid_request, operation
from sandbox.aws.eks.prerequisites import check_cluster_role, check_cluster_subnets, check_security_groups
from sandbox.aws.eks.store import Cluster, Region
from sandbox.aws.eks.versions import DEFAULT, VERSIONS, check_offered

log = logging.getLogger(__name__)

CREATION_SECONDS = 540.0
DELETION_SECONDS = 180.0
LINGERING_SECONDS = 60.0  # its interfaces and security group go some time after it

_NAME = re.compile(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}")
LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")


@operation("CreateCluster")
def create_cluster(call: Call) -> dict[str, Any]:
    region, name, version = call.region, call["name"], call.get("version", DEFAULT)
    if not _NAME.fullmatch(name):
        raise invalid_parameter(f"The cluster name '{name}' does not match {_NAME.pattern}", clusterName=name)
    if name in region.clusters:
        raise in_use(f"Cluster already exists with name: {name}", clusterName=name)
    check_offered(version)
    check_cluster_role(call["roleArn"], name)
    requested = call["resourcesVpcConfig"]
    vpc_id = check_cluster_subnets(region, requested.get("subnetIds", []), name)
    check_security_groups(region, requested.get("securityGroupIds", []), name)
    body = {
        "name": name,
        "arn": region.arn("cluster", name),
        "createdAt": region.now(),
        "version": version,
        "roleArn": call["roleArn"],
        "resourcesVpcConfig": vpc_config(requested, vpc_id, name),
        "kubernetesNetworkConfig": _network_config(call, vpc_id),
        "logging": logging_config(call.get("logging", {})),
        "status": "CREATING",
        "certificateAuthority": {},
        "clientRequestToken": call.get("clientRequestToken"),
        "platformVersion": VERSIONS[version].platform,
        "tags": dict(call.get("tags", {})),
        "encryptionConfig": call.get("encryptionConfig"),
        "health": {"issues": []},
        "accessConfig": {
            "bootstrapClusterCreatorAdminPermissions": True,
            "authenticationMode": "CONFIG_MAP",
            **call.get("accessConfig", {}),
        },
        "upgradePolicy": {"supportType": "EXTENDED", **call.get("upgradePolicy", {})},
        "deletionProtection": call.get("deletionProtection", False),
    }
    cluster = Cluster(body, call.principal, self_managed_addons=call.get("bootstrapSelfManagedAddons", True))
    region.clusters[name] = cluster
    status, issues = call.outcome("ACTIVE")
    if status == "ACTIVE":
        region.later(CREATION_SECONDS, lambda: _activate(region, cluster))
    else:
        region.later(CREATION_SECONDS, lambda: _fail(cluster, issues))
    _create_network(region, cluster, vpc_id)
    return {"cluster": body}


def vpc_config(requested: dict[str, Any], vpc_id: str, cluster: str) -> dict[str, Any]:
    """How a cluster's network is described; what is not asked for is AWS's default. Raises AwsError."""
    config = {
        "subnetIds": list(requested["subnetIds"]),
        "securityGroupIds": list(requested.get("securityGroupIds", [])),
        "vpcId": vpc_id,
        "endpointPublicAccess": requested.get("endpointPublicAccess", True),
        "endpointPrivateAccess": requested.get("endpointPrivateAccess", False),
        "publicAccessCidrs": list(requested.get("publicAccessCidrs") or ["0.0.0.0/0"]),
    }
    if not config["endpointPublicAccess"]:
        config["publicAccessCidrs"] = []
        if not config["endpointPrivateAccess"]:
            raise invalid_parameter("Private and public endpoint access cannot be false", clusterName=cluster)
    for cidr in config["publicAccessCidrs"]:
        _check_cidr(cidr, cluster)
    return config


def _check_cidr(cidr: str, cluster: str) -> None:
    try:
        ipaddress.ip_network(cidr)
    except ValueError:
        raise invalid_parameter(f"The CIDR block {cidr} is invalid", clusterName=cluster) from None


def _network_config(call: Call, vpc_id: str) -> dict[str, Any]:
    """The services' addresses: 10.100.0.0/16, or 172.20.0.0/16 when the VPC itself lies in 10.0.0.0/8."""
    requested = call.get("kubernetesNetworkConfig", {})
    cidr = requested.get("serviceIpv4Cidr")
    if cidr is None:
        vpc = ipaddress.ip_network(call.region.network.vpc_cidr(vpc_id))
        cidr = "172.20.0.0/16" if vpc.overlaps(ipaddress.ip_network("10.0.0.0/8")) else "10.100.0.0/16"
    _check_cidr(cidr, call["name"])
    return {
        "serviceIpv4Cidr": cidr,
        "ipFamily": requested.get("ipFamily", "ipv4"),
        "elasticLoadBalancing": {"enabled": False},
    }


def logging_config(requested: dict[str, Any]) -> dict[str, Any]:
    """Which logs are on and which are off, every type told once."""
    enabled = {
        t for setup in requested.get("clusterLogging", []) if setup.get("enabled") for t in setup.get("types", [])
    }
    setups = []
    for state in (True, False):
        if types := [t for t in LOG_TYPES if (t in enabled) is state]:
            setups.append({"types": types, "enabled": state})
    return {"clusterLogging": setups}


def _create_network(region: Region, cluster: Cluster, vpc_id: str) -> None:
    name = cluster.name
    tags = {f"kubernetes.io/cluster/{name}": "owned", "aws:eks:cluster-name": name}
    group = region.network.create_security_group(
        vpc_id,
        f"eks-cluster-sg-{name}-{secrets.randbelow(10**10)}",
        "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, "
        "as well as any managed workloads.",
        {"Name": f"eks-cluster-sg-{name}", **tags},
    )
    config = cluster.body["resourcesVpcConfig"]
    config["clusterSecurityGroupId"] = group
    cluster.interfaces = [
        region.network.create_interface(subnet, [group, *config["securityGroupIds"]], f"Amazon EKS {name}")
        for subnet in config["subnetIds"][:4]
    ]


def _activate(region: Region, cluster: Cluster) -> None:
    if not region.is_there(cluster) or cluster.body["status"] != "CREATING":
        return
    try:
        server = control_plane.start(region, cluster)
    except Exception:
        log.exception("the control plane of %s did not start", cluster.name)
        issue = {"code": "InternalFailure", "message": "The control plane did not start; the sandbox's log says why."}
        _fail(cluster, [issue])
        return
    cluster.control_plane = server
    issuer = f"https://oidc.eks.{region.name}.amazonaws.com/id/{secrets.token_hex(16).upper()}"
    cluster.body |= {
        "status": "ACTIVE",
        "endpoint": server.endpoint,
        "certificateAuthority": {"data": base64.b64encode(server.ca_certificate).decode()},
        "identity": {"oidc": {"issuer": issuer}},
    }
    access_entry.admit_creator(region, cluster)
    region.clock.after(0, lambda: addon_objects.install_self_managed(cluster))


def _fail(cluster: Cluster, issues: list[dict[str, Any]]) -> None:
    cluster.body["status"] = "FAILED"
    cluster.body["health"] = {"issues": issues}


@operation("DescribeCluster")
def describe_cluster(call: Call) -> dict[str, Any]:
    return {"cluster": find_cluster(call.region, call["name"]).body}


@operation("ListClusters")
def list_clusters(call: Call) -> dict[str, Any]:
    page, token = call.page(sorted(call.region.clusters))
    return {"clusters": page, "nextToken": token}


@operation("DeleteCluster")
def delete_cluster(call: Call) -> dict[str, Any]:
    region, name = call.region, call["name"]
    cluster = find_cluster(region, name)
    if cluster.body["status"] == "DELETING":
        return {"cluster": cluster.body}
    if cluster.nodegroups:
        raise in_use("Cluster has nodegroups attached", clusterName=name, nodegroupName=next(iter(cluster.nodegroups)))
    if cluster.body["deletionProtection"]:
        raise invalid_request(f"Cluster {name} has deletion protection enabled", clusterName=name)
    for update in cluster.updates.values():
        if update.body["status"] == "InProgress" and update.addon is None:
            message = f"Cannot delete because cluster {name} currently has update {update.body['id']} in progress"
            raise in_use(message, clusterName=name)
    if cluster.body["status"] == "CREATING":
        raise in_use(f"Cannot delete because cluster {name} currently has status CREATING", clusterName=name)
    cluster.body["status"] = "DELETING"
    region.later(DELETION_SECONDS, lambda: _finish_deletion(region, cluster))
    return {"cluster": cluster.body}


def _finish_deletion(region: Region, cluster: Cluster) -> None:
    """The cluster is gone; what its services and volumes made in the account is not, as in reality."""
    del region.clusters[cluster.name]
    group = cluster.security_group
    interfaces, server = cluster.interfaces, cluster.control_plane
    cluster.body["status"] = "DELETED"

    def clear() -> None:
        region.network.delete_interfaces(interfaces)
        region.network.delete_security_group(group)

    if server is not None:
        region.clock.after(0, server.stop)
    region.later(LINGERING_SECONDS, clear)
