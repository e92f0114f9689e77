"""Service: at once, but for one of type LoadBalancer, which is ready when it has an address."""

from __future__ import annotations

from providers.contract import Values
from providers.kubernetes.ready.status import READY, Status, waiting

KINDS = (("", "Service"),)


def check(live: Values) -> Status:
    """By its load balancer's address."""
    if (live.get("spec") or {}).get("type") != "LoadBalancer":
        return READY
    balancer = (live.get("status") or {}).get("loadBalancer") or {}
    return READY if balancer.get("ingress") else waiting("its load balancer has no address yet")
