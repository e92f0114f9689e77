"""APIService: available."""

from __future__ import annotations

from providers.contract import Values
from providers.kubernetes.ready.status import READY, Status, condition, waiting

KINDS = (("apiregistration.k8s.io", "APIService"),)


def check(live: Values) -> Status:
    """By its condition."""
    found = condition(live, "Available")
    return READY if found.get("status") == "True" else waiting(str(found.get("message") or "it is not available yet"))
