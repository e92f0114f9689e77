"""What the server makes of an object before it keeps it, beyond defaults: its strategies and built-in admission.

`normalise` follows every decoding; `for_creation` and `for_update` come after field ownership was settled, so what they
add belongs to nobody, as with the real server.
"""

from __future__ import annotations

import base64
import ipaddress
import itertools
from collections.abc import Callable, Iterable
from typing import Any

from sandbox.kubernetes.immutability import at
from sandbox.kubernetes.kinds import Resource
from sandbox.kubernetes.storage import Store

Object = dict[str, Any]

_GENERATION = frozenset(  # kinds that count the changes of their specification
    {
        ("", "pods"),
        ("", "podtemplates"),
        ("", "replicationcontrollers"),
        ("apps", "daemonsets"),
        ("apps", "deployments"),
        ("apps", "replicasets"),
        ("apps", "statefulsets"),
        ("batch", "cronjobs"),
        ("batch", "jobs"),
        ("networking.k8s.io", "ingresses"),
        ("networking.k8s.io", "ingressclasses"),
        ("networking.k8s.io", "networkpolicies"),
        ("policy", "poddisruptionbudgets"),
        ("discovery.k8s.io", "endpointslices"),
        ("scheduling.k8s.io", "priorityclasses"),
        ("admissionregistration.k8s.io", "mutatingwebhookconfigurations"),
        ("admissionregistration.k8s.io", "validatingwebhookconfigurations"),
        ("admissionregistration.k8s.io", "validatingadmissionpolicies"),
        ("admissionregistration.k8s.io", "validatingadmissionpolicybindings"),
        ("apiextensions.k8s.io", "customresourcedefinitions"),
    }
)
_TOLERATED_SECONDS = 300


def normalise(resource: Resource, obj: Object) -> None:
    """What reading an object into the server's own form changes: `stringData` becomes `data`."""
    if resource.key == ("", "secrets"):
        written = obj.pop("stringData", None)
        if written:
            encoded = {key: base64.b64encode(value.encode()).decode() for key, value in written.items()}
            obj["data"] = {**(obj.get("data") or {}), **encoded}


def has_generation(resource: Resource) -> bool:
    """Whether its objects count the changes of their spec."""
    return resource.is_custom or resource.key in _GENERATION


def _specification(obj: Object, resource: Resource) -> Object:
    apart = {"metadata", "status"} if "status" in resource.subresources or not resource.is_custom else {"metadata"}
    return {key: value for key, value in obj.items() if key not in apart}


