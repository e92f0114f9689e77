"""Job: complete; a suspended one is as ready as it will be."""

from __future__ import annotations

from providers.contract import Values
from providers.kubernetes.ready.status import READY, Status, condition, failed, waiting

KINDS = (("batch", "Job"),)


def check(live: Values) -> Status:
    """Complete, or failed with what it says."""
    if (live.get("spec") or {}).get("suspend"):
        return READY
    if condition(live, "Complete").get("status") == "True":
        return READY
    broken = condition(live, "Failed")
    if broken.get("status") == "True":
        return failed(f"{broken.get('reason')}: {broken.get('message')}")
    status = live.get("status") or {}
    wanted = (live.get("spec") or {}).get("completions", 1)
    return waiting(f"{status.get('succeeded', 0)} of {wanted} completions, {status.get('active', 0)} running")
