"""Namespaces: what each new one has, and how one that is deleted is emptied, with word of what keeps it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sandbox.kubernetes import errors
from sandbox.kubernetes.controllers.world import World, condition
from sandbox.kubernetes.kinds import Resource
from sandbox.kubernetes.objects import Deletion
from sandbox.kubernetes.storage import Event

WATCHES = ("Namespace",)
Left = tuple[Resource, dict[str, Any]]


def related(world: World, event: Event) -> list[tuple[str, str]]:
    """Something in a namespace went: it may be the last thing that a terminating one waited for."""
    if event.type != "DELETED" or not event.name[0]:
        return []
    found = world.objects.store.get(("", "namespaces"), "", event.name[0])
    return [("", event.name[0])] if found and found["metadata"].get("deletionTimestamp") else []


def reconcile(world: World, _: str, name: str) -> None:
    """Fill a new one, empty one that is to go."""
    namespace = world.get("Namespace", "", name)
    if namespace is None:
        return
    if not namespace["metadata"].get("deletionTimestamp"):
        _fill(world, name)
        return
    left = _emptied(world, name)
    if left:
        _tell(world, namespace, left)
    else:
        _remove(world, namespace)


def _fill(world: World, name: str) -> None:
    if world.get("ServiceAccount", name, "default") is None:
        body = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
        world.create("ServiceAccount", name, body)
    if world.get("ConfigMap", name, "kube-root-ca.crt") is None:
        metadata = {"name": "kube-root-ca.crt", "annotations": {"kubernetes.io/description": _ABOUT_CA}}
        world.create("ConfigMap", name, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {}})


_ABOUT_CA = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the "
    "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes "
    "clusters."
)


def _emptied(world: World, name: str) -> list[Left]:
    """Ask for the deletion of all that is left; give what did not go at once."""
    left: list[Left] = []
    for resource in world.objects.catalogue.stored():
        if not resource.namespaced:
            continue
        for obj in world.objects.store.snapshot(resource.key, name)[0]:
            try:
                grace = 0 if resource.key == ("", "pods") else None
                _, deleted = world.objects.delete(resource, name, obj["metadata"]["name"], Deletion(grace=grace))
            except errors.StatusError:
                continue
            if not deleted:
                left.append((resource, obj))
    return left


def _tell(world: World, namespace: dict[str, Any], left: list[Left]) -> None:
    """What keeps it, in the words of `kubernetes/pkg/controller/namespace/deletion`."""
    kinds = Counter(f"{resource.plural}.{resource.group}" for resource, _ in left)
    finalizers = Counter(name for _, obj in left for name in obj["metadata"].get("finalizers") or ())
    remaining = ", ".join(f"{kind} has {count} resource instances" for kind, count in sorted(kinds.items()))
    held = ", ".join(f"{name} in {count} resource instances" for name, count in sorted(finalizers.items()))
    reported = {word: (False, reason, message) for word, (reason, message) in _FINE.items()}
    reported["ContentRemaining"] = (True, "SomeResourcesRemain", f"Some resources are remaining: {remaining}")
    if held:
        message = f"Some content in the namespace has finalizers remaining: {held}"
        reported["FinalizersRemaining"] = (True, "SomeFinalizersRemain", message)
    status = dict(namespace.get("status") or {})
    for word, (value, reason, message) in reported.items():
        now = world.objects.now()
        status["conditions"] = condition(status, f"Namespace{word}", value, reason, message, now)
    world.status("Namespace", namespace, status)


_FINE = {  # the conditions of a namespace that terminates, less their common beginning, while nothing is wrong
    "DeletionDiscoveryFailure": ("ResourcesDiscovered", "All resources successfully discovered"),
    "DeletionGroupVersionParsingFailure": ("ParsedGroupVersions", "All legacy kube types successfully parsed"),
    "DeletionContentFailure": ("ContentDeleted", "All content successfully deleted, may be waiting on finalization"),
    "ContentRemaining": ("ContentRemoved", "All content successfully removed"),
    "FinalizersRemaining": ("ContentHasNoFinalizers", "All content-preserving finalizers finished"),
}


def _remove(world: World, namespace: dict[str, Any]) -> None:
    """Nothing is left: take the last finalizer of its spec away, and it goes."""
    store = world.objects.store
    with store.lock:
        live = store.get(("", "namespaces"), "", namespace["metadata"]["name"])
        if live is None or live["metadata"]["uid"] != namespace["metadata"]["uid"]:
            return
        rest = [one for one in live.get("spec", {}).get("finalizers") or () if one != "kubernetes"]
        store.put(("", "namespaces"), {**live, "spec": {**live.get("spec", {}), "finalizers": rest}})
        if not rest and not live["metadata"].get("finalizers"):
            store.remove(("", "namespaces"), "", live["metadata"]["name"])
