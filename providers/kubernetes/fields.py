"""Which fields of an object somebody else holds, by the field sets of its managedFields (FieldsV1): "f:" a member, "k:"
an element by its keys, "v:" by its value, "i:" by its position, "." the thing itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from language.values import NOTHING, value_at
from providers.contract import ValuePath, Values
from providers.kubernetes.client import is_ours
from providers.kubernetes.objects import get, put, values, without


def without_others(sent: Values, live: Values, path: ValuePath) -> Values:
    """What is sent, with what is at `path` now, less what others hold of it. What is neither written there nor held by
    us is not sent either."""
    current = value_at(live, path)
    if value_at(sent, path) is NOTHING and not any(
        _at(each, live, path) is not None for each in _sets(live, ours=True)
    ):
        return sent
    for fields in _sets(live, ours=False):
        held = _at(fields, live, path)
        current = current if held is None else _less(current, held)
    made: Values = without(sent, path) if current is NOTHING else put(sent, path, current)
    return made


def _sets(live: Values, *, ours: bool) -> Iterator[Values]:
    """The sets of fields that we hold, or that others do."""
    for entry in (live.get("metadata") or {}).get("managedFields") or ():
        if is_ours(entry) == ours and entry.get("fieldsV1"):
            yield entry["fieldsV1"]


def _at(fields: Values, value: Any, path: ValuePath) -> Values | None:
    """The set below a path: empty where all of it is held, None where nothing is."""
    for step in path:
        if not _members(fields):
            return {}
        found = next((inner for name, inner in fields.items() if name != "." and _step(name, value) == step), None)
        if found is None:
            return None
        fields, value = found, get(value, (step,))
    return fields


def _less(value: Any, fields: Values) -> Any:
    """What is left of a value without a set of its fields; NOTHING where nothing is, or only an element's keys."""
    held = {_step(name, value): (name, inner) for name, inner in _members(fields).items()}
    if not held:
        return NOTHING
    if isinstance(value, dict):
        members = {name: _less(member, held[name][1]) if name in held else member for name, member in value.items()}
        return {name: member for name, member in members.items() if member is not NOTHING} or NOTHING
    if isinstance(value, tuple):
        elements = [_element(item, *held[index]) if index in held else item for index, item in enumerate(value)]
        return tuple([element for element in elements if element is not NOTHING]) or NOTHING
    return value


def _element(element: Any, name: str, fields: Values) -> Any:
    left, keys = _less(element, fields), _keys(name)
    if not isinstance(left, dict) or left.keys() <= keys.keys():
        return NOTHING
    return {**keys, **left}


def _members(fields: Values) -> Values:
    return {name: inner for name, inner in fields.items() if name != "."}


def _keys(name: str) -> Values:
    keys = values(orjson.loads(name[2:])) if name.startswith("k:") else {}
    return keys if isinstance(keys, dict) else {}


def _step(name: str, value: Any) -> str | int | None:
    """Where a member of a set is in a value; None where it is not there."""
    if name.startswith("f:"):
        return name[2:]
    if name.startswith("i:"):
        return int(name[2:])
    elements = value if isinstance(value, tuple) else ()
    if name.startswith("v:"):
        wanted = values(orjson.loads(name[2:]))
        return next((index for index, element in enumerate(elements) if element == wanted), None)
    keys = _keys(name)
    matching = (index for index, each in enumerate(elements) if isinstance(each, dict) and keys.items() <= each.items())
    return next(matching, None)
