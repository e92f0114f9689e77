"""What a controller sees of its cluster, and how it writes to it: as a manager, and only when something changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.kubernetes import errors, kinds
from sandbox.kubernetes.kinds import Resource
from sandbox.kubernetes.objects import Deletion, Objects, Write

Object = dict[str, Any]
MANAGER = "kube-controller-manager"


@dataclass
class World:
    """One cluster. The callables are the embedding cloud's, for services of type LoadBalancer."""

    objects: Objects
    now: Callable[[], float]
    on_load_balancer: Callable[[str, str], str] | None = None
    on_load_balancer_deleted: Callable[[str, str], None] | None = None

    @property
    def terminating(self) -> Object:
        """What Deployments and ReplicaSets tell of pods that end, since 1.35. Here pods end at once."""
        major, minor = (int(part) for part in self.objects.minor.split("."))
        return {"terminatingReplicas": 0} if (major, minor) >= (1, 35) else {}

    def resource(self, kind: str) -> Resource:
        """The resource of a kind that is built in."""
        return kinds.of_kind(kind)

    def get(self, kind: str, namespace: str, name: str) -> Object | None:
        """An object, if it exists."""
        return self.objects.store.get(self.resource(kind).key, namespace, name)

    def every(self, kind: str, namespace: str = "") -> list[Object]:
        """All objects of a kind, in one namespace or in all."""
        return self.objects.store.snapshot(self.resource(kind).key, namespace)[0]

    def owned(self, kind: str, owner: Object) -> list[Object]:
        """The objects of a kind that this one controls."""
        uid, namespace = owner["metadata"]["uid"], owner["metadata"].get("namespace", "")
        return [obj for obj in self.every(kind, namespace) if controller_uid(obj) == uid]

    def create(self, kind: str, namespace: str, body: Object, manager: str = MANAGER) -> Object | None:
        """Create it; None where it is there already or may not be."""
        try:
            return self.objects.create(self.resource(kind), namespace, body, Write(manager, field_validation="Ignore"))
        except errors.StatusError:
            return None

    def change(
        self, kind: str, obj: Object, edit: Callable[[Object], Object], subresource: str = "", manager: str = MANAGER
    ) -> None:
        """Write what `edit` makes of it, if it is still there."""
        metadata = obj["metadata"]
        write = Write(manager, field_validation="Ignore")
        try:
            self.objects.change(
                self.resource(kind), metadata.get("namespace", ""), metadata["name"], edit, write, subresource
            )
        except errors.StatusError:
            return

    def status(self, kind: str, obj: Object, status: Object, manager: str = MANAGER) -> None:
        """Write its status, if that is another one now."""
        if obj.get("status") != status:
            self.change(kind, obj, lambda live: {**live, "status": status}, "status", manager)

    def delete(self, kind: str, obj: Object, *, grace: int | None = None) -> None:
        """Delete an object; that it is gone already is no error."""
        metadata = obj["metadata"]
        try:
            self.objects.delete(
                self.resource(kind), metadata.get("namespace", ""), metadata["name"], Deletion(grace=grace)
            )
        except errors.StatusError:
            return


def controller_uid(obj: Object) -> str | None:
    """The uid of what controls an object."""
    for owner in obj["metadata"].get("ownerReferences") or ():
        if owner.get("controller"):
            return str(owner["uid"])
    return None


def owner_reference(owner: Object) -> list[Object]:
    """The ownerReferences of what this one makes."""
    return [
        {
            "apiVersion": owner["apiVersion"],
            "kind": owner["kind"],
            "name": owner["metadata"]["name"],
            "uid": owner["metadata"]["uid"],
            "controller": True,
            "blockOwnerDeletion": True,
        }
    ]


def condition(
    status: Object, type_: str, value: bool | str, reason: str, message: str, now: str, *, update_time: bool = False
) -> list[Object]:
    """The conditions of a status with this one as it is now; its times move only when it changes."""
    word = value if isinstance(value, str) else "True" if value else "False"
    others = [one for one in status.get("conditions") or () if one["type"] != type_]
    before = next((one for one in status.get("conditions") or () if one["type"] == type_), None)
    made: Object = {"type": type_, "status": word, "reason": reason, "message": message}
    same_status = before is not None and before["status"] == word
    same = same_status and before is not None and (before.get("reason"), before.get("message")) == (reason, message)
    made["lastTransitionTime"] = before["lastTransitionTime"] if same_status and before else now
    if update_time:
        made["lastUpdateTime"] = before.get("lastUpdateTime", now) if same and before else now
    return sorted([*others, made], key=lambda one: str(one["type"]))


def is_ready(pod: Object) -> bool:
    """Whether a pod is ready and stays."""
    if pod["metadata"].get("deletionTimestamp"):
        return False
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def pod_of(template: Object, name: str, owner: Object, labels: Object | None = None) -> Object:
    """The pod that a template makes for an owner."""
    metadata = template.get("metadata") or {}
    made: Object = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "labels": {**(metadata.get("labels") or {}), **(labels or {})},
            "ownerReferences": owner_reference(owner),
        },
        "spec": template["spec"],
    }
    made["metadata"]["generateName" if name.endswith("-") else "name"] = name
    if metadata.get("annotations"):
        made["metadata"]["annotations"] = metadata["annotations"]
    return made
