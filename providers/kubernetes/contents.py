"""What namespaces hold that would go with them: everything in them but what belongs to objects that are known, by their
owners to the top, and what Kubernetes puts there itself.

Source: Kubernetes' documentation of namespaces and garbage collection; its controllers for what each namespace gets.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from providers.contract import Contents, Values
from providers.kubernetes.answers import Refused
from providers.kubernetes.client import MANAGER, KubernetesClient
from providers.kubernetes.discovery import Resource
from providers.kubernetes.foreign import mappings, part

_BOOKKEEPING = {
    ("", "Event"),
    ("events.k8s.io", "Event"),
    ("", "Endpoints"),
    ("discovery.k8s.io", "EndpointSlice"),
    ("coordination.k8s.io", "Lease"),
}
_GIVEN = {
    ("ServiceAccount", None, "default"),
    ("ConfigMap", None, "kube-root-ca.crt"),
    ("Service", "default", "kubernetes"),
}
"""Kind, namespace (None for each) and name of what Kubernetes makes."""


@dataclass(slots=True)
class Survey:
    """What is in some namespaces: objects' metadata by uid, each with its kind, and what could not be listed."""

    found: dict[str, tuple[Resource, Values]] = field(default_factory=dict)
    listed: set[tuple[str, str]] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)

    def add(self, client: KubernetesClient, resource: Resource, namespace: str | None) -> None:
        """The objects of one kind."""
        try:
            for item in client.list(resource, namespace, metadata_only=True):
                self.found[item["metadata"]["uid"]] = (resource, item)
        except Refused as refused:
            if not refused.not_found:
                self.unknown.append(f"{resource.plural} cannot be listed: {refused.said}")
        else:
            self.listed.add((resource.group, resource.kind))

    def contents(self, known: Collection[str], is_inside: Callable[[str], bool]) -> Contents:
        """What of it is in namespaces that are asked for, and belongs to nothing that is known by its uid."""
        names = [
            _name(resource, item["metadata"])
            for resource, item in self.found.values()
            if is_inside(item["metadata"]["namespace"])
            and not item["metadata"].get("deletionTimestamp")
            and not self._is_given(resource, item["metadata"])
            and not self._belongs(item, known)
        ]
        return Contents(tuple(sorted(names)), tuple(self.unknown))

    def _is_given(self, resource: Resource, metadata: Values) -> bool:
        places = {(resource.kind, namespace, metadata["name"]) for namespace in (None, metadata["namespace"])}
        return (resource.group, resource.kind) in _BOOKKEEPING or (not resource.group and not _GIVEN.isdisjoint(places))

    def _belongs(self, item: Values, known: Collection[str], below: frozenset[str] = frozenset()) -> bool:
        """Whether it is known, or each of its owners belongs or is gone, which Kubernetes then collects."""
        uid = item["metadata"]["uid"]
        if uid in known:
            return True
        owners = mappings(item, "metadata", "ownerReferences")
        return bool(owners) and all(self._is_kept_by(owner, known, below | {uid}) for owner in owners)

    def _is_kept_by(self, owner: Values, known: Collection[str], below: frozenset[str]) -> bool:
        uid = owner.get("uid")
        if uid in known:
            return True
        if uid in self.found:
            return uid not in below and self._belongs(self.found[uid][1], known, below)
        return (str(owner.get("apiVersion")).rpartition("/")[0], str(owner.get("kind"))) in self.listed


def survey(client: KubernetesClient, namespace: str | None) -> Survey:
    """What is in a namespace, or in all of them: a list a kind, of metadata only. Raises ProviderError."""
    made = Survey()
    try:
        for resource in client.discovery.all_kinds():
            if resource.namespaced and resource.verbs >= {"list", "delete"}:
                made.add(client, resource, namespace)
    except Refused as refused:
        raise refused.error() from refused
    return made


def known_uids(identities: Collection[Mapping[str, object]]) -> frozenset[str]:
    """The uids among the identities of objects."""
    return frozenset(str(each["uid"]) for each in identities if each.get("uid"))


def _name(resource: Resource, metadata: Values) -> str:
    entries = mappings(metadata, "managedFields")
    managers = [str(part(each, "manager")) for each in entries if part(each, "subresource") != "status"]
    by = next((name for name in managers if name != MANAGER), managers[0] if managers else "")
    return f"{resource.kind} {metadata['namespace']}/{metadata['name']}" + (f" (by {by})" if by else "")
