"""Who owns which field: what every write does to `metadata.managedFields`, and what server-side apply makes of it.

The rules are those of structured-merge-diff's `merge.Updater` and of apimachinery's chain of field managers around it.
`apply` serves PATCH with an apply patch, `update` every other write.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import orjson

from sandbox.kubernetes import errors, fieldsets, merging
from sandbox.kubernetes.fieldsets import EMPTY, LEAF, FieldSet
from sandbox.kubernetes.schema import Type

Object = dict[str, Any]

APPLY, UPDATE = "Apply", "Update"
_BEFORE_FIRST_APPLY = "before-first-apply"
_ANCIENT_CHANGES = "ancient-changes"
_MAXIMUM_UPDATERS = 10
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_NEVER_OWNED: FieldSet = {
    "f:apiVersion": LEAF,
    "f:kind": LEAF,
    "f:metadata": {
        ".": LEAF,
        **{
            f"f:{name}": LEAF
            for name in (
                "name",
                "namespace",
                "creationTimestamp",
                "selfLink",
                "uid",
                "clusterName",
                "generation",
                "managedFields",
                "resourceVersion",
            )
        },
    },
}


@dataclass(frozen=True)
class Manager:
    """Whose fields they are. An applier is the same whatever version it applies; an updater is one a version."""

    name: str
    operation: str
    api_version: str
    subresource: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What two entries of one manager have in common."""
        return (self.name, self.operation, "" if self.operation == APPLY else self.api_version, self.subresource)


@dataclass(frozen=True)
class Owned:
    """What a manager owns, and since when (RFC 3339); without a time where it never changed the object."""

    manager: Manager
    fields: FieldSet
    time: str = ""


Managed = dict[tuple[str, str, str, str], Owned]


def decode(entries: Iterable[dict[str, Any]] | None) -> Managed:
    """What `metadata.managedFields` says. Raises ValueError for entries that are not valid."""
    managed: Managed = {}
    for entry in entries or ():
        operation = entry.get("operation")
        if operation not in (APPLY, UPDATE) or not entry.get("apiVersion") or entry.get("fieldsType") != "FieldsV1":
            raise ValueError("not an entry of managedFields")
        manager = Manager(entry.get("manager", ""), operation, entry["apiVersion"], entry.get("subresource", ""))
        managed[manager.key] = Owned(manager, entry.get("fieldsV1") or EMPTY, entry.get("time", ""))
    return managed


def encode(managed: Managed) -> list[dict[str, Any]]:
    """The entries, in the order in which the real server keeps them."""
    entries = []
    for owned in sorted(managed.values(), key=lambda one: (one.manager.operation, one.time, one.manager.key)):
        manager = owned.manager
        entry: dict[str, Any] = {
            "manager": manager.name,
            "operation": manager.operation,
            "apiVersion": manager.api_version,
            **({"time": owned.time} if owned.time else {}),
            "fieldsType": "FieldsV1",
            "fieldsV1": owned.fields,
        }
        if manager.subresource:
            entry["subresource"] = manager.subresource
        entries.append(entry)
    return entries


def decode_or_empty(entries: Any) -> Managed:
    """The same; nobody when the entries can't be understood."""
    try:
        return decode(entries)
    except (ValueError, AttributeError, TypeError):
        return {}


def of(obj: Object) -> Managed:
    """The managers of a stored object."""
    return decode_or_empty(obj.get("metadata", {}).get("managedFields"))


def without_managed_fields(obj: Object) -> Object:
    """The object, or a copy that lacks them."""
    metadata = obj.get("metadata")
    if not metadata or "managedFields" not in metadata:
        return obj
    return {**obj, "metadata": {key: value for key, value in metadata.items() if key != "managedFields"}}


def same_but_for_times(one: Managed, other: Managed) -> bool:
    """Whether two records of ownership differ in nothing but when."""
    return one.keys() == other.keys() and all(
        owned.fields == other[key].fields and owned.manager == other[key].manager for key, owned in one.items()
    )


def update(
    live: Object, new: Object, type_: Type, managed: Managed, manager: Manager, now: str, reset: FieldSet
) -> Managed:
    """Who owns what after `new` took the place of `live` (`{}` for a creation) by a write other than an apply.

    `reset` are fields that this endpoint does not write, such as `status` through the main resource. Where `now` is
    empty the time of the manager stays as it is.
    """
    comparison = _sparing(merging.compare(without_managed_fields(live), without_managed_fields(new), type_), reset)
    result = _taken_from(managed, comparison, except_key=None)
    mine = fieldsets.difference(fieldsets.union(comparison.added, comparison.modified), _NEVER_OWNED)
    if mine:
        before = managed.get(manager.key)
        left = result.get(manager.key)
        fields = fieldsets.union(mine, left.fields) if left else mine
        if before is None or before.fields != fields:
            result[manager.key] = Owned(manager, fields, now or (before.time if before else ""))
        else:
            result[manager.key] = replace(before, time=now or before.time)
    return _capped(result)


def apply(
    live: Object,
    applied: Object,
    type_: Type,
    managed: Managed,
    manager: Manager,
    now: str,
    force: bool,
    reset: FieldSet,
) -> tuple[Object, Managed]:
    """The object after `applied` was applied over `live` (`{}` for a creation), and who owns what then.

    Raises `StatusError` 409 with a cause for each field of another manager's that it would change, unless `force`.
    """
    live = without_managed_fields(live)
    if not managed and live.get("metadata", {}).get("uid"):
        before = Manager(_BEFORE_FIRST_APPLY, UPDATE, manager.api_version)
        managed = update({}, live, type_, {}, before, now, reset)
    merged = merging.merge(live, applied, type_)
    last = managed.get(manager.key)
    fields = fieldsets.without_below(fieldsets.of_value(applied, type_), reset)
    mine = Owned(manager, fields, last.time if last else "")
    result = {**managed, manager.key: mine}
    if last is not None and last.fields:
        merged = _pruned(merged, last.fields, result, type_)
    comparison = _sparing(merging.compare(live, merged, type_), reset)
    if not force:
        _refuse_conflicts(live, type_, result, comparison, manager)
    result = _taken_from(result, comparison, except_key=manager.key)
    mine_left = fieldsets.difference(fields, _NEVER_OWNED)
    if mine_left:
        result[manager.key] = Owned(manager, mine_left, mine.time if merged == live else now)
    else:
        result.pop(manager.key, None)
    return merged, result


