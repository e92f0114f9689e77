"""Pod: running and ready, or done; what keeps its containers from starting is told."""

from __future__ import annotations

from providers.contract import Values
from providers.kubernetes.foreign import mapping, mappings
from providers.kubernetes.ready.status import READY, Status, condition, failed, waiting

KINDS = (("", "Pod"),)


def check(live: Values) -> Status:
    """By phase, conditions and the containers' states."""
    status = mapping(live, "status")
    phase = status.get("phase")
    if phase == "Succeeded":
        return READY
    if phase == "Failed":
        return failed(str(status.get("message") or status.get("reason") or "the pod failed"))
    for container in (*mappings(status, "initContainerStatuses"), *mappings(status, "containerStatuses")):
        blocked = mapping(container, "state", "waiting")
        if blocked.get("reason") in ("CrashLoopBackOff", "CreateContainerConfigError", "InvalidImageName"):
            return failed(f"container {container.get('name')}: {blocked['reason']}: {blocked.get('message', '')}")
    if phase == "Running" and condition(live, "Ready").get("status") == "True":
        return READY
    scheduled = condition(live, "PodScheduled")
    if scheduled.get("status") == "False":
        return waiting(f"it cannot be scheduled: {scheduled.get('message')}")
    return waiting(f"it is {phase or 'not started'}")
