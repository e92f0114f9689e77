"""Merging, comparing and pruning values by their types: the `typed` half of structured-merge-diff.

Values come in and are never changed; what is the same in the result is shared with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from language.overriding import override
from sandbox.kubernetes import fieldsets
from sandbox.kubernetes.fieldsets import LEAF, FieldSet, element_of_item
from sandbox.kubernetes.schema import ANY, LIST, MAP, UNTYPED, Type


class _Absent:
    @override
    def __repr__(self) -> str:
        return "<absent>"


ABSENT: Any = _Absent()


@dataclass(frozen=True)
class Comparison:
    """Which fields differ between two values."""

    added: FieldSet
    modified: FieldSet
    removed: FieldSet

    @property
    def changed(self) -> FieldSet:
        """What was added or has another value."""
        return fieldsets.union(self.added, self.modified)


def is_associative(type_: Type) -> bool:
    """Whether a list's items are told apart by keys or by value, and not by position."""
    return type_.kind == LIST and (bool(type_.keys) or type_.is_set)


def _is_granular(type_: Type, value: Any) -> bool:
    return type_.kind in (MAP, ANY) and not type_.atomic and isinstance(value, dict)


# Merging


def merge(live: Any, applied: Any, type_: Type) -> Any:
    """What was applied laid over what is live: maps by key, keyed lists and sets by item, the rest replaced."""
    if live is ABSENT or live is applied:
        return applied
    if applied is ABSENT:
        return live
    if _is_granular(type_, applied) and isinstance(live, dict):
        return _merge_maps(live, applied, type_)
    if is_associative(type_) and isinstance(applied, list) and isinstance(live, list):
        return _merge_lists(live, applied, type_)
    if applied is None and isinstance(live, (dict, list)) and live and not type_.atomic:
        return live  # null applied to what has contents is nothing applied
    return applied


def _merge_maps(live: dict[str, Any], applied: dict[str, Any], type_: Type) -> dict[str, Any]:
    result = dict(live)
    for key, value in applied.items():
        there = live.get(key, ABSENT)
        result[key] = value if there is ABSENT else merge(there, value, type_.field(key) or UNTYPED)
    return result


def _merge_lists(live: list[Any], applied: list[Any], type_: Type) -> list[Any]:
    """Shared items take the order in which they were applied; the others stay beside their neighbours."""
    element = type_.element or UNTYPED
    theirs = [element_of_item(item, type_, at) for at, item in enumerate(live)]
    ours = [element_of_item(item, type_, at) for at, item in enumerate(applied)]
    live_items = dict(zip(theirs, live, strict=True))
    applied_items = dict(zip(ours, applied, strict=True))
    shared = [key for key in ours if key in live_items]
    result, merged = [], set()
    left, right, next_shared = 0, 0, 0

    while left < len(theirs) or right < len(ours):
        wanted = shared[next_shared] if next_shared < len(shared) else None
        if left < len(theirs) and right < len(ours):
            key = theirs[left]
            if key == ours[right]:
                merged.add(key)
                result.append(merge(live_items[key], applied_items[key], element))
                left, right, next_shared = left + 1, right + 1, next_shared + 1
                continue
            if key in applied_items and wanted is not None and wanted != key:
                left += 1
                continue
        if left < len(theirs):
            key = theirs[left]
            if key not in applied_items:
                result.append(live[left])
                left += 1
                continue
            if key in merged:
                left += 1
        if right < len(ours):
            key = ours[right]
            merged.add(key)
            result.append(merge(live_items.get(key, ABSENT), applied_items[key], element))
            right += 1
            if wanted == key:
                next_shared += 1
    return result


# Comparing


def compare(old: Any, new: Any, type_: Type) -> Comparison:
    """Which fields `new` adds to `old`, changes in it or takes from it."""
    added: FieldSet = {}
    modified: FieldSet = {}
    removed: FieldSet = {}
    _compare_contents(old, new, type_, added, modified, removed)
    return Comparison(added, modified, removed)


def _compare_contents(old: Any, new: Any, type_: Type, added: FieldSet, modified: FieldSet, removed: FieldSet) -> bool:
    """Compare what is inside two values, both there. False when they are leaves, to be compared as a whole."""
    if _is_granular(type_, new) and isinstance(old, dict):
        if not old and not new:
            return False
        fields, structs = type_.fields, type_.structs
        for key in old.keys() | new.keys():
            below = fields.get(key) or type_.element or UNTYPED
            # such a struct, and what is never omitted, is there even when nothing is in it
            absent = {} if key in structs else type_.always.get(key, ABSENT)
            one, other = old.get(key, absent), new.get(key, absent)
            if one is not other and one != other:
                _compare_children("f:" + key, one, other, below, added, modified, removed)
        return True
    if is_associative(type_) and isinstance(new, list | None) and isinstance(old, list | None):
        old, new = old or [], new or []
        if not old and not new:
            return False
        ones = {element_of_item(item, type_, at): item for at, item in enumerate(old)}
        others = {element_of_item(item, type_, at): item for at, item in enumerate(new)}
        below = type_.element or UNTYPED
        for key in ones.keys() | others.keys():
            one, other = ones.get(key, ABSENT), others.get(key, ABSENT)
            if one is not other and one != other:
                _compare_children(key, one, other, below, added, modified, removed)
        return True
    return False


def _compare_children(
    key: str, old: Any, new: Any, type_: Type, added: FieldSet, modified: FieldSet, removed: FieldSet
) -> None:
    if old is ABSENT:
        added[key] = _whole(new, type_)
    elif new is ABSENT:
        removed[key] = _whole(old, type_)
    else:
        inside: tuple[FieldSet, FieldSet, FieldSet] = ({}, {}, {})
        if not _compare_contents(old, new, type_, *inside):
            modified[key] = LEAF
            return
        for found, into in zip(inside, (added, modified, removed), strict=True):
            if found:
                into[key] = found


def _whole(value: Any, type_: Type) -> FieldSet:
    """A field with all that is in it."""
    children = fieldsets.of_value(value, type_, everything=True)
    return {".": LEAF, **children} if children else LEAF


# Pruning


def without(value: Any, fields: FieldSet, type_: Type) -> Any:
    """The value without these fields and what is below them. What loses everything is None."""
    if _is_granular(type_, value):
        return _map_without(value, fields, type_)
    if is_associative(type_) and isinstance(value, list):
        return _list_without(value, fields, type_)
    return None if isinstance(value, (dict, list)) else value


def _map_without(value: dict[str, Any], fields: FieldSet, type_: Type) -> dict[str, Any] | None:
    result = {}
    for key, item in value.items():
        node = fields.get("f:" + key)
        if node is None:
            result[key] = item
        elif not fieldsets.is_member(node):
            result[key] = without(item, node, type_.field(key) or UNTYPED)
    return result or None


def _list_without(value: list[Any], fields: FieldSet, type_: Type) -> list[Any] | None:
    result = []
    for position, item in enumerate(value):
        node = fields.get(element_of_item(item, type_, position))
        if node is None:
            result.append(item)
        elif not fieldsets.is_member(node):
            result.append(without(item, node, type_.element or UNTYPED))
    return result or None
