"""The Kubernetes versions that EKS offers, and how a cluster may move between them.

https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sandbox.aws.eks.operations import Call, invalid_parameter, operation


@dataclass(frozen=True)
class Version:
    """A minor version: the patch its control planes run, its platform version, and until when it is supported."""

    name: str
    patch: str
    platform: str
    released: date
    standard_until: date
    extended_until: date

    def status(self, today: date) -> str:
        """STANDARD_SUPPORT, EXTENDED_SUPPORT or UNSUPPORTED on a day."""
        if today <= self.standard_until:
            return "STANDARD_SUPPORT"
        return "EXTENDED_SUPPORT" if today <= self.extended_until else "UNSUPPORTED"


VERSIONS = {
    version.name: version
    for version in (
        Version("1.31", "1.31.14", "eks.50", date(2024, 9, 26), date(2025, 11, 26), date(2026, 11, 26)),
        Version("1.32", "1.32.11", "eks.33", date(2025, 1, 23), date(2026, 3, 23), date(2027, 3, 23)),
        Version("1.33", "1.33.7", "eks.26", date(2025, 5, 29), date(2026, 7, 29), date(2027, 7, 29)),
        Version("1.34", "1.34.3", "eks.13", date(2025, 10, 2), date(2026, 12, 2), date(2027, 12, 2)),
        Version("1.35", "1.35.0", "eks.3", date(2026, 1, 27), date(2027, 3, 27), date(2028, 3, 27)),
    )
}
DEFAULT = "1.35"


def minor(version: str) -> int:
    """The number after the point. The version is one of VERSIONS."""
    return int(version.split(".")[1])


def check_offered(version: str) -> None:
    """Refuse a version that EKS does not offer. Raises AwsError."""
    if version not in VERSIONS:
        raise invalid_parameter("unsupported Kubernetes version")


def check_upgrade(cluster: str, present: str, wanted: str) -> None:
    """Refuse any move but one minor version up."""
    if wanted not in VERSIONS or minor(wanted) - minor(present) != 1:
        message = f"Unsupported Kubernetes minor version update from {present} to {wanted}"
        raise invalid_parameter(message, clusterName=cluster)


@operation("DescribeClusterVersions")
def describe_cluster_versions(call: Call) -> dict[str, Any]:
    today = call.region.now().date()
    versions = [_describe(version, today) for version in reversed(VERSIONS.values())]
    if names := call.get("clusterVersions"):
        versions = [v for v in versions if v["clusterVersion"] in names]
    if call.get("defaultOnly"):
        versions = [v for v in versions if v["defaultVersion"]]
    if wanted := call.get("versionStatus") or call.get("status"):
        versions = [v for v in versions if wanted in (v["versionStatus"], v["status"])]
    page, token = call.page(versions)
    return {"clusterVersions": page, "nextToken": token}


def _describe(version: Version, today: date) -> dict[str, Any]:
    status = version.status(today)
    return {
        "clusterVersion": version.name,
        "clusterType": "eks",
        "defaultPlatformVersion": version.platform,
        "defaultVersion": version.name == DEFAULT,
        "releaseDate": _midnight(version.released),
        "endOfStandardSupportDate": _midnight(version.standard_until),
        "endOfExtendedSupportDate": _midnight(version.extended_until),
        "status": status.lower().replace("_", "-"),
        "versionStatus": status,
        "kubernetesPatchVersion": version.patch,
    }


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
