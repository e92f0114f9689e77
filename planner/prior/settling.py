"""How long a service may not list yet what it was asked to make: a request may still be on its way, and what was made a
moment ago is not seen everywhere at once."""

from __future__ import annotations

from datetime import datetime

from providers.contract import Clock, ResourceKind


def left_to_settle(kind: ResourceKind, since: str, clock: Clock) -> float:
    """Seconds until what was requested `since` (RFC 3339) is listed, or never will be; 0 where that time is not
    known."""
    try:
        age = clock.now() - datetime.fromisoformat(since).timestamp()
    except ValueError:
        return 0.0
    return max(0.0, kind.settling - age) if age >= 0 else 0.0
