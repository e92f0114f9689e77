"""Objects for the tests of this folder, as small as Kubernetes takes them."""

from __future__ import annotations

from typing import Any


def config_map(name: str = "c", **data: str) -> dict[str, Any]:
    fields = {"data": data} if data else {}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, **fields}


def secret(name: str = "s", **fields: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, **fields}


def service(name: str = "s", **spec: Any) -> dict[str, Any]:
    spec = {"selector": {"app": name}, "ports": [{"port": 80}], **spec}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


def template(app: str, *containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    made = list(containers) or [{"name": "main", "image": "registry.example.com/app:1"}]
    return {"metadata": {"labels": {"app": app}}, "spec": {"containers": made, **spec}}


def workload(kind: str, name: str = "w", *containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """A Deployment, StatefulSet or DaemonSet."""
    given = {"selector": {"matchLabels": {"app": name}}, "template": template(name, *containers), **spec}
    if kind == "StatefulSet":
        given.setdefault("serviceName", name)
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": given}


def deployment(name: str = "w", *containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """A Deployment that is paused, so that no controller writes to it between two requests."""
    return workload("Deployment", name, *containers, **{"paused": True, **spec})


def job(name: str = "j", **spec: Any) -> dict[str, Any]:
    """A Job that is suspended."""
    pod = {"spec": {"containers": [{"name": "main", "image": "i"}], "restartPolicy": "Never"}}
    spec = {"suspend": True, "template": pod, **spec}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": spec}


_PLURALS = {"Endpoints": "endpoints", "NetworkPolicy": "networkpolicies"}
_CLUSTER_SCOPED = frozenset(
    {"Namespace", "ClusterRole", "ClusterRoleBinding", "StorageClass", "PersistentVolume", "PriorityClass"}
    | {"CustomResourceDefinition", "IngressClass", "RuntimeClass", "CSIDriver"}
    | {"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"}
)


def collection(manifest: dict[str, Any], namespace: str) -> str:
    """The path of the objects of a built-in kind."""
    version, kind = manifest["apiVersion"], manifest["kind"]
    base = f"/apis/{version}" if "/" in version else f"/api/{version}"
    scope = "" if kind in _CLUSTER_SCOPED else f"/namespaces/{namespace}"
    plural = _PLURALS.get(kind) or kind.lower() + ("es" if kind.endswith("s") else "s")
    return f"{base}{scope}/{plural}"


def path_of(manifest: dict[str, Any], namespace: str) -> str:
    """The path of the object."""
    return f"{collection(manifest, namespace)}/{manifest['metadata']['name']}"
