"""Job: complete; a suspended one is as ready as it will be."""

from __future__ import annotations

from providers.contract import Values
from providers.kubernetes.foreign import count, part
from providers.kubernetes.ready.status import READY, Status, condition, failed, waiting

KINDS = (("batch", "Job"),)


def check(live: Values) -> Status:
    """Complete, or failed with what it says."""
    if part(live, "spec", "suspend"):
        return READY
    if condition(live, "Complete").get("status") == "True":
        return READY
    broken = condition(live, "Failed")
    if broken.get("status") == "True":
        return failed(f"{broken.get('reason')}: {broken.get('message')}")
    desired = count(live, "spec", "completions", default=1)
    succeeded, active = count(live, "status", "succeeded"), count(live, "status", "active")
    return waiting(f"{succeeded} of {desired} completions, {active} running")
