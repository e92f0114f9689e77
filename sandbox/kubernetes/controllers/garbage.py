"""Garbage: what is owned goes with its owner, in the background, before it in the foreground, or is orphaned."""

from __future__ import annotations

from typing import Any

from sandbox.kubernetes import errors
from sandbox.kubernetes.controllers.world import World
from sandbox.kubernetes.objects import FOREGROUND_FINALIZER, ORPHAN_FINALIZER, Deletion, Write

WATCHES = ()  # every change of anything concerns it

Object = dict[str, Any]


def reconcile(world: World, address: str, name: str) -> None:
    """Look at one object: its owners may be gone, or it may wait for what it owns."""
    group, plural, namespace = address.split("/", 2)
    obj = world.objects.store.get((group, plural), namespace, name)
    if obj is None:
        _orphans_of(world, namespace)
        return
    metadata = obj["metadata"]
    finalizers = metadata.get("finalizers") or ()
    if metadata.get("deletionTimestamp") and FOREGROUND_FINALIZER in finalizers:
        _foreground(world, obj)
    elif metadata.get("deletionTimestamp") and ORPHAN_FINALIZER in finalizers:
        _orphan(world, obj)
    elif metadata.get("ownerReferences"):
        _check_owners(world, obj)
    for owner in metadata.get("ownerReferences") or ():
        _look_again(world, owner, namespace)


def _orphans_of(world: World, namespace: str) -> None:
    """Something is gone: whatever it owned goes too."""
    for resource in world.objects.catalogue.stored():
        for obj in world.objects.store.snapshot(resource.key, namespace)[0]:
            if obj["metadata"].get("ownerReferences"):
                _check_owners(world, obj)
            if FOREGROUND_FINALIZER in (obj["metadata"].get("finalizers") or ()):
                _foreground(world, obj)


def _look_again(world: World, owner: Object, namespace: str) -> None:
    live = _owner(world, owner, namespace)
    going = live is not None and live["metadata"].get("deletionTimestamp")
    if live is not None and going and FOREGROUND_FINALIZER in (live["metadata"].get("finalizers") or ()):
        _foreground(world, live)


def _owner(world: World, reference: Object, namespace: str) -> Object | None:
    resource = world.objects.catalogue.of_kind(reference["apiVersion"], reference["kind"])
    if resource is None:
        return None
    found = world.objects.store.get(resource.key, namespace if resource.namespaced else "", reference["name"])
    return found if found and found["metadata"]["uid"] == reference["uid"] else None


def _check_owners(world: World, obj: Object) -> None:
    namespace = obj["metadata"].get("namespace", "")
    owners = obj["metadata"].get("ownerReferences") or ()
    if not owners or any(_owner(world, reference, namespace) for reference in owners):
        return
    resource = world.objects.catalogue.of_kind(obj["apiVersion"], obj["kind"])
    if resource is not None:
        _delete(world, resource, obj, Deletion())


def _delete(world: World, resource: Any, obj: Object, deletion: Deletion) -> None:
    metadata = obj["metadata"]
    try:
        world.objects.delete(resource, metadata.get("namespace", ""), metadata["name"], deletion)
    except errors.StatusError:
        return


def _dependents(world: World, owner: Object) -> list[tuple[Any, Object]]:
    uid = owner["metadata"]["uid"]
    namespace = owner["metadata"].get("namespace", "")
    return [
        (resource, obj)
        for resource in world.objects.catalogue.stored()
        for obj in world.objects.store.snapshot(resource.key, namespace)[0]
        if any(one["uid"] == uid for one in obj["metadata"].get("ownerReferences") or ())
    ]


def _foreground(world: World, owner: Object) -> None:
    """What blocks its owner's deletion goes first."""
    left = _dependents(world, owner)
    for resource, obj in left:
        if not obj["metadata"].get("deletionTimestamp"):
            _delete(world, resource, obj, Deletion("Foreground"))
    if not _dependents(world, owner):
        _let_go(world, owner, FOREGROUND_FINALIZER)


def _orphan(world: World, owner: Object) -> None:
    uid = owner["metadata"]["uid"]

    def freed(live: Object) -> Object:
        rest = [one for one in live["metadata"].get("ownerReferences") or () if one["uid"] != uid]
        return {**live, "metadata": {**live["metadata"], "ownerReferences": rest}}

    for resource, obj in _dependents(world, owner):
        metadata = obj["metadata"]
        write = Write("kube-controller-manager", field_validation="Ignore")
        world.objects.change(resource, metadata.get("namespace", ""), metadata["name"], freed, write)
    _let_go(world, owner, ORPHAN_FINALIZER)


def _let_go(world: World, owner: Object, finalizer: str) -> None:
    resource = world.objects.catalogue.of_kind(owner["apiVersion"], owner["kind"])
    if resource is not None:
        world.objects.finalize(resource, owner["metadata"].get("namespace", ""), owner["metadata"]["name"], finalizer)