class Preparation:
    """Prepares the objects of one cluster; what it gives out (addresses, ports) it looks up in the store."""

    def __init__(self, store: Store, new_id: Callable[[], str]) -> None:
        self._store = store
        self._new_id = new_id
        self._addresses = itertools.cycle(ipaddress.ip_network("10.96.0.0/16").hosts())
        self._node_ports = itertools.cycle(range(30000, 32768))
        self._creating = {
            ("", "services"): self._service,
            ("", "pods"): self._pod,
            ("", "persistentvolumeclaims"): self._claim,
            ("", "persistentvolumes"): _finalized("kubernetes.io/pv-protection"),
            ("", "namespaces"): _namespace,
            ("batch", "jobs"): _job,
            ("apiregistration.k8s.io", "apiservices"): _api_service,
        }

    def for_creation(self, resource: Resource, obj: Object) -> None:
        """Complete an object that is to be created, in place."""
        if has_generation(resource):
            obj["metadata"]["generation"] = 1
        if prepare := self._creating.get(resource.key):
            prepare(obj)

    def for_update(self, resource: Resource, live: Object, obj: Object) -> None:
        """Complete an object that is to take the place of `live`, in place."""
        if has_generation(resource):
            before = live["metadata"].get("generation", 0)
            changed = _specification(live, resource) != _specification(obj, resource)
            if before or changed:
                obj["metadata"]["generation"] = before + 1 if changed else before
        if resource.key == ("", "services"):
            self._service_again(live, obj)
        elif resource.key == ("", "persistentvolumeclaims"):
            _keep(live["spec"], obj["spec"], ("volumeName", "storageClassName"))
        elif resource.key == ("", "pods"):
            _keep(live["spec"], obj["spec"], ("nodeName", "priority", "preemptionPolicy", "tolerations"))

    # Services

    def _service(self, service: Object) -> None:
        spec = service["spec"]
        if spec.get("type") == "ExternalName":
            return
        if not spec.get("clusterIP"):
            spec["clusterIP"] = (spec.get("clusterIPs") or [""])[0] or self._free_address()
        spec.setdefault("clusterIPs", [spec["clusterIP"]])
        spec.setdefault("ipFamilies", ["IPv6" if ":" in spec["clusterIP"] else "IPv4"])
        spec.setdefault("ipFamilyPolicy", "SingleStack")
        self._node_ports_of(spec)

    def _node_ports_of(self, spec: Object) -> None:
        wanted = spec["type"] == "NodePort" or (
            spec["type"] == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts", True)
        )
        if not wanted:
            return
        for port in spec.get("ports") or ():
            if not port.get("nodePort"):
                port["nodePort"] = self._free_node_port()
        if spec.get("externalTrafficPolicy") == "Local" and spec["type"] == "LoadBalancer":
            spec.setdefault("healthCheckNodePort", self._free_node_port())

    def _service_again(self, live: Object, service: Object) -> None:
        before, spec = live["spec"], service["spec"]
        if spec.get("type") == "ExternalName":
            return
        if before.get("type") != "ExternalName":
            changed = spec.get("clusterIP") not in (None, "", before.get("clusterIP"))
            if changed and spec.get("clusterIPs") in (None, before.get("clusterIPs")):
                spec["clusterIPs"] = [spec["clusterIP"]]
            _keep(before, spec, ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "healthCheckNodePort"))
        had = {(port.get("protocol"), port["port"]): port for port in before.get("ports") or ()}
        if spec["type"] != "ClusterIP":
            for port in spec.get("ports") or ():
                _keep(had.get((port.get("protocol"), port["port"]), {}), port, ("nodePort",))
        self._service(service)

    def _free_address(self) -> str:
        taken = {service["spec"].get("clusterIP") for service in self._store.iterate(("", "services"))}
        return next(text for text in map(str, self._addresses) if text not in taken and text != "10.96.0.1")

    def _free_node_port(self) -> int:
        taken = {
            port.get("nodePort")
            for service in self._store.iterate(("", "services"))
            for port in service["spec"].get("ports") or ()
        }
        return next(port for port in self._node_ports if port not in taken)

    # Pods and claims

    def _pod(self, pod: Object) -> None:
        spec = pod["spec"]
        spec.setdefault("serviceAccountName", "default")
        spec.setdefault("serviceAccount", spec["serviceAccountName"])
        spec.setdefault("preemptionPolicy", "PreemptLowerPriority")
        spec.setdefault("priority", self._priority(spec.get("priorityClassName", "")))
        tolerations = spec.setdefault("tolerations", [])
        for key in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"):
            if not any(toleration.get("key") in (key, None) for toleration in tolerations):
                tolerations.append(
                    {"effect": "NoExecute", "key": key, "operator": "Exists", "tolerationSeconds": _TOLERATED_SECONDS}
                )
        if not spec.get("nodeName"):
            pod["status"] = {"phase": "Pending", "qosClass": quality_of_service(spec)}

    def _priority(self, name: str) -> int:
        system = {"system-node-critical": 2000001000, "system-cluster-critical": 2000000000}
        found = self._store.get(("scheduling.k8s.io", "priorityclasses"), "", name) if name else None
        return int(found["value"]) if found else system.get(name, 0)

    def _claim(self, claim: Object) -> None:
        _finalized("kubernetes.io/pvc-protection")(claim)
        if "storageClassName" not in claim["spec"] and not claim["spec"].get("volumeName"):
            marked = "storageclass.kubernetes.io/is-default-class"
            classes = self._store.iterate(("storage.k8s.io", "storageclasses"))
            default = [one for one in classes if at(one, "metadata.annotations", {}).get(marked) == "true"]
            if default:
                newest = max(default, key=lambda one: one["metadata"]["creationTimestamp"])
                claim["spec"]["storageClassName"] = newest["metadata"]["name"]


def quality_of_service(spec: Object) -> str:
    """Guaranteed, Burstable or BestEffort, by what the containers ask for."""
    resources = [one.get("resources", {}) for one in spec.get("containers") or ()]
    if all(not one.get("requests") and not one.get("limits") for one in resources):
        return "BestEffort"
    full = all(
        {"cpu", "memory"} <= (one.get("limits") or {}).keys()
        and {**one["limits"], **(one.get("requests") or {})} == one["limits"]
        for one in resources
    )
    return "Guaranteed" if full else "Burstable"


def _keep(live: Object, obj: Object, fields: Iterable[str]) -> None:
    """Fields that a client may leave out of an update without meaning to clear them."""
    for field in fields:
        if field in live and not obj.get(field):
            obj[field] = live[field]


def _finalized(finalizer: str) -> Callable[[Object], None]:
    def prepare(obj: Object) -> None:
        finalizers = obj["metadata"].setdefault("finalizers", [])
        if finalizer not in finalizers:
            obj["metadata"]["finalizers"] = [*finalizers, finalizer]

    return prepare


def _namespace(namespace: Object) -> None:
    namespace.setdefault("spec", {}).setdefault("finalizers", ["kubernetes"])
    namespace["status"] = {"phase": "Active"}


def _api_service(service: Object) -> None:
    service.setdefault("status", {})


def _job(job: Object) -> None:
    """A job finds its pods by its own uid, unless it says otherwise."""
    spec, metadata = job["spec"], job["metadata"]
    if spec.get("manualSelector"):
        return
    labels = spec["template"].setdefault("metadata", {}).setdefault("labels", {})
    uid, name = metadata["uid"], metadata["name"]
    for key, value in (("controller-uid", uid), ("job-name", name)):
        labels[f"batch.kubernetes.io/{key}"] = value
        labels[key] = value
    if not metadata.get("labels"):
        metadata["labels"] = dict(labels)  # a job without labels has those of its pods
    spec.setdefault("selector", {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}})
