"""What a service of type LoadBalancer creates in the account: a security group, and an interface in each subnet.

They stay until the service is deleted. A cluster that is deleted under its services leaves them behind, and with them
a VPC that cannot be deleted: so it is in reality.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass

from sandbox.aws.eks.store import Cluster, Region

_SUBNETS = 2
_LINGERING_SECONDS = 30.0


@dataclass(frozen=True)
class _LoadBalancer:
    security_group: str
    interfaces: tuple[str, ...]


class LoadBalancers:
    """The load balancers of one cluster; called by its Kubernetes API server."""

    def __init__(self, region: Region, cluster: Cluster) -> None:
        self._region = region
        self._cluster = cluster
        self._lock = threading.Lock()

    def create(self, service: str, namespace: str) -> str:
        """The DNS name of the load balancer of a service, created when there is none."""
        name = "a" + hashlib.sha256(f"{self._cluster.body['arn']}/{namespace}/{service}".encode()).hexdigest()[:31]
        with self._lock:
            if (namespace, service) not in self._cluster.load_balancers:
                self._cluster.load_balancers[namespace, service] = self._build(name, namespace, service)
        return f"{name}-{int(name[-8:], 16)}.{self._region.name}.elb.amazonaws.com"

    def _build(self, name: str, namespace: str, service: str) -> _LoadBalancer:
        network, cluster = self._region.network, self._cluster
        group = network.create_security_group(
            cluster.body["resourcesVpcConfig"]["vpcId"],
            f"k8s-elb-{name}",
            f"Security group for Kubernetes ELB {name} ({namespace}/{service})",
            {f"kubernetes.io/cluster/{cluster.name}": "owned"},
        )
        subnets = cluster.subnets[:_SUBNETS]
        interfaces = [network.create_interface(subnet, [group], f"ELB {name}") for subnet in subnets]
        return _LoadBalancer(group, tuple(interfaces))

    def delete(self, service: str, namespace: str) -> None:
        """Take away what was created for a service."""
        with self._lock:
            balancer = self._cluster.load_balancers.pop((namespace, service), None)
        if balancer is not None:
            self._region.clock.after(_LINGERING_SECONDS, lambda: self._clear(balancer))

    def _clear(self, balancer: _LoadBalancer) -> None:
        self._region.network.delete_interfaces(balancer.interfaces)
        self._region.network.delete_security_group(balancer.security_group)
