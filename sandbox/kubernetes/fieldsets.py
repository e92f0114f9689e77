"""Sets of field paths, kept as the very documents that `managedFields` shows (`fieldsV1`).

A set is a dict from path element (`f:spec`, `k:{"name":"web"}`, `v:"x"`) to the set below it. An element belongs to
the set when its node is empty or has a `.`; a node of children alone is only a way to them. The operations are those
of structured-merge-diff's `fieldpath.Set`. Sets are never changed once made, so they are shared freely.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from sandbox.kubernetes.schema import LIST, SCALAR, UNTYPED, Type

FieldSet = dict[str, Any]

LEAF: FieldSet = {}
EMPTY: FieldSet = {}
_HERE = "."


def element_of_item(item: Any, type_: Type, position: int) -> str:
    """The path element of a list's item: by its keys, by its value in a set, else by its position."""
    if type_.keys:
        if isinstance(item, dict):
            keys = {}
            for key in type_.keys:
                value = item.get(key, type_.key_defaults.get(key))
                if value is not None:
                    keys[key] = value
            return "k:" + orjson.dumps(keys).decode()
        return f"i:{position}"
    if type_.is_set:
        return "v:" + orjson.dumps(item).decode()
    return f"i:{position}"


def is_member(node: FieldSet) -> bool:
    """Whether the path that ends here is itself in the set."""
    return not node or _HERE in node


def _made(member: bool, children: FieldSet) -> FieldSet | None:
    """A node of these; None when nothing is left of it."""
    if not children:
        return LEAF if member else None
    return {_HERE: LEAF, **children} if member else children


def _children(node: FieldSet) -> Iterator[tuple[str, FieldSet]]:
    return ((key, child) for key, child in node.items() if key != _HERE)


def union(one: FieldSet, other: FieldSet) -> FieldSet:
    """What belongs to either."""
    if not one or not other or one is other:
        return one or other
    result = dict(one)
    for key, node in other.items():
        mine = result.get(key)
        if mine is None:
            result[key] = node
        elif key != _HERE and mine is not node:
            result[key] = _union_of_nodes(mine, node)
    return result


def _union_of_nodes(one: FieldSet, other: FieldSet) -> FieldSet:
    if not one:
        return other if is_member(other) else {_HERE: LEAF, **other}
    if not other:
        return one if is_member(one) else {_HERE: LEAF, **one}
    return union(one, other)


def difference(one: FieldSet, other: FieldSet) -> FieldSet:
    """What belongs to the one and not to the other; what lies below an element of the other stays."""
    if not one or not other:
        return one
    result = {}
    for key, node in _children(one):
        theirs = other.get(key)
        if theirs is None:
            result[key] = node
            continue
        left = _made(is_member(node) and not is_member(theirs), difference(dict(_children(node)), theirs))
        if left is not None:
            result[key] = left
    return result


def without_below(one: FieldSet, other: FieldSet) -> FieldSet:
    """The one without the elements of the other and all that lies below them."""
    result = {}
    for key, node in _children(one):
        theirs = other.get(key)
        if theirs is None:
            result[key] = node
        elif not is_member(theirs):
            left = _made(is_member(node), without_below(node, theirs))
            if left is not None:
                result[key] = left
    return result


def intersection(one: FieldSet, other: FieldSet) -> FieldSet:
    """What belongs to both."""
    result = {}
    for key, node in _children(one):
        theirs = other.get(key)
        if theirs is not None:
            common = _made(is_member(node) and is_member(theirs), intersection(node, theirs))
            if common is not None:
                result[key] = common
    return result


def with_named_fields(fields: FieldSet, type_: Type | None) -> FieldSet:
    """The set with every struct field on the way to an element as an element too."""
    result = {}
    for key, node in fields.items():
        if not node:
            result[key] = node
            continue
        below = None
        named = False
        if type_ is not None and key.startswith("f:"):
            below = type_.field(key[2:])
            named = key[2:] in type_.fields
        elif type_ is not None:
            below = type_.element
        inner = with_named_fields(node, below)
        result[key] = {_HERE: LEAF, **inner} if named and _HERE not in inner else inner
    return result


def of_value(value: Any, type_: Type, everything: bool = False) -> FieldSet:
    """The fields that a value sets: leaves, list items, keys of maps, whatever is owned as a whole.

    With `everything`, the structs, maps and lists on the way as well: what a value adds where there was none.
    """
    if type_.kind != LIST and isinstance(value, dict):
        return EMPTY if type_.atomic else _of_map(value, type_, everything)
    if type_.kind == LIST and isinstance(value, list) and (type_.keys or type_.is_set):
        return _of_list(value, type_, everything)
    return EMPTY


def _of_map(value: dict[str, Any], type_: Type, everything: bool) -> FieldSet:
    result: FieldSet = {}
    fields = type_.fields
    for key, item in value.items():
        below = fields.get(key)
        named = below is not None
        if below is None:
            below = type_.element or UNTYPED
        if below.kind == SCALAR or not isinstance(item, (dict, list)):
            result["f:" + key] = LEAF
            continue
        children = of_value(item, below, everything)
        if not children:
            if _is_leaf(item, below) or everything or not named:
                result["f:" + key] = LEAF
        else:
            result["f:" + key] = {_HERE: LEAF, **children} if everything or not named else children
    return result


def _is_leaf(item: Any, type_: Type) -> bool:
    """Whether a value without elements below it is owned itself. An empty list of items is not, an empty map is."""
    if isinstance(item, dict):
        return True
    return not (type_.keys or type_.is_set)


def _of_list(value: list[Any], type_: Type, everything: bool) -> FieldSet:
    result: FieldSet = {}
    element = type_.element
    for position, item in enumerate(value):
        children = of_value(item, element, everything) if element is not None else EMPTY
        result[element_of_item(item, type_, position)] = {_HERE: LEAF, **children} if children else LEAF
    return result


def paths(fields: FieldSet, prefix: str = "") -> Iterator[str]:
    """Every element as a path in words: `.spec.template.spec.containers[name="web"].image`, leaves of a level first."""
    ordered = sorted(_children(fields), key=lambda item: ("fkvi".find(item[0][0]), item[0]))
    for key, node in ordered:
        if is_member(node):
            yield prefix + element_path(key)
    for key, node in ordered:
        if node:
            yield from paths(node, prefix + element_path(key))


def element_path(element: str) -> str:
    """One path element in words."""
    how, _, rest = element.partition(":")
    if how == "f":
        return "." + rest
    if how == "k":
        keys = orjson.loads(rest)
        return "[" + ",".join(f"{key}={orjson.dumps(keys[key]).decode()}" for key in sorted(keys)) + "]"
    return f"[={rest}]" if how == "v" else f"[{rest}]"


def has_path(fields: FieldSet, path: tuple[str, ...]) -> bool:
    """Whether this very element belongs to the set."""
    node = fields
    for element in path:
        found = node.get(element)
        if found is None:
            return False
        node = found
    return is_member(node)
