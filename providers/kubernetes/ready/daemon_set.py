"""DaemonSet: a pod on every node that is to have one, updated, available and ready."""

from __future__ import annotations

from providers.contract import Values
from providers.kubernetes.foreign import count, mapping, part
from providers.kubernetes.ready.status import READY, Status, waiting

KINDS = (("apps", "DaemonSet"),)


def check(live: Values) -> Status:
    """As `kubectl rollout status` does."""
    status = mapping(live, "status")
    if part(live, "spec", "updateStrategy", "type") == "OnDelete":
        return READY
    if "observedGeneration" not in status:
        return waiting("its controller has not seen it yet")
    desired = count(status, "desiredNumberScheduled")
    for field, word in (
        ("updatedNumberScheduled", "updated"),
        ("numberAvailable", "available"),
        ("numberReady", "ready"),
    ):
        if count(status, field) < desired:
            return waiting(f"{count(status, field)} of {desired} pods {word}")
    return READY
