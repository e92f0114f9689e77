"""What makes objects true: one module a controller, all run by one thread (`loop`) from one queue of what changed.

A controller has `WATCHES` (which resources concern it) and `reconcile(world, namespace, name)`, which looks at what is
there and does the next step; it is called again whenever something of that changes.
"""

from __future__ import annotations

from types import ModuleType

from sandbox.kubernetes.controllers import (
    claims,
    daemonsets,
    definitions,
    deployments,
    garbage,
    jobs,
    namespaces,
    pods,
    replicasets,
    services,
    statefulsets,
)

ALL: tuple[ModuleType, ...] = (
    namespaces,
    definitions,
    garbage,
    deployments,
    replicasets,
    statefulsets,
    daemonsets,
    jobs,
    pods,
    claims,
    services,
)
