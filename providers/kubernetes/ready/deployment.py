"""Deployment: all replicas updated, available and ready, and none of the old ones left."""

from __future__ import annotations

from providers.contract import Values
from providers.kubernetes.ready.status import READY, Status, condition, failed, waiting

KINDS = (("apps", "Deployment"),)


def check(live: Values) -> Status:
    """As `kubectl rollout status` does."""
    status = live.get("status") or {}
    if "observedGeneration" not in status:
        return waiting("its controller has not seen it yet")
    if condition(live, "Progressing").get("reason") == "ProgressDeadlineExceeded":
        return failed(f"its progress deadline is exceeded: {condition(live, 'Progressing').get('message')}")
    wanted = (live.get("spec") or {}).get("replicas", 1)
    updated, total = status.get("updatedReplicas", 0), status.get("replicas", 0)
    available, ready = status.get("availableReplicas", 0), status.get("readyReplicas", 0)
    if updated < wanted:
        return waiting(f"{updated} of {wanted} replicas updated{_why(live)}")
    if total > updated:
        return waiting(f"{total - updated} old replicas still to end")
    if min(available, ready) < wanted:
        return waiting(f"{min(available, ready)} of {wanted} replicas ready{_why(live)}")
    if wanted and condition(live, "Available").get("status") != "True":
        return waiting("it is not available yet")
    return READY


def _why(live: Values) -> str:
    found = condition(live, "ReplicaFailure")
    return f" ({found.get('message')})" if found.get("status") == "True" else ""
