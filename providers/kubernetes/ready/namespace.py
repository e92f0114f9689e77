"""Namespace: active."""

from __future__ import annotations

from providers.contract import Values
from providers.kubernetes.foreign import part
from providers.kubernetes.ready.status import READY, Status, waiting

KINDS = (("", "Namespace"),)


def check(live: Values) -> Status:
    """By its phase."""
    phase = part(live, "status", "phase") or "Active"
    return READY if phase == "Active" else waiting(f"it is {phase}")
