"""Finding what a request names, and refusing in the service's words when it is not there."""

from __future__ import annotations

from sandbox.aws.eks.operations import invalid_request, not_found
from sandbox.aws.eks.store import AccessEntry, Addon, Cluster, Nodegroup, Region


def find_cluster(region: Region, name: str) -> Cluster:
    """The cluster. Raises ResourceNotFoundException."""
    try:
        return region.clusters[name]
    except KeyError:
        raise not_found(f"No cluster found for name: {name}.", clusterName=name) from None


def find_active_cluster(region: Region, name: str) -> Cluster:
    """The cluster when things may be put into it. Raises ResourceNotFoundException or InvalidRequestException."""
    cluster = find_cluster(region, name)
    if cluster.body["status"] in ("CREATING", "DELETING", "FAILED"):
        raise invalid_request(f"Cluster '{name}' is not in ACTIVE status", clusterName=name)
    return cluster


def find_nodegroup(cluster: Cluster, name: str) -> Nodegroup:
    """The node group. Raises ResourceNotFoundException."""
    try:
        return cluster.nodegroups[name]
    except KeyError:
        message = f"No node group found for name: {name}."
        raise not_found(message, clusterName=cluster.name, nodegroupName=name) from None


def find_addon(cluster: Cluster, name: str) -> Addon:
    """The add-on. Raises ResourceNotFoundException."""
    try:
        return cluster.addons[name]
    except KeyError:
        message = f"No addon: {name} found in cluster: {cluster.name}"
        raise not_found(message, clusterName=cluster.name, addonName=name) from None


def find_entry(cluster: Cluster, principal_arn: str) -> AccessEntry:
    """The access entry. Raises ResourceNotFoundException."""
    try:
        return cluster.entries[principal_arn]
    except KeyError:
        message = (
            f"The specified principalArn could not be found: {principal_arn}. "
            "You can view your available access entries with 'list-access-entries'."
        )
        raise not_found(message, clusterName=cluster.name) from None
