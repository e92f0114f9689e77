"""The add-ons that EKS offers, their versions, and what each needs of a cluster."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.aws.eks.operations import Call, invalid_parameter, not_found, operation
from sandbox.aws.eks.versions import VERSIONS


@dataclass(frozen=True)
class Offer:
    """An add-on. `releases` are its versions, newest first; `deployments` what of it needs a node to run on."""

    name: str
    kind: str
    releases: tuple[str, ...]
    namespace: str = "kube-system"
    deployments: tuple[str, ...] = ()
    daemon_sets: tuple[str, ...] = ()
    service_account: str | None = None  # that needs permissions in IAM
    publisher: str = "eks"

    @property
    def needs_nodes(self) -> bool:
        """Whether it waits for nodes before it is ACTIVE."""
        return bool(self.deployments)

    def versions(self, cluster_version: str) -> list[str]:
        """What of it runs on a Kubernetes version, newest first; kube-proxy has its cluster's version."""
        if self.name != "kube-proxy":
            return list(self.releases)
        patch = VERSIONS[cluster_version].patch
        return [f"v{patch}-eksbuild.{build}" for build in (2, 1)]

    def default(self, cluster_version: str) -> str:
        """The version that a cluster of this version gets where none is asked for."""
        return self.versions(cluster_version)[-1]


CATALOGUE = {
    offer.name: offer
    for offer in (
        Offer(
            "aws-ebs-csi-driver",
            "storage",
            ("v1.54.0-eksbuild.1", "v1.53.0-eksbuild.1", "v1.52.1-eksbuild.1"),
            deployments=("ebs-csi-controller",),
            daemon_sets=("ebs-csi-node",),
            service_account="ebs-csi-controller-sa",
        ),
        Offer(
            "aws-efs-csi-driver",
            "storage",
            ("v2.1.15-eksbuild.1", "v2.1.13-eksbuild.1"),
            deployments=("efs-csi-controller",),
            daemon_sets=("efs-csi-node",),
            service_account="efs-csi-controller-sa",
        ),
        Offer(
            "coredns",
            "networking",
            ("v1.13.1-eksbuild.1", "v1.12.4-eksbuild.1", "v1.11.4-eksbuild.28"),
            deployments=("coredns",),
        ),
        Offer(
            "eks-pod-identity-agent",
            "security",
            ("v1.3.10-eksbuild.2", "v1.3.9-eksbuild.5"),
            daemon_sets=("eks-pod-identity-agent",),
        ),
        Offer("kube-proxy", "networking", (), daemon_sets=("kube-proxy",)),
        Offer(
            "metrics-server",
            "observability",
            ("v0.8.0-eksbuild.6", "v0.7.2-eksbuild.4"),
            deployments=("metrics-server",),
            publisher="kubernetes-sigs",
        ),
        Offer(
            "snapshot-controller",
            "storage",
            ("v8.4.0-eksbuild.1", "v8.3.0-eksbuild.1"),
            deployments=("snapshot-controller",),
        ),
        Offer(
            "vpc-cni",
            "networking",
            ("v1.21.1-eksbuild.1", "v1.20.5-eksbuild.1", "v1.20.4-eksbuild.2"),
            daemon_sets=("aws-node",),
            service_account="aws-node",
        ),
    )
}


def find_offer(name: str, cluster: str) -> Offer:
    """The add-on of this name. Raises InvalidParameterException when EKS has none."""
    if name not in CATALOGUE:
        raise invalid_parameter("Addon specified is not supported", clusterName=cluster, addonName=name)
    return CATALOGUE[name]


def check_addon_version(offer: Offer, version: str, cluster: str, cluster_version: str) -> None:
    """Refuse a version that the catalogue does not have for this cluster. Raises AwsError."""
    if version not in offer.versions(cluster_version):
        message = "Addon version specified is not supported"
        raise invalid_parameter(message, clusterName=cluster, addonName=offer.name)


@operation("DescribeAddonVersions")
def describe_addon_versions(call: Call) -> dict[str, Any]:
    wanted = call.get("kubernetesVersion")
    if wanted is not None and wanted not in VERSIONS:
        raise invalid_parameter("unsupported Kubernetes version")
    minors = [wanted] if wanted else list(VERSIONS)
    chosen = [
        offer
        for offer in CATALOGUE.values()
        if call.get("addonName") in (None, offer.name)
        and (not call.get("types") or offer.kind in call["types"])
        and (not call.get("publishers") or offer.publisher in call["publishers"])
        and (not call.get("owners") or _owner(offer) in call["owners"])
    ]
    page, token = call.page([_describe(offer, minors) for offer in chosen])
    return {"addons": page, "nextToken": token}


def _owner(offer: Offer) -> str:
    return "aws" if offer.publisher == "eks" else "community"


def _describe(offer: Offer, minors: Sequence[str]) -> dict[str, Any]:
    releases: dict[str, list[str]] = {}
    for version in reversed(minors):
        for release in offer.versions(version):
            releases.setdefault(release, []).append(version)
    return {
        "addonName": offer.name,
        "type": offer.kind,
        "publisher": offer.publisher,
        "owner": _owner(offer),
        "defaultNamespace": offer.namespace,
        "addonVersions": [
            {
                "addonVersion": release,
                "architecture": ["amd64", "arm64"],
                "computeTypes": ["ec2", "hybrid"] if offer.daemon_sets else ["ec2", "fargate", "auto", "hybrid"],
                "compatibilities": [
                    {
                        "clusterVersion": version,
                        "platformVersions": ["*"],
                        "defaultVersion": release == offer.default(version),
                    }
                    for version in versions
                ],
                "requiresConfiguration": False,
                "requiresIamPermissions": offer.service_account is not None,
            }
            for release, versions in releases.items()
        ],
    }


_SCHEMA = {
    "$schema": "https://json-schema.org/draft-06/schema#",
    "type": "object",
    "properties": {
        "affinity": {"type": "object"},
        "env": {"type": "object"},
        "nodeSelector": {"type": "object"},
        "replicaCount": {"type": "integer"},
        "resources": {"type": "object"},
        "tolerations": {"type": "array"},
    },
}


@operation("DescribeAddonConfiguration")
def describe_addon_configuration(call: Call) -> dict[str, Any]:
    name, release = call["addonName"], call["addonVersion"]
    offer = CATALOGUE.get(name)
    if offer is None or not any(release in offer.versions(version) for version in VERSIONS):
        raise not_found(f"No addon version {release} of {name} was found", addonName=name)
    account = offer.service_account
    return {
        "addonName": name,
        "addonVersion": release,
        "configurationSchema": json.dumps(_SCHEMA),
        "podIdentityConfiguration": [{"serviceAccount": account, "recommendedManagedPolicies": []}] if account else [],
    }
