"""CustomResourceDefinitions: served as soon as they are there, withdrawn with all of their objects when they go."""

from __future__ import annotations

from sandbox.kubernetes import errors
from sandbox.kubernetes.controllers.world import World, condition
from sandbox.kubernetes.customresources.definitions import resources
from sandbox.kubernetes.objects import Deletion
from sandbox.kubernetes.storage import Event

WATCHES = ("CustomResourceDefinition",)
_CLEANUP = "customresourcecleanup.apiextensions.k8s.io"


def related(world: World, event: Event) -> list[tuple[str, str]]:
    """An object of a definition that is to go went: it may have been the last one."""
    if event.type != "DELETED" or not event.resource[0]:
        return []
    name = f"{event.resource[1]}.{event.resource[0]}"
    found = world.objects.store.get(("apiextensions.k8s.io", "customresourcedefinitions"), "", name)
    return [("", name)] if found and found["metadata"].get("deletionTimestamp") else []


def reconcile(world: World, _: str, name: str) -> None:
    """Serve it, or empty it and let it go."""
    crd = world.get("CustomResourceDefinition", "", name)
    catalogue = world.objects.catalogue
    if crd is None:
        catalogue.withdraw(name)
        return
    made = resources(crd, world.objects.minor)
    if crd["metadata"].get("deletionTimestamp"):
        if _emptied(world, made):
            catalogue.withdraw(name)
            world.objects.finalize(world.resource("CustomResourceDefinition"), "", name, _CLEANUP)
        return
    catalogue.serve(name, made)
    now = world.objects.now()
    status = dict(crd.get("status") or {})
    status["acceptedNames"] = {**_names(crd), **status.get("acceptedNames", {}), **crd["spec"]["names"]}
    status["storedVersions"] = status.get("storedVersions") or [
        version["name"] for version in crd["spec"]["versions"] if version.get("storage")
    ]
    status["conditions"] = condition(status, "NamesAccepted", True, "NoConflicts", "no conflicts found", now)
    status["conditions"] = condition(
        status, "Established", True, "InitialNamesAccepted", "the initial names have been accepted", now
    )
    world.status("CustomResourceDefinition", crd, status, "kube-apiserver")
    _hold(world, crd)


def _names(crd: dict[str, dict[str, dict[str, str]]]) -> dict[str, str]:
    kind = crd["spec"]["names"]["kind"]
    return {"listKind": f"{kind}List", "singular": kind.lower()}


def _hold(world: World, crd: dict[str, dict[str, list[str]]]) -> None:
    """It goes only when its objects are gone."""
    if _CLEANUP not in (crd["metadata"].get("finalizers") or ()):

        def held(live: dict[str, dict[str, list[str]]]) -> dict[str, dict[str, list[str]]]:
            finalizers = [*(live["metadata"].get("finalizers") or ()), _CLEANUP]
            return {**live, "metadata": {**live["metadata"], "finalizers": finalizers}}

        world.change("CustomResourceDefinition", crd, held, manager="kube-apiserver")


def _emptied(world: World, made: list) -> bool:  # type: ignore[type-arg]
    """Delete the objects of a definition; whether none is left."""
    if not made:
        return True
    left = False
    for obj in world.objects.store.snapshot(made[0].key)[0]:
        metadata = obj["metadata"]
        try:
            _, deleted = world.objects.delete(made[0], metadata.get("namespace", ""), metadata["name"], Deletion())
        except errors.StatusError:
            continue
        left = left or not deleted
    return not left
