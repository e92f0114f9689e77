"""Objects that are being deleted, which is not deleted: who holds them, and since when."""

from __future__ import annotations

from collections.abc import Iterator

from providers.contract import Values
from providers.kubernetes.foreign import mapping, mappings, part


def deletion(live: Values) -> str:
    """Since when it is being deleted and what holds it; empty where it is not."""
    since = part(live, "metadata", "deletionTimestamp")
    if not since:
        return ""
    holders = [str(each) for each in _finalizers(live)]
    held = f", held by its finalizers: {', '.join(holders)}" if holders else ""
    said = "; ".join(_said(live))
    return f"since {since}{held}{f' ({said})' if said else ''}"


def _finalizers(live: Values) -> Iterator[object]:
    for where in ("metadata", "spec"):  # the latter of a namespace
        found = mapping(live, where).get("finalizers")
        yield from found if isinstance(found, tuple | list) else ()


def _said(live: Values) -> Iterator[str]:
    """What the object itself says of it: a namespace which of its contents remain, a CRD why it terminates."""
    for condition in mappings(live, "status", "conditions"):
        told = live.get("kind") == "Namespace" or condition.get("type") == "Terminating"
        if told and condition.get("status") == "True" and condition.get("message"):
            yield str(condition["message"])
