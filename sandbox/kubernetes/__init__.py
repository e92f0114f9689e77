"""A Kubernetes API server for the embedded cloud: real to its clients, with no containers behind it.

Pods are marked running as soon as there is a ready node for them; nothing runs. Read in this order: `kinds` and
`catalogue` (what is served), `schema` (their types), `storage` (what is kept), `objects` (the way of a write, by
`decoding`, `defaults`, `managedfields`, `preparation`, `validation`, `immutability`), `api` (requests to these),
`watching`, `discovery`, `tables`, `controllers`, and `server` (one cluster, over TLS).
"""

from __future__ import annotations

from sandbox.kubernetes.server import KubernetesServer
from sandbox.kubernetes.users import User

__all__ = ["KubernetesServer", "User"]
