"""The same request to both servers, and their answers compared: what the real one says is what is expected.

What two runs of one server would not agree on either (uids, versions, times, allocated addresses) is left out of the
comparison, and so is what controllers write when they get to it, unless a test waits for it (`Pair.settled`).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tools.control_plane.client import Answer, Client

_WITHIN = 30.0
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
        "pod-template-hash",
        "startTime",
        "completionTime",
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
        "ResourceQuota",
        "StatefulSet",
    }
)
_REVISIONS = ("deployment.kubernetes.io/revision", "deprecated.daemonset.template.generation")
_UID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_VERSION = re.compile(r"(ResourceVersion in record) \(\d+\)")
# what Go prints of its own structs, whose fields are not the API's
_GO_VALUE = re.compile(r"Invalid value: \{.*?\}: (?=field is immutable|cannot change)", re.S)
_GO_DIFFERENCE = re.compile(r"\n(  )?(@@ |core\.|batch\.).*", re.S)
_HASH = re.compile(r"\bw-[0-9a-z]{8,10}\b")  # the name of what is made of a pod template of a workload of tests
_TIME = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True)
class Difference:
    """Where in which answer the servers differ: `path` is a JSON path, or "(status)" for the HTTP status."""

    request: str
    path: str
    told: str

    def __str__(self) -> str:
        return f"{self.request}: {self.path}: {self.told}"


class Pair(Client):
    """A client of both servers. Every request notes where they answer differently, and gives the real one's answer.

    `found` holds what was noted; whoever runs a test looks at it afterwards.
    """

    def __init__(self, real: Client, sandbox: Client) -> None:
        self.real = real
        self.sandbox = sandbox
        self.found: list[Difference] = []

    def request(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        return self.each(lambda client: client.request(method, path, body, **options), f"{method} {path}")

    def each(self, ask: Callable[[Client], Answer], what: str = "the request") -> Answer:
        """What `ask` gets from each of them, compared; for requests that carry what only one server knows."""
        return self._compared(ask(self.real), ask(self.sandbox), what, normalised)

    def settled(self, path: str, until: Callable[[Any], bool]) -> Answer:
        """The object once `until` holds of it on both, compared with what controllers wrote."""
        real, sandbox = (_awaited(client, path, until) for client in (self.real, self.sandbox))
        return self._compared(real, sandbox, f"settled {path}", lambda body: normalised(body, settled=True))

    def _compared(self, real: Answer, sandbox: Answer, what: str, normal: Callable[[Any], Any]) -> Answer:
        """Answers of another HTTP status say other things: their bodies are not compared."""
        if real.status != sandbox.status:
            told = f"Kubernetes answers {real.status}, the sandbox {sandbox.status}"
            self.found.append(Difference(what, "(status)", told))
        else:
            found = differences(normal(real.body), normal(sandbox.body))
            self.found += [Difference(what, path or ".", told) for path, told in found]
        return real


def _awaited(client: Client, path: str, until: Callable[[Any], bool]) -> Answer:
    deadline = time.monotonic() + _WITHIN
    while not until((answer := client.get(path)).body):
        assert time.monotonic() < deadline, f"{path} at {client.endpoint} does not settle: {answer.body}"
        time.sleep(0.05)
    return answer


def normalised(value: Any, *, settled: bool = False) -> Any:
    """The body of an answer without what is arbitrary in it; with what controllers wrote only where that settled."""
    if isinstance(value, list):
        return [normalised(element, settled=settled) for element in value]
    if isinstance(value, str):
        value = _HASH.sub("w-<hash>", value) if settled else value
        text = _GO_VALUE.sub("Invalid value: <object>: ", _GO_DIFFERENCE.sub("", value))
        return _TIME.sub("<time>", _VERSION.sub(r"\1 (<version>)", _UID.sub("<uid>", text)))
    if not isinstance(value, dict):
        return value
    found = {_UID.sub("<uid>", name): _member(name, member, settled) for name, member in value.items()}
    if isinstance(metadata := found.get("metadata"), dict):
        found["metadata"] = _metadata(metadata, settled)
    if value.get("kind") == "Status":
        _tidy_causes(found)
    if not settled and value.get("kind") in _CONTROLLED and "apiVersion" in value:
        found.pop("status", None)
    if isinstance(conditions := found.get("conditions"), list):  # a map by type, whose order says nothing
        found["conditions"] = sorted(conditions, key=lambda condition: str(condition.get("type")))
    return found


def _tidy_causes(status: dict[str, Any]) -> None:
    """What is checked twice is told twice; of several managers whose fields conflict, either may be told first."""
    details = status.get("details") or {}
    if "causes" in details:
        details["causes"] = [cause for at, cause in enumerate(details["causes"]) if cause not in details["causes"][:at]]
    if str(status.get("message")).startswith("Apply failed with"):
        status["message"] = sorted(status["message"].splitlines())
        status["details"]["causes"].sort(key=lambda cause: str(cause["field"]))


def _member(name: str, value: Any, settled: bool) -> Any:
    if name in _ARBITRARY and value not in (None, "") and not isinstance(value, dict):
        return f"<{name}>"
    if name in _ADDRESSES and value not in (None, "", "None", ["None"]):
        return f"<{name}>"
    return normalised(value, settled=settled)


def _metadata(metadata: dict[str, Any], settled: bool) -> dict[str, Any]:
    """Without the chosen end of a generated name, and without what controllers add unless that settled."""
    found = dict(metadata)
    if prefix := found.get("generateName"):
        found["name"] = f"{prefix}<generated>"
    if "annotations" in found and not settled:
        found["annotations"] = {name: v for name, v in found["annotations"].items() if name not in _REVISIONS}
        if not found["annotations"]:
            del found["annotations"]
    if isinstance(entries := found.get("managedFields"), list):
        kept = [entry for entry in entries if settled or entry.get("manager") != "kube-controller-manager"]
        found["managedFields"] = sorted(kept, key=lambda e: (e.get("manager", ""), e.get("operation", "")))
    return found


def differences(real: Any, sandbox: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Where two values differ, as JSON paths, and how."""
    if isinstance(real, dict) and isinstance(sandbox, dict):
        for name in sorted({*real, *sandbox}):
            where = f"{path}.{name}"
            if name not in sandbox:
                yield where, f"Kubernetes has {real[name]!r}, the sandbox nothing"
            elif name not in real:
                yield where, f"the sandbox has {sandbox[name]!r}, Kubernetes nothing"
            else:
                yield from differences(real[name], sandbox[name], where)
    elif isinstance(real, list) and isinstance(sandbox, list) and len(real) == len(sandbox):
        for index, (one, other) in enumerate(zip(real, sandbox, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif real != sandbox or type(real) is not type(sandbox):
        yield path, f"Kubernetes has {real!r}, the sandbox {sandbox!r}"
