"""What an add-on is inside its cluster: the Deployments and DaemonSets that EKS applies, and the storage class.

Applied through the cluster's own API server by server-side apply, with EKS's field manager, so that they have owners
and can be fought over as there.
"""

from __future__ import annotations

import json
import logging
import ssl
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

import urllib3

from sandbox.aws.eks.addon_catalogue import CATALOGUE, Offer
from sandbox.aws.eks.store import Cluster

log = logging.getLogger(__name__)

FIELD_MANAGER = "eks"
_SELF_MANAGED = ("vpc-cni", "kube-proxy", "coredns")
_REPLICAS = {"snapshot-controller": 1}
_PATHS = {"Deployment": "apis/apps/v1/namespaces/{}/deployments", "DaemonSet": "apis/apps/v1/namespaces/{}/daemonsets"}
_IMAGES = "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/{}:{}"
_SECONDS = 10.0


def install(cluster: Cluster, offer: Offer, version: str) -> None:
    """Apply the objects of an add-on; called without the region's lock, on the clock's thread."""
    for kind, name in _workloads(offer):
        _apply(cluster, _PATHS[kind].format(offer.namespace), _workload(kind, name, offer, version))


def remove(cluster: Cluster, offer: Offer) -> None:
    """Delete the objects of an add-on; what is gone already is fine."""
    for kind, name in _workloads(offer):
        _send(cluster, "DELETE", f"{_PATHS[kind].format(offer.namespace)}/{name}")


def install_self_managed(cluster: Cluster) -> None:
    """What a new cluster comes with: its storage class and, unless asked not to, its networking."""
    _apply(cluster, "apis/storage.k8s.io/v1/storageclasses", _STORAGE_CLASS)
    if cluster.self_managed_addons:
        for name in _SELF_MANAGED:
            install(cluster, CATALOGUE[name], CATALOGUE[name].default(cluster.version))


_STORAGE_CLASS = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "gp2"},
    "provisioner": "kubernetes.io/aws-ebs",
    "parameters": {"type": "gp2", "fsType": "ext4"},
    "reclaimPolicy": "Delete",
    "volumeBindingMode": "WaitForFirstConsumer",
}


def _workloads(offer: Offer) -> Iterable[tuple[str, str]]:
    yield from (("Deployment", name) for name in offer.deployments)
    yield from (("DaemonSet", name) for name in offer.daemon_sets)


def _workload(kind: str, name: str, offer: Offer, version: str) -> dict[str, Any]:
    labels = {"app.kubernetes.io/name": name, "k8s-app": name}
    spec: dict[str, Any] = {
        "selector": {"matchLabels": {"k8s-app": name}},
        "template": {
            "metadata": {"labels": labels},
            "spec": {"containers": [{"name": name, "image": _IMAGES.format(name, version)}]},
        },
    }
    if kind == "Deployment":
        spec["replicas"] = _REPLICAS.get(name, 2)
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": offer.namespace, "labels": labels},
        "spec": spec,
    }


def _apply(cluster: Cluster, path: str, manifest: Mapping[str, Any]) -> None:
    query = f"?fieldManager={FIELD_MANAGER}&force=true"
    _send(cluster, "PATCH", f"{path}/{quote(manifest['metadata']['name'])}{query}", manifest)


def _send(cluster: Cluster, method: str, path: str, body: Mapping[str, Any] | None = None) -> None:
    plane = cluster.control_plane
    if plane is None:
        return
    try:
        status, answer = _request(plane, method, path, body)
    except (urllib3.exceptions.HTTPError, ssl.SSLError) as reason:
        log.error("%s %s: %s", method, path, reason)
        return
    if status >= 400 and not (method == "DELETE" and status == 404):
        log.error("%s %s: %s %s", method, path, status, answer[:500])


def _request(plane: Any, method: str, path: str, body: Mapping[str, Any] | None) -> tuple[int, bytes]:
    context = ssl.create_default_context(cadata=plane.ca_certificate.decode())
    headers = {"Authorization": f"Bearer {plane.system_token}", "Content-Type": "application/apply-patch+yaml"}
    with urllib3.PoolManager(ssl_context=context, retries=False, timeout=_SECONDS) as pool:
        data = None if body is None else json.dumps(body).encode()
        response = pool.request(method, f"{plane.endpoint}/{path}", body=data, headers=headers)
    return response.status, response.data
