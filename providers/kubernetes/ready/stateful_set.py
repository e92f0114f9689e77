"""StatefulSet: the updated replicas ready, and the update's revision the current one."""

from __future__ import annotations

from providers.contract import Values
from providers.kubernetes.ready.status import READY, Status, waiting

KINDS = (("apps", "StatefulSet"),)


def check(live: Values) -> Status:
    """As `kubectl rollout status` does; with OnDelete there is nothing to wait for."""
    spec, status = live.get("spec") or {}, live.get("status") or {}
    strategy = spec.get("updateStrategy") or {}
    if strategy.get("type") == "OnDelete":
        return READY
    if "observedGeneration" not in status:
        return waiting("its controller has not seen it yet")
    wanted = spec.get("replicas", 1)
    ready, updated = status.get("readyReplicas", 0), status.get("updatedReplicas", 0)
    if ready < wanted:
        return waiting(f"{ready} of {wanted} replicas ready")
    partition = (strategy.get("rollingUpdate") or {}).get("partition", 0)
    if updated < wanted - partition:
        return waiting(f"{updated} of {wanted - partition} replicas updated")
    if not partition and status.get("currentRevision") != status.get("updateRevision"):
        return waiting("its pods are still of the previous revision")
    return READY
