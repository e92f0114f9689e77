"""Deployment: all replicas updated, available and ready, and none of the old ones left."""

from __future__ import annotations

from providers.contract import Values
from providers.kubernetes.foreign import count, mapping
from providers.kubernetes.ready.status import READY, Status, condition, failed, waiting

KINDS = (("apps", "Deployment"),)


def check(live: Values) -> Status:
    """As `kubectl rollout status` does."""
    status = mapping(live, "status")
    if "observedGeneration" not in status:
        return waiting("its controller has not seen it yet")
    if condition(live, "Progressing").get("reason") == "ProgressDeadlineExceeded":
        return failed(f"its progress deadline is exceeded: {condition(live, 'Progressing').get('message')}")
    desired = count(live, "spec", "replicas", default=1)
    updated, total = count(status, "updatedReplicas"), count(status, "replicas")
    available, ready = count(status, "availableReplicas"), count(status, "readyReplicas")
    if updated < desired:
        return waiting(f"{updated} of {desired} replicas updated{_why(live)}")
    if total > updated:
        return waiting(f"{total - updated} old replicas still to end")
    if min(available, ready) < desired:
        return waiting(f"{min(available, ready)} of {desired} replicas ready{_why(live)}")
    if desired and condition(live, "Available").get("status") != "True":
        return waiting("it is not available yet")
    return READY


def _why(live: Values) -> str:
    found = condition(live, "ReplicaFailure")
    return f" ({found.get('message')})" if found.get("status") == "True" else ""
