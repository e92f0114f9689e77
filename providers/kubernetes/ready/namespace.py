"""Namespace: active."""

from __future__ import annotations

from providers.contract import Values
from providers.kubernetes.ready.status import READY, Status, waiting

KINDS = (("", "Namespace"),)


def check(live: Values) -> Status:
    """By its phase."""
    phase = (live.get("status") or {}).get("phase", "Active")
    return READY if phase == "Active" else waiting(f"it is {phase}")
