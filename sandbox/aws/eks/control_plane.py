"""The control plane of a cluster: a Kubernetes API server, and who it lets in.

Callers bring the token of `aws eks get-token`; access entries make them a user with groups, and access policies say
what they may do beside the cluster's own RBAC.
"""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.aws.credentials import Principal
from sandbox.aws.eks.access_policy import HIDES_SECRETS, VERBS
from sandbox.aws.eks.load_balancers import LoadBalancers
from sandbox.aws.eks.store import AccessEntry, Cluster, Region
from sandbox.aws.tokens import InvalidToken, verify_token

_ADMINISTRATORS = "system:masters"
_CLUSTER_ADMIN = "AmazonEKSClusterAdminPolicy"


class ControlPlane:
    """A running API server. `system_token` lets the cloud itself in, and never leaves this process."""

    def __init__(self, region: Region, cluster: Cluster) -> None:
        from sandbox.kubernetes import KubernetesServer

        self.system_token = secrets.token_urlsafe(32)
        self._region = region
        self._cluster = cluster
        self._policies: dict[str, AccessEntry] = {}
        balancers = LoadBalancers(region, cluster)
        self._server = KubernetesServer(
            name=cluster.name,
            version=cluster.version,
            authenticate=self._authenticate,
            authorize=self._authorize,
            clock=region.clock.now,
            speed=region.clock.speed or 1e6,
            on_load_balancer=balancers.create,
            on_load_balancer_deleted=balancers.delete,
        )
        self._server.start()

    @property
    def endpoint(self) -> str:
        """The URL of the API server."""
        return str(self._server.endpoint)

    @property
    def ca_certificate(self) -> bytes:
        """PEM, of the authority that signed its certificate."""
        return bytes(self._server.ca_certificate)

    def set_nodes(self, pool: str, count: int, labels: dict[str, str], instance_type: str) -> None:
        """Make a pool have so many nodes."""
        self._server.set_nodes(pool, count, labels, instance_type)

    def upgrade(self, version: str) -> None:
        """Serve this version of Kubernetes from now on."""
        self._server.upgrade(version)

    def stop(self) -> None:
        """End the API server and its controllers."""
        self._server.stop()

    def _authenticate(self, token: str) -> Any:
        from sandbox.kubernetes import User

        if secrets.compare_digest(token.encode(), self.system_token.encode()):
            return User("eks:addon-manager", [_ADMINISTRATORS, "system:authenticated"])
        try:
            principal = verify_token(token, self._cluster.name, self._region.host(), self._region.clock.now())
        except InvalidToken:
            return None
        if self._is_bootstrap_administrator(principal):
            return User("kubernetes-admin", [_ADMINISTRATORS, "system:authenticated"])
        entry = self._cluster.entries.get(principal.iam_arn)
        if entry is None or self._cluster.body["accessConfig"]["authenticationMode"] == "CONFIG_MAP":
            return None
        name = entry.body["username"].replace("{{SessionName}}", principal.session_name)
        groups = [*entry.body["kubernetesGroups"], "system:authenticated"]
        if any(
            arn.endswith("/" + _CLUSTER_ADMIN) and policy["accessScope"]["type"] == "cluster"
            for arn, policy in entry.policies.items()
        ):
            groups.append(_ADMINISTRATORS)
        self._policies[name] = entry
        return User(name, groups)

    def _is_bootstrap_administrator(self, principal: Principal) -> bool:
        """The creator, where no access entry stands for it."""
        access = self._cluster.body["accessConfig"]
        return (
            principal.iam_arn == self._cluster.creator.iam_arn
            and access["bootstrapClusterCreatorAdminPermissions"]
            and (access["authenticationMode"] == "CONFIG_MAP" or principal.iam_arn.endswith(":root"))
        )

    def _authorize(self, user: Any, verb: str, **request: Any) -> bool:
        if _ADMINISTRATORS in user.groups:
            return True
        entry = self._policies.get(user.name)
        if entry is None:
            return False
        return any(
            self._allows(arn.rpartition("/")[2], policy["accessScope"], verb, request)
            for arn, policy in entry.policies.items()
        )

    def _allows(self, policy: str, scope: dict[str, Any], verb: str, request: dict[str, Any]) -> bool:
        if scope["type"] == "namespace" and request.get("namespace") not in scope["namespaces"]:
            return False
        if policy in HIDES_SECRETS and request.get("resource") == "secrets":
            return False
        return "*" in VERBS[policy] or verb in VERBS[policy]


def start(region: Region, cluster: Cluster) -> ControlPlane:
    """Start the API server behind a cluster; it serves when this returns."""
    return ControlPlane(region, cluster)
