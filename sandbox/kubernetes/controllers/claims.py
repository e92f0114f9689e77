"""Claims: bound to a volume made for them, where a storage class says who makes it."""

from __future__ import annotations

from typing import Any

from sandbox.kubernetes.controllers.world import World
from sandbox.kubernetes.storage import Event

WATCHES = ("PersistentVolumeClaim",)
_CLAIM_PROTECTION, _VOLUME_PROTECTION = "kubernetes.io/pvc-protection", "kubernetes.io/pv-protection"
_DEFAULT = "storageclass.kubernetes.io/is-default-class"
Object = dict[str, Any]


def related(world: World, event: Event) -> list[tuple[str, str]]:
    """A storage class came, or a pod that uses a claim."""
    if event.resource == ("storage.k8s.io", "storageclasses"):
        found = world.every("PersistentVolumeClaim")
        return [(one["metadata"]["namespace"], one["metadata"]["name"]) for one in found]
    if event.resource != ("", "pods"):
        return []
    volumes = event.after["spec"].get("volumes") or ()
    names = (volume["persistentVolumeClaim"]["claimName"] for volume in volumes if "persistentVolumeClaim" in volume)
    return [(event.name[0], name) for name in names]


def reconcile(world: World, namespace: str, name: str) -> None:
    """Make a volume for it, unless it waits for its first consumer."""
    claim = world.get("PersistentVolumeClaim", namespace, name)
    if claim is None:
        _reclaim(world, namespace, name)
        return
    if claim["metadata"].get("deletionTimestamp"):
        if not _used(world, claim):
            world.objects.finalize(world.resource("PersistentVolumeClaim"), namespace, name, _CLAIM_PROTECTION)
        return
    if claim["spec"].get("volumeName"):
        return
    storage = _class_of(world, claim)
    if storage is None:
        return
    if storage.get("volumeBindingMode") == "WaitForFirstConsumer" and not _used(world, claim):
        return
    volume = f"pvc-{claim['metadata']['uid']}"
    _provision(world, claim, storage, volume)
    world.change("PersistentVolumeClaim", claim, lambda live: {**live, "spec": {**live["spec"], "volumeName": volume}})
    bound = world.get("PersistentVolumeClaim", namespace, name)
    if bound is not None:
        capacity = claim["spec"]["resources"]["requests"]
        status = {"phase": "Bound", "accessModes": claim["spec"].get("accessModes", []), "capacity": capacity}
        world.status("PersistentVolumeClaim", bound, status)


def _reclaim(world: World, namespace: str, name: str) -> None:
    """The claim is gone: its volume goes too, where its class says so."""
    for volume in world.every("PersistentVolume"):
        reference = volume["spec"].get("claimRef") or {}
        if (reference.get("namespace"), reference.get("name")) != (namespace, name):
            continue
        if volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete":
            world.delete("PersistentVolume", volume)
            place = world.resource("PersistentVolume")
            world.objects.finalize(place, "", volume["metadata"]["name"], _VOLUME_PROTECTION)


def _class_of(world: World, claim: Object) -> Object | None:
    wanted = claim["spec"].get("storageClassName")
    for storage in world.every("StorageClass"):
        is_default = (storage["metadata"].get("annotations") or {}).get(_DEFAULT) == "true"
        if storage["metadata"]["name"] == wanted or (wanted is None and is_default):
            return storage
    return None


def _used(world: World, claim: Object) -> bool:
    """Whether a pod that is on a node uses the claim."""
    name = claim["metadata"]["name"]
    return any(
        (volume.get("persistentVolumeClaim") or {}).get("claimName") == name and pod["spec"].get("nodeName")
        for pod in world.every("Pod", claim["metadata"]["namespace"])
        for volume in pod["spec"].get("volumes") or ()
    )


def _provision(world: World, claim: Object, storage: Object, volume: str) -> None:
    metadata = claim["metadata"]
    reference = {
        "kind": "PersistentVolumeClaim",
        "apiVersion": "v1",
        "namespace": metadata["namespace"],
        "name": metadata["name"],
        "uid": metadata["uid"],
    }
    spec = {
        "capacity": claim["spec"]["resources"]["requests"],
        "accessModes": claim["spec"].get("accessModes", []),
        "storageClassName": storage["metadata"]["name"],
        "persistentVolumeReclaimPolicy": storage.get("reclaimPolicy", "Delete"),
        "claimRef": reference,
        "csi": {"driver": storage["provisioner"], "volumeHandle": volume},
    }
    body = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": volume}, "spec": spec}
    made = world.create("PersistentVolume", "", body)
    if made is not None:
        world.status("PersistentVolume", made, {"phase": "Bound"})
