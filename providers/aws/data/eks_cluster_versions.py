"""`aws_eks_cluster_versions`."""

from __future__ import annotations

from typing import Any

from language.overriding import override
from language.schema import Schema, computed, optional
from language.types import BOOL, STRING, List, Object
from providers.aws.client import AwsClient
from providers.aws.kind import known, shaped
from providers.aws.reading import texts
from providers.contract import DataKind, Values

_MEMBERS = {
    "cluster_type": "clusterType",
    "cluster_version": "clusterVersion",
    "default_platform_version": "defaultPlatformVersion",
    "default_version": "defaultVersion",
    "end_of_extended_support_date": "endOfExtendedSupportDate",
    "end_of_standard_support_date": "endOfStandardSupportDate",
    "kubernetes_patch_version": "kubernetesPatchVersion",
    "release_date": "releaseDate",
    "version_status": "versionStatus",
}
_VERSION = Object({name: BOOL if name == "default_version" else STRING for name in _MEMBERS})


class EksClusterVersions(DataKind[AwsClient]):
    """The Kubernetes versions that EKS offers."""

    type = "aws_eks_cluster_versions"
    schema = Schema(
        {
            "cluster_type": optional(STRING, description='Such as "eks".'),
            "cluster_versions_only": optional(List(STRING), description="Only these versions."),
            "default_only": optional(BOOL, description="Only the one that a new cluster gets."),
            "include_all": optional(BOOL, description="Also those that are not offered any more."),
            "version_status": optional(STRING, description='Such as "STANDARD_SUPPORT".'),
            "cluster_versions": computed(List(_VERSION)),
        }
    )

    @override
    def read(self, client: AwsClient, config: Values) -> Values:
        request = known(
            {
                "clusterType": config["cluster_type"],
                "clusterVersions": texts(config["cluster_versions_only"]) or None,
                "defaultOnly": config["default_only"],
                "includeAll": config["include_all"],
                "versionStatus": config["version_status"],
            }
        )
        found = client.pages("eks", "describe_cluster_versions", "clusterVersions", **request)
        versions = tuple({name: _plain(each.get(key)) for name, key in _MEMBERS.items()} for each in found)
        return shaped(self.schema, {"cluster_versions": versions}, config)


def _plain(value: Any) -> Any:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if hasattr(value, "strftime") else value


KIND = EksClusterVersions()
