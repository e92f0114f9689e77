"""The volumes that are on the disks of nodes: their node affinity names hosts.

Source: Kubernetes' documentation of volumes of the type local, and of their node affinity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from providers.contract import Contents, Values
from providers.kubernetes.answers import Refused
from providers.kubernetes.client import KubernetesClient
from providers.kubernetes.discovery import Resource
from providers.kubernetes.foreign import mapping, mappings, part

_NODES = Resource("/api/v1", "nodes", False, "Node")
_VOLUMES = Resource("/api/v1", "persistentvolumes", False, "PersistentVolume")
_HOST = "kubernetes.io/hostname"


def volumes_of_nodes(client: KubernetesClient, labels: Mapping[str, str]) -> Contents:
    """The volumes that are on nodes with these labels alone. Raises ProviderError."""
    try:
        found = [mapping(node, "metadata", "labels") for node in client.list(_NODES, None, metadata_only=True)]
        hosts = {each.get(_HOST) for each in found if labels.items() <= each.items()}
        volumes = tuple(client.list(_VOLUMES, None)) if hosts else ()
    except Refused as refused:
        raise refused.error() from refused
    kept = [(volume, set(_hosts(volume))) for volume in volumes]
    return Contents(tuple(_name(volume) for volume, on in kept if on and on <= hosts))


def _hosts(volume: Values) -> Iterator[str]:
    for term in mappings(volume, "spec", "nodeAffinity", "required", "nodeSelectorTerms"):
        for expression in mappings(term, "matchExpressions"):
            values = part(expression, "values")
            if expression.get("key") == _HOST and expression.get("operator") == "In" and isinstance(values, tuple):
                yield from map(str, values)


def _name(volume: Values) -> str:
    claim = mapping(volume, "spec", "claimRef")
    used = f" (claim {claim.get('namespace')}/{claim.get('name')})" if claim else ""
    return f"PersistentVolume {volume['metadata']['name']}{used}"
