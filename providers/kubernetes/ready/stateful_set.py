"""StatefulSet: the updated replicas ready, and the update's revision the current one."""

from __future__ import annotations

from providers.contract import Values
from providers.kubernetes.foreign import count, mapping, part
from providers.kubernetes.ready.status import READY, Status, waiting

KINDS = (("apps", "StatefulSet"),)


def check(live: Values) -> Status:
    """As `kubectl rollout status` does; with OnDelete there is nothing to wait for."""
    status = mapping(live, "status")
    if part(live, "spec", "updateStrategy", "type") == "OnDelete":
        return READY
    if "observedGeneration" not in status:
        return waiting("its controller has not seen it yet")
    desired = count(live, "spec", "replicas", default=1)
    ready, updated = count(status, "readyReplicas"), count(status, "updatedReplicas")
    if ready < desired:
        return waiting(f"{ready} of {desired} replicas ready")
    partition = count(live, "spec", "updateStrategy", "rollingUpdate", "partition")
    if updated < desired - partition:
        return waiting(f"{updated} of {desired - partition} replicas updated")
    if not partition and status.get("currentRevision") != status.get("updateRevision"):
        return waiting("its pods are still of the previous revision")
    return READY
