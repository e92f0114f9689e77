"""DaemonSet: a pod on every node that is to have one, updated, available and ready."""

from __future__ import annotations

from providers.contract import Values
from providers.kubernetes.ready.status import READY, Status, waiting

KINDS = (("apps", "DaemonSet"),)


def check(live: Values) -> Status:
    """As `kubectl rollout status` does."""
    spec, status = live.get("spec") or {}, live.get("status") or {}
    if (spec.get("updateStrategy") or {}).get("type") == "OnDelete":
        return READY
    if "observedGeneration" not in status:
        return waiting("its controller has not seen it yet")
    wanted = status.get("desiredNumberScheduled", 0)
    for count, word in (
        ("updatedNumberScheduled", "updated"),
        ("numberAvailable", "available"),
        ("numberReady", "ready"),
    ):
        if status.get(count, 0) < wanted:
            return waiting(f"{status.get(count, 0)} of {wanted} pods {word}")
    return READY
