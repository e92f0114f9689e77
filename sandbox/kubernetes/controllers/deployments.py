"""Deployments: a ReplicaSet for each pod template, the old ones scaled away, and what the status tells of it."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from sandbox.kubernetes.controllers.loop import owner_of
from sandbox.kubernetes.controllers.world import World, condition, owner_reference
from sandbox.kubernetes.storage import Event

WATCHES = ("Deployment",)
_HASH = "pod-template-hash"
_REVISION = "deployment.kubernetes.io/revision"
Object = dict[str, Any]


def related(world: World, event: Event) -> list[tuple[str, str]]:
    """A ReplicaSet of it changed."""
    return owner_of(world, event, "Deployment") if event.resource == ("apps", "replicasets") else []


def reconcile(world: World, namespace: str, name: str) -> None:
    """One step towards one ReplicaSet with all replicas."""
    deployment = world.get("Deployment", namespace, name)
    if deployment is None or deployment["metadata"].get("deletionTimestamp"):
        return
    sets = world.owned("ReplicaSet", deployment)
    wanted = _hash_of(deployment["spec"]["template"])
    current = next((one for one in sets if one["metadata"]["labels"].get(_HASH) == wanted), None)
    paused = deployment["spec"].get("paused", False)
    if current is None and not paused:
        _create(world, deployment, wanted, len(sets) + 1)
        return
    replicas = deployment["spec"].get("replicas", 1)
    scaled = current or max(sets, key=_revision, default=None)
    if scaled is not None:
        _scale(world, scaled, replicas)
    if current is not None and not paused and (current.get("status") or {}).get("readyReplicas", 0) >= replicas:
        for old in sets:
            if old is not current:
                _scale(world, old, 0)
    _tell(world, deployment, current, sets)


def _revision(replica_set: Object) -> int:
    return int((replica_set["metadata"].get("annotations") or {}).get(_REVISION, 0))


def _scale(world: World, replica_set: Object, replicas: int) -> None:
    if replica_set["spec"].get("replicas") != replicas:
        world.change("ReplicaSet", replica_set, lambda live: {**live, "spec": {**live["spec"], "replicas": replicas}})


def _hash_of(template: Object) -> str:
    data = orjson.dumps(template, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(data).hexdigest()[:10]


def _create(world: World, deployment: Object, hash_: str, revision: int) -> None:
    spec, template = deployment["spec"], deployment["spec"]["template"]
    labels = {**(template["metadata"].get("labels") or {}), _HASH: hash_}
    selector = {
        **spec["selector"],
        "matchLabels": {**(spec["selector"].get("matchLabels") or {}), _HASH: hash_},
    }
    body = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{deployment['metadata']['name']}-{hash_}",
            "labels": labels,
            "annotations": {_REVISION: str(revision)},
            "ownerReferences": owner_reference(deployment),
        },
        "spec": {
            "replicas": spec.get("replicas", 1),
            "selector": selector,
            "template": {**template, "metadata": {**template["metadata"], "labels": labels}},
        },
    }
    world.create("ReplicaSet", deployment["metadata"]["namespace"], body)
    revised = {**(deployment["metadata"].get("annotations") or {}), _REVISION: str(revision)}
    world.change(
        "Deployment", deployment, lambda live: {**live, "metadata": {**live["metadata"], "annotations": revised}}
    )


def _tell(world: World, deployment: Object, current: Object | None, sets: list[Object]) -> None:
    wanted = deployment["spec"].get("replicas", 1)
    total = sum((one.get("status") or {}).get("replicas", 0) for one in sets)
    ready = sum((one.get("status") or {}).get("readyReplicas", 0) for one in sets)
    updated = ((current or {}).get("status") or {}).get("replicas", 0)
    before = deployment.get("status") or {}
    counts = {
        "observedGeneration": deployment["metadata"].get("generation", 1),
        "replicas": total,
        "updatedReplicas": updated,
        "readyReplicas": ready,
        "availableReplicas": ready,
        "unavailableReplicas": max(0, sum(one["spec"].get("replicas", 0) for one in sets) - ready),
    }
    status: Object = {**{name: count for name, count in counts.items() if count}, **world.terminating}
    status["conditions"] = list(before.get("conditions") or ())
    now = world.objects.now()
    enough = ready >= wanted
    status["conditions"] = condition(
        status,
        "Available",
        enough,
        "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable",
        f"Deployment {'has' if enough else 'does not have'} minimum availability.",
        now,
        update_time=True,
    )
    done = updated >= wanted and ready >= wanted and total <= updated
    status["conditions"] = condition(
        status, "Progressing", *_progress(deployment, current, done), now, update_time=True
    )
    world.status("Deployment", deployment, status)


def _progress(deployment: Object, current: Object | None, done: bool) -> tuple[str, str, str]:
    """Status, reason and message of its condition Progressing."""
    if deployment["spec"].get("paused") or current is None:
        return "Unknown", "DeploymentPaused", "Deployment is paused"
    name = current["metadata"]["name"]
    if done:
        return "True", "NewReplicaSetAvailable", f'ReplicaSet "{name}" has successfully progressed.'
    return "True", "ReplicaSetUpdated", f'ReplicaSet "{name}" is progressing.'
