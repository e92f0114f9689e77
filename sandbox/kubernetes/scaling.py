"""The scale subresource: an object's replicas as autoscaling/v1 Scale."""

from __future__ import annotations

from typing import Any

from sandbox.kubernetes import selectors

Object = dict[str, Any]
_KEPT = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


def scale_of(obj: Object) -> Object:
    """The Scale of an object."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    selector = selectors.to_text(spec.get("selector")) if "template" in spec else ""
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: obj["metadata"][key] for key in _KEPT if key in obj["metadata"]},
        "spec": {"replicas": spec["replicas"]} if spec.get("replicas") else {},
        "status": {"replicas": status.get("replicas", 0), **({"selector": selector} if selector else {})},
    }
