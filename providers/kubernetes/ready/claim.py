"""PersistentVolumeClaim: bound. One whose class waits for its first consumer is not waited for."""

from __future__ import annotations

from providers.contract import Values
from providers.kubernetes.foreign import part
from providers.kubernetes.ready.status import READY, Status, failed

KINDS = (("", "PersistentVolumeClaim"),)


def check(live: Values) -> Status:
    """By its phase: Lost never comes back; Pending may wait for a pod that comes later in the same apply."""
    return failed("its volume is lost") if part(live, "status", "phase") == "Lost" else READY
