"""What can be changed about a cluster: its version, its endpoint and network, logs, access, policies, encryption."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.aws.eks import access_entry
from sandbox.aws.eks.cluster import logging_config, vpc_config
from sandbox.aws.eks.lookup import find_active_cluster
from sandbox.aws.eks.operations import Call, invalid_parameter, invalid_request, operation
from sandbox.aws.eks.prerequisites import check_cluster_subnets, check_security_groups
from sandbox.aws.eks.store import Cluster
from sandbox.aws.eks.updates import begin_update
from sandbox.aws.eks.versions import VERSIONS, check_upgrade, minor

VERSION_SECONDS = 540.0
CONFIG_SECONDS = 180.0
_SKEW = 3  # a kubelet may be three minor versions behind its API server

# kind of update, its parameters as Update tells them, and what makes it so
_Change = tuple[str, dict[str, Any], Callable[[], None]]


@operation("UpdateClusterVersion")
def update_cluster_version(call: Call) -> dict[str, Any]:
    cluster, version = find_active_cluster(call.region, call["name"]), call["version"]
    check_upgrade(cluster.name, cluster.version, version)
    for name, group in cluster.nodegroups.items():
        if minor(version) - minor(group.body["version"]) > _SKEW:
            message = (
                f"Kubelet version of nodegroup {name} ({group.body['version']}) must be updated to within "
                f"{_SKEW} minor versions of {version} first"
            )
            raise invalid_request(message, clusterName=cluster.name, nodegroupName=name)

    def upgrade() -> None:
        cluster.control_plane.upgrade(version)
        cluster.body |= {"version": version, "platformVersion": VERSIONS[version].platform}

    parameters = {"Version": version, "PlatformVersion": VERSIONS[version].platform}
    return _begin(call, cluster, ("VersionUpdate", parameters, upgrade), VERSION_SECONDS)


@operation("UpdateClusterConfig")
def update_cluster_config(call: Call) -> dict[str, Any]:
    cluster = find_active_cluster(call.region, call["name"])
    requested = [name for name in _CONFIGS if call.get(name) is not None]
    if len(requested) != 1:
        message = "Only one type of update can be allowed." if requested else "No changes needed for the update"
        raise invalid_parameter(message, clusterName=cluster.name)
    return _begin(call, cluster, _CONFIGS[requested[0]](call, cluster, call[requested[0]]), CONFIG_SECONDS)


@operation("AssociateEncryptionConfig")
def associate_encryption_config(call: Call) -> dict[str, Any]:
    cluster, config = find_active_cluster(call.region, call["clusterName"]), call["encryptionConfig"]
    if cluster.body.get("encryptionConfig"):
        raise invalid_request("Encryption is already enabled on the cluster", clusterName=cluster.name)
    change = ("AssociateEncryptionConfig", {"EncryptionConfig": config}, _set(cluster, "encryptionConfig", config))
    return _begin(call, cluster, change, CONFIG_SECONDS)


def _begin(call: Call, cluster: Cluster, change: _Change, seconds: float) -> dict[str, Any]:
    kind, parameters, make_so = change

    def finish(status: str) -> None:
        if status == "Successful":
            make_so()
        if cluster.body["status"] == "UPDATING":
            cluster.body["status"] = "ACTIVE"

    update = begin_update(call, cluster, kind, parameters, seconds, finish)
    cluster.body["status"] = "UPDATING"
    return {"update": update}


def _set(cluster: Cluster, field: str, value: Any) -> Callable[[], None]:
    return lambda: cluster.body.__setitem__(field, value)


def _change_network(call: Call, cluster: Cluster, requested: dict[str, Any]) -> _Change:
    present = cluster.body["resourcesVpcConfig"]
    merged = {**present, **requested}
    if (
        merged.get("endpointPublicAccess")
        and not present["endpointPublicAccess"]
        and "publicAccessCidrs" not in requested
    ):
        merged["publicAccessCidrs"] = None
    if subnets := requested.get("subnetIds"):
        vpc_id = check_cluster_subnets(call.region, subnets, cluster.name)
        if vpc_id != present["vpcId"]:
            raise invalid_parameter("Provided subnets belong to a different VPC", clusterName=cluster.name)
    check_security_groups(call.region, requested.get("securityGroupIds", []), cluster.name)
    wanted = vpc_config(merged, present["vpcId"], cluster.name)
    wanted["clusterSecurityGroupId"] = present["clusterSecurityGroupId"]
    if wanted == present:
        message = (
            "Cluster is already at the desired configuration with "
            f"endpointPrivateAccess: {str(present['endpointPrivateAccess']).lower()} , "
            f"endpointPublicAccess: {str(present['endpointPublicAccess']).lower()}, and "
            f"Public Endpoint Restrictions: [{', '.join(present['publicAccessCidrs'])}]"
        )
        raise invalid_parameter(message, clusterName=cluster.name)
    if "subnetIds" in requested or "securityGroupIds" in requested:
        parameters = {"Subnets": wanted["subnetIds"], "SecurityGroups": wanted["securityGroupIds"]}
        return "VpcConfigUpdate", parameters, _set(cluster, "resourcesVpcConfig", wanted)
    parameters = {
        "EndpointPublicAccess": wanted["endpointPublicAccess"],
        "EndpointPrivateAccess": wanted["endpointPrivateAccess"],
        "PublicAccessCidrs": wanted["publicAccessCidrs"],
    }
    return "EndpointAccessUpdate", parameters, _set(cluster, "resourcesVpcConfig", wanted)


def _change_logging(call: Call, cluster: Cluster, requested: dict[str, Any]) -> _Change:
    """Types that are not named stay as they are."""
    wanted = {t for setup in cluster.body["logging"]["clusterLogging"] if setup["enabled"] for t in setup["types"]}
    for setup in requested.get("clusterLogging", []):
        wanted = wanted | set(setup["types"]) if setup.get("enabled") else wanted - set(setup["types"])
    config = logging_config({"clusterLogging": [{"types": sorted(wanted), "enabled": True}]})
    if config == cluster.body["logging"]:
        raise invalid_parameter("No changes needed for the logging config provided", clusterName=cluster.name)
    return "LoggingUpdate", {"ClusterLogging": config["clusterLogging"]}, _set(cluster, "logging", config)


_MODES = ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API")


def _change_access(call: Call, cluster: Cluster, requested: dict[str, Any]) -> _Change:
    """The authentication mode moves one way only, from the config map to the API."""
    present, wanted = cluster.body["accessConfig"]["authenticationMode"], requested["authenticationMode"]
    if _MODES.index(wanted) - _MODES.index(present) != 1:
        message = f"Unsupported authentication mode update from {present} to {wanted}"
        raise invalid_parameter(message, clusterName=cluster.name)

    def make_so() -> None:
        cluster.body["accessConfig"] = {**cluster.body["accessConfig"], "authenticationMode": wanted}
        access_entry.admit_creator(call.region, cluster)

    return "AccessConfigUpdate", {"AuthenticationMode": wanted}, make_so


def _change_upgrade_policy(call: Call, cluster: Cluster, requested: dict[str, Any]) -> _Change:
    if requested == cluster.body["upgradePolicy"]:
        raise invalid_parameter("No changes needed for the upgrade policy provided", clusterName=cluster.name)
    return "UpgradePolicyUpdate", {"UpgradePolicy": requested}, _set(cluster, "upgradePolicy", dict(requested))


def _change_deletion_protection(call: Call, cluster: Cluster, requested: bool) -> _Change:
    if requested == cluster.body["deletionProtection"]:
        raise invalid_parameter("No changes needed for the deletion protection provided", clusterName=cluster.name)
    return "DeletionProtectionUpdate", {"DeletionProtection": requested}, _set(cluster, "deletionProtection", requested)


_CONFIGS: dict[str, Callable[[Call, Cluster, Any], _Change]] = {
    "resourcesVpcConfig": _change_network,
    "logging": _change_logging,
    "accessConfig": _change_access,
    "upgradePolicy": _change_upgrade_policy,
    "deletionProtection": _change_deletion_protection,
}
