"""What an object cannot outlive: its namespace, the definition of its kind, its owner, a token's account.

Source: Kubernetes' documentation of namespaces, custom resources, garbage collection and service account tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from providers.contract import Values
from providers.kubernetes.foreign import mapping, mappings, part

_DEFINITION = ("apiextensions.k8s.io", "CustomResourceDefinition")
_OF_ACCOUNT = "kubernetes.io/service-account-token"
_ACCOUNT = "kubernetes.io/service-account.name"

Key = tuple[Any, Any, Any, Any]
"""Group, kind, namespace and name; a definition is known by the group and the kind that it defines."""


def container_key(manifest: Any) -> Key | None:
    """By what its contents name an object, where that is not its own key."""
    if (_group(manifest), part(manifest, "kind")) != _DEFINITION:
        return None
    return (*_DEFINITION, part(manifest, "spec", "group"), part(manifest, "spec", "names", "kind"))


def containers(manifest: Any, live: Any) -> Iterator[Key]:
    """The keys of what an object cannot outlive, by its manifest and as it is on the cluster."""
    kind, namespace = part(manifest, "kind"), part(manifest, "metadata", "namespace")
    if namespace:
        yield ("", "Namespace", "", namespace)
    if _group(manifest):
        yield (*_DEFINITION, _group(manifest), kind)
    if kind == "Secret" and part(manifest, "type") == _OF_ACCOUNT:
        yield ("", "ServiceAccount", namespace, mapping(manifest, "metadata", "annotations").get(_ACCOUNT))
    owners = mappings(live, "metadata", "ownerReferences") or mappings(manifest, "metadata", "ownerReferences")
    if len(owners) == 1:  # of several owners, each keeps it
        owner = owners[0]
        for place in dict.fromkeys((namespace or "", "")):
            yield (_group(owner), owner.get("kind"), place, owner.get("name"))


def _group(value: Values) -> str:
    version = part(value, "apiVersion")
    return version.rpartition("/")[0] if isinstance(version, str) else ""
