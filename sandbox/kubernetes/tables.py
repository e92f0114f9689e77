"""Objects as `kubectl get` shows them: a Table with the columns of their kind."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from sandbox.kubernetes.kinds import Resource

Object = dict[str, Any]
Cell = Callable[[Object], Any]


def _at(*path: str, default: Any = None) -> Cell:
    def cell(obj: Object) -> Any:
        value: Any = obj
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        return default if value is None else value

    return cell


def _ready_of(obj: Object) -> str:
    status = obj.get("status") or {}
    return f"{status.get('readyReplicas', 0)}/{(obj.get('spec') or {}).get('replicas', 1)}"


def _containers(obj: Object) -> str:
    listed = (obj.get("status") or {}).get("containerStatuses") or []
    wanted = (obj.get("spec") or {}).get("containers") or []
    return f"{sum(1 for one in listed if one.get('ready'))}/{len(wanted)}"


def _ports(obj: Object) -> str:
    ports = (obj.get("spec") or {}).get("ports") or []
    message = (
        f"{p['port']}{':' + str(p['nodePort']) if p.get('nodePort') else ''}/{p.get('protocol', 'TCP')}" for p in ports
    )
    return ",".join(message) or "<none>"


def _external(obj: Object) -> str:
    ingress = ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    message = ",".join(one.get("hostname") or one.get("ip") or "" for one in ingress)
    return message or ("<pending>" if (obj.get("spec") or {}).get("type") == "LoadBalancer" else "<none>")


def _node_status(obj: Object) -> str:
    conditions = (obj.get("status") or {}).get("conditions") or []
    ready = any(one.get("type") == "Ready" and one.get("status") == "True" for one in conditions)
    return "Ready" if ready else "NotReady"


def _completions(obj: Object) -> str:
    return f"{(obj.get('status') or {}).get('succeeded', 0)}/{(obj.get('spec') or {}).get('completions', 1)}"


_COLUMNS: dict[tuple[str, str], tuple[tuple[str, Cell], ...]] = {
    ("", "pods"): (
        ("Ready", _containers),
        ("Status", lambda o: "Terminating" if o["metadata"].get("deletionTimestamp") else _at("status", "phase")(o)),
        ("Restarts", lambda o: 0),
    ),
    ("", "namespaces"): (("Status", _at("status", "phase", default="Active")),),
    ("", "nodes"): (
        ("Status", _node_status),
        ("Roles", lambda o: "<none>"),
        ("Version", _at("status", "nodeInfo", "kubeletVersion")),
    ),
    ("", "services"): (
        ("Type", _at("spec", "type")),
        ("Cluster-IP", _at("spec", "clusterIP", default="<none>")),
        ("External-IP", _external),
        ("Port(s)", _ports),
    ),
    ("", "configmaps"): (("Data", lambda o: len(o.get("data") or {}) + len(o.get("binaryData") or {})),),
    ("", "secrets"): (("Type", _at("type")), ("Data", lambda o: len(o.get("data") or {}))),
    ("", "persistentvolumeclaims"): (("Status", _at("status", "phase")), ("Volume", _at("spec", "volumeName"))),
    ("apps", "deployments"): (
        ("Ready", _ready_of),
        ("Up-to-date", _at("status", "updatedReplicas", default=0)),
        ("Available", _at("status", "availableReplicas", default=0)),
    ),
    ("apps", "replicasets"): (
        ("Desired", _at("spec", "replicas")),
        ("Current", _at("status", "replicas", default=0)),
        ("Ready", _at("status", "readyReplicas", default=0)),
    ),
    ("apps", "statefulsets"): (("Ready", _ready_of),),
    ("apps", "daemonsets"): (
        ("Desired", _at("status", "desiredNumberScheduled", default=0)),
        ("Current", _at("status", "currentNumberScheduled", default=0)),
        ("Ready", _at("status", "numberReady", default=0)),
    ),
    ("batch", "jobs"): (("Completions", _completions),),
    ("apiextensions.k8s.io", "customresourcedefinitions"): (("Created At", _at("metadata", "creationTimestamp")),),
}


def table(resource: Resource, objects: list[Object], now: float, metadata: Object, include: str) -> Object:
    """A Table of the objects; `include` is what of each object goes along: Metadata, Object or None."""
    own = _COLUMNS.get(resource.key, ())
    names = ["Name", *(name for name, _ in own), "Age"]
    columns = [
        {"name": name, "type": "string", "format": "name" if name == "Name" else "", "description": name, "priority": 0}
        for name in names
    ]
    rows = [
        {
            "cells": [obj["metadata"]["name"], *(cell(obj) for _, cell in own), _age(obj, now)],
            "object": _included(obj, include),
        }
        for obj in objects
    ]
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": metadata,
        "columnDefinitions": columns,
        "rows": rows,
    }


def _included(obj: Object, include: str) -> Object:
    if include == "Object":
        return obj
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}


def _age(obj: Object, now: float) -> str:
    created = datetime.datetime.fromisoformat(obj["metadata"]["creationTimestamp"])
    seconds = max(0, int(now - created.timestamp()))
    for size, letter in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= 2 * size:
            return f"{seconds // size}{letter}"
    return f"{seconds}s"
