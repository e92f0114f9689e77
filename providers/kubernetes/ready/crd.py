"""CustomResourceDefinition: its names accepted and served."""

from __future__ import annotations

from providers.contract import Values
from providers.kubernetes.ready.status import READY, Status, condition, failed, waiting

KINDS = (("apiextensions.k8s.io", "CustomResourceDefinition"),)


def check(live: Values) -> Status:
    """Established."""
    names = condition(live, "NamesAccepted")
    if names.get("status") == "False":
        return failed(f"its names are not accepted: {names.get('message')}")
    return READY if condition(live, "Established").get("status") == "True" else waiting("it is not served yet")
