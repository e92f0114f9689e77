"""Server-side apply to an object that exists. A value that is somebody else's is never written as it was when the plan
was made: what is ignored, or left to a controller, is not sent while somebody else holds it, and never taken by force.
Force takes the other fields, and only from the object that was looked at just before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from providers.contract import ValuePath, Values
from providers.contract.errors import Conflict
from providers.kubernetes.answers import Refused
from providers.kubernetes.client import KubernetesClient
from providers.kubernetes.discovery import Resource
from providers.kubernetes.fields import without_others
from providers.kubernetes.objects import named_path, without
from providers.kubernetes.ownership import Held, conflicts, located

_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Change:
    """A manifest to apply. `ignored` stays as it is; `left` are fields left to others, by the server's names; `takes`:
    whether a field is taken from the person or the applier that holds it."""

    manifest: Values
    ignored: tuple[ValuePath, ...]
    takes: Callable[[Held], bool]
    left: tuple[str, ...] = ()

    def body(self, live: Values | None) -> Values:
        """What is sent to the object as it is."""
        sent = self.manifest
        if live is not None:
            for path in self.ignored:
                sent = without_others(sent, live, path)
        for field in self.left:
            sent = without(sent, located(field, sent))
        return sent

    def leaves(self, held: Held) -> bool:
        """Whether a field is left to who holds it."""
        return held.holder == "controller" or any(held.path[: len(path)] == path for path in self.ignored)


@dataclass(frozen=True, slots=True)
class Changed:
    """What came of a change: the object, and which fields were left to others, or taken from them."""

    live: Values
    left: tuple[Held, ...]
    taken: tuple[Held, ...] = ()


class Contested(Exception):
    """Fields that others hold and that are not to be taken from them."""

    def __init__(self, held: Sequence[Held]) -> None:
        super().__init__(", ".join(each.field for each in held))
        self.held = held


def ignored_paths(planned: Values) -> tuple[ValuePath, ...]:
    """The paths in `ignore_changes`."""
    return tuple(named_path(text) for text in planned.get("ignore_changes") or ())


def apply_change(
    client: KubernetesClient, resource: Resource, change: Change, live: Values | None, *, dry_run: bool = False
) -> Changed:
    """Apply it. `live` is the object as it is now, None where it is to be read. Raises Refused, Contested, Conflict."""
    metadata = change.manifest["metadata"]
    namespace, name = metadata.get("namespace"), metadata["name"]
    left: tuple[Held, ...] = ()
    if live is None and change.ignored:
        live = client.get(resource, namespace, name)
    for _ in range(_ROUNDS):
        sent = change.body(live)
        try:
            return Changed(client.apply(resource, namespace, name, sent, force=False, dry_run=dry_run)[1], left)
        except Refused as refused:
            found = conflicts(refused, live or {}, sent)
            if not found:
                raise
        if live is not None:
            theirs = tuple(held for held in found if change.leaves(held))
            taken = tuple(held for held in found if held not in theirs)
            contested = [held for held in taken if not change.takes(held)]
            if contested:
                raise Contested(contested)
            left = (*left, *theirs)
            change = replace(change, left=(*change.left, *(held.field for held in theirs)))
            forced = _forced(client, resource, change.body(live), live, dry_run=dry_run) if taken else None
            if forced is not None:
                return Changed(forced, left, taken)
        live = client.get(resource, namespace, name)
    raise Conflict("The object does not hold still", f"{resource.kind} {name} was changed by others each time.")


def _forced(
    client: KubernetesClient, resource: Resource, sent: Values, live: Values, *, dry_run: bool
) -> Values | None:
    """Apply it by force to what was looked at; None where that is not what is there any more."""
    metadata = {**sent["metadata"], "resourceVersion": live["metadata"]["resourceVersion"]}
    sent = {**sent, "metadata": metadata}
    try:
        _, made = client.apply(resource, metadata.get("namespace"), metadata["name"], sent, force=True, dry_run=dry_run)
    except Refused as refused:
        if refused.status != 409:
            raise
        return None
    return made
