"""The same request to both servers, and their answers compared: what the real one says is what is expected.

What two runs of one server would not agree on either (uids, versions, times, allocated addresses, what controllers
write when they get to it) is left out of the comparison.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tools.control_plane.client import Answer, Client

_ARBITRARY = frozenset(
    {
        "uid",
        "resourceVersion",
        "creationTimestamp",
        "deletionTimestamp",
        "time",
        "lastTransitionTime",
        "lastUpdateTime",
        "continue",
        "nodePort",
        "healthCheckNodePort",
    }
)
_ADDRESSES = frozenset({"clusterIP", "clusterIPs"})
_CONTROLLED = frozenset(
    {
        "DaemonSet",
        "Deployment",
        "HorizontalPodAutoscaler",
        "Job",
        "Pod",
        "PodDisruptionBudget",
        "PersistentVolume",
        "PersistentVolumeClaim",
        "ReplicaSet",
        "StatefulSet",
    }
)
_REVISIONS = ("deployment.kubernetes.io/revision", "deprecated.daemonset.template.generation")
_UID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_VERSION = re.compile(r"(ResourceVersion in record) \(\d+\)")
_TIME = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Pair(Client):
    """A client of both servers. Every request asserts that they answer alike, and gives the real one's answer."""

    def __init__(self, real: Client, sandbox: Client) -> None:
        self.real = real
        self.sandbox = sandbox

    def request(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        return self.each(lambda client: client.request(method, path, body, **options), f"{method} {path}")

    def each(self, ask: Callable[[Client], Answer], what: str = "the request") -> Answer:
        """What `ask` gets from each of them, compared; for requests that carry what only one server knows."""
        real, sandbox = ask(self.real), ask(self.sandbox)
        found = [*differences(real.status, sandbox.status, "status")] if real.status != sandbox.status else []
        found += differences(normalised(real.body), normalised(sandbox.body))
        assert not found, f"{what}: the sandbox differs from Kubernetes\n" + "\n".join(found)
        return real


def normalised(value: Any) -> Any:
    """The body of an answer without what is arbitrary in it."""
    if isinstance(value, list):
        return [normalised(element) for element in value]
    if isinstance(value, str):
        return _TIME.sub("<time>", _VERSION.sub(r"\1 (<version>)", _UID.sub("<uid>", value)))
    if not isinstance(value, dict):
        return value
    found = {_UID.sub("<uid>", name): _member(name, member) for name, member in value.items()}
    if isinstance(metadata := found.get("metadata"), dict):
        found["metadata"] = _metadata(metadata)
    if value.get("kind") == "Status":
        _sort_conflicts(found)
    if value.get("kind") in _CONTROLLED and "apiVersion" in value:
        found.pop("status", None)
    return found


def _sort_conflicts(status: dict[str, Any]) -> None:
    """Of several managers whose fields conflict, either may be told first."""
    if str(status.get("message")).startswith("Apply failed with"):
        status["message"] = sorted(status["message"].splitlines())
        status["details"]["causes"].sort(key=lambda cause: str(cause["field"]))


def _member(name: str, value: Any) -> Any:
    if name in _ARBITRARY and value not in (None, "") and not isinstance(value, dict):
        return f"<{name}>"
    if name in _ADDRESSES and value not in (None, "", "None", ["None"]):
        return f"<{name}>"
    return normalised(value)


def _metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    """Without what controllers add, and without the chosen end of a generated name."""
    found = dict(metadata)
    if prefix := found.get("generateName"):
        found["name"] = f"{prefix}<generated>"
    if "annotations" in found:
        found["annotations"] = {name: v for name, v in found["annotations"].items() if name not in _REVISIONS}
        if not found["annotations"]:
            del found["annotations"]
    if isinstance(found.get("managedFields"), list):
        entries = [entry for entry in found["managedFields"] if not _is_controllers(entry)]
        found["managedFields"] = sorted(entries, key=lambda e: (e.get("manager", ""), e.get("operation", "")))
    return found


def _is_controllers(entry: Mapping[str, Any]) -> bool:
    return entry.get("manager") == "kube-controller-manager"


def differences(real: Any, sandbox: Any, path: str = "") -> Iterator[str]:
    """A line for each place where two values differ."""
    if isinstance(real, dict) and isinstance(sandbox, dict):
        for name in sorted({*real, *sandbox}):
            where = f"{path}.{name}"
            if name not in sandbox:
                yield f"  {where}: Kubernetes has {real[name]!r}, the sandbox nothing"
            elif name not in real:
                yield f"  {where}: the sandbox has {sandbox[name]!r}, Kubernetes nothing"
            else:
                yield from differences(real[name], sandbox[name], where)
    elif isinstance(real, list) and isinstance(sandbox, list) and len(real) == len(sandbox):
        for index, (one, other) in enumerate(zip(real, sandbox, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif real != sandbox or type(real) is not type(sandbox):
        yield f"  {path}: Kubernetes has {real!r}, the sandbox {sandbox!r}"