def _sparing(comparison: merging.Comparison, reset: FieldSet) -> merging.Comparison:
    if not reset:
        return comparison
    spared = (
        fieldsets.without_below(one, reset) for one in (comparison.added, comparison.modified, comparison.removed)
    )
    return merging.Comparison(*spared)


def _taken_from(managed: Managed, comparison: merging.Comparison, except_key: Any) -> Managed:
    """Ownership without what was changed or removed; who is left without fields goes."""
    deleted = fieldsets.union(comparison.changed, comparison.removed)
    if not deleted:
        return dict(managed)
    result: Managed = {}
    for key, owned in managed.items():
        if key == except_key:
            result[key] = owned
            continue
        fields = fieldsets.difference(owned.fields, deleted)
        if fields:
            result[key] = owned if fields == owned.fields else replace(owned, fields=fields)
    return result


def _capped(managed: Managed) -> Managed:
    """At most so many updaters: the oldest become one."""
    updaters = sorted(
        (owned for owned in managed.values() if owned.manager.operation == UPDATE), key=lambda owned: owned.time
    )
    excess = len(updaters) - _MAXIMUM_UPDATERS
    if excess <= 0:
        return managed
    result = dict(managed)
    for owned in updaters[: excess + 1]:
        del result[owned.manager.key]
        ancient = replace(owned.manager, name=_ANCIENT_CHANGES)
        before = result.get(ancient.key)
        fields = fieldsets.union(before.fields, owned.fields) if before else owned.fields
        result[ancient.key] = Owned(ancient, fields, owned.time)
    return result


def _pruned(merged: Object, last: FieldSet, managed: Managed, type_: Type) -> Object:
    """The merged object without what this manager applied last time, does not apply now, and nobody else owns."""
    last_named = fieldsets.with_named_fields(last, type_)
    pruned = merging.without(merged, last_named, type_)
    owned: FieldSet = EMPTY
    for one in managed.values():
        owned = fieldsets.union(owned, one.fields)
    everything = fieldsets.with_named_fields(fieldsets.of_value(merged, type_), type_)
    left = fieldsets.with_named_fields(fieldsets.of_value(pruned, type_), type_)
    kept = fieldsets.union(left, fieldsets.with_named_fields(owned, type_))
    pruned = merging.without(merged, fieldsets.difference(everything, kept), type_)
    left = fieldsets.with_named_fields(fieldsets.of_value(pruned, type_), type_)
    lost = fieldsets.intersection(fieldsets.difference(everything, left), last_named)
    return merging.without(merged, lost, type_) or {}


def _refuse_conflicts(
    live: Object, type_: Type, managed: Managed, comparison: merging.Comparison, manager: Manager
) -> None:
    changed = comparison.changed
    conflicts: list[tuple[Owned, str]] = []
    if changed:
        for key, owned in managed.items():
            if key != manager.key:
                conflicts += ((owned, path) for path in fieldsets.paths(fieldsets.intersection(owned.fields, changed)))
    if conflicts and manager.name == "kubectl":
        conflicts = _beyond_last_applied(live, type_, conflicts)
    if conflicts:
        raise _conflict(conflicts)


def _beyond_last_applied(live: Object, type_: Type, conflicts: list[tuple[Owned, str]]) -> list[tuple[Owned, str]]:
    """kubectl may take over what `kubectl apply` wrote before it applied on the server's side."""
    last = live.get("metadata", {}).get("annotations", {}).get(_LAST_APPLIED)
    if not last:
        return conflicts
    try:
        applied = orjson.loads(last)
    except ValueError:
        return conflicts
    comparison = merging.compare(applied, live, type_)
    fields = fieldsets.of_value(applied, type_)
    for differing in (comparison.modified, comparison.added, comparison.removed):
        fields = fieldsets.difference(fields, differing)
    allowed = set(fieldsets.paths(fields))
    return [(owned, path) for owned, path in conflicts if path not in allowed]


def _conflicting_manager(owned: Owned) -> str:
    manager = owned.manager
    text = f'"{manager.name}"'
    if manager.subresource:
        text += f' with subresource "{manager.subresource}"'
    if manager.operation == UPDATE:
        text += f" using {manager.api_version}"
    return text


def _conflict(conflicts: list[tuple[Owned, str]]) -> errors.StatusError:
    causes = [
        errors.Cause("FieldManagerConflict", f"conflict with {_conflicting_manager(owned)}", path)
        for owned, path in conflicts
    ]
    if len(conflicts) == 1:
        owned, path = conflicts[0]
        message = f"Apply failed with 1 conflict: conflict with {_conflicting_manager(owned)}: {path}"
        return errors.apply_conflict(message, causes)
    lines: dict[str, list[str]] = {}
    for owned, path in conflicts:
        lines.setdefault(_conflicting_manager(owned), []).append(f"- {path}")
    listed = "\n".join("\n".join([f"conflicts with {who}:", *paths]) for who, paths in sorted(lines.items()))
    return errors.apply_conflict(f"Apply failed with {len(conflicts)} conflicts: {listed}", causes)
