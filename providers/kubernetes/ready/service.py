"""Service: at once, but for one of type LoadBalancer, which is ready when it has an address."""

from __future__ import annotations

from providers.contract import Values
from providers.kubernetes.foreign import part
from providers.kubernetes.ready.status import READY, Status, waiting

KINDS = (("", "Service"),)


def check(live: Values) -> Status:
    """By its load balancer's address."""
    if part(live, "spec", "type") != "LoadBalancer":
        return READY
    return READY if part(live, "status", "loadBalancer", "ingress") else waiting("its load balancer has no address yet")
