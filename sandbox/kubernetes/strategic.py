"""Strategic merge patch: a merge patch that knows which lists are merged by a key, and takes directives.

What `kubectl apply`, `edit`, `scale`, `label` and `set image` send to built-in kinds. The rules are those of
`apimachinery/pkg/util/strategicpatch`: `$patch: replace|delete|merge`, `$retainKeys`, `$deleteFromPrimitiveList/x` and
`$setElementOrder/x`.
"""

from __future__ import annotations

from typing import Any

from sandbox.kubernetes import errors
from sandbox.kubernetes.schema import LIST, UNTYPED, Type

_PATCH = "$patch"
_RETAIN = "$retainKeys"
_DELETE_FROM = "$deleteFromPrimitiveList/"
_ORDER = "$setElementOrder/"


def merge(document: dict[str, Any], patch: dict[str, Any], type_: Type) -> dict[str, Any]:
    """The document with the patch applied; neither is changed. Raises StatusError 400 for bad directives."""
    directive = patch.get(_PATCH)
    if directive == "replace":
        return {key: value for key, value in patch.items() if key != _PATCH}
    if directive == "delete":
        return {}
    if directive not in (None, "merge"):
        raise errors.bad_request(f"Unknown patch type found: {directive}")
    result = dict(document)
    retained = patch.get(_RETAIN)
    if isinstance(retained, list):
        result = {key: value for key, value in result.items() if key in retained}
    orders = {}
    for key, value in patch.items():
        if key in (_PATCH, _RETAIN):
            continue
        if key.startswith(_ORDER):
            orders[key[len(_ORDER) :]] = value
        elif key.startswith(_DELETE_FROM):
            _delete_from(result, key[len(_DELETE_FROM) :], value)
        elif value is None:
            result.pop(key, None)
        else:
            result[key] = _merged(result.get(key), value, type_.field(key) or UNTYPED)
    for key, order in orders.items():
        if isinstance(result.get(key), list):
            result[key] = _ordered(result[key], document.get(key) or [], order, type_.field(key) or UNTYPED)
    return result


def _delete_from(result: dict[str, Any], key: str, values: Any) -> None:
    if isinstance(result.get(key), list) and isinstance(values, list):
        result[key] = [item for item in result[key] if item not in values]


def _merged(live: Any, patch: Any, type_: Type) -> Any:
    if isinstance(patch, dict):
        return merge(live if isinstance(live, dict) else {}, patch, type_)
    if isinstance(patch, list) and type_.kind == LIST and "merge" in type_.patch_strategy:
        return _merged_list(live if isinstance(live, list) else [], patch, type_)
    if isinstance(patch, list):
        return [
            item for item in patch if not (isinstance(item, dict) and item.get(_PATCH) == "replace" and len(item) == 1)
        ]
    return patch


def _merged_list(live: list[Any], patch: list[Any], type_: Type) -> list[Any]:
    element = type_.element or UNTYPED
    key = type_.patch_key
    if not key:
        return live + [item for item in patch if item not in live]
    if any(isinstance(item, dict) and item.get(_PATCH) == "replace" for item in patch):
        return [item for item in patch if not (isinstance(item, dict) and item.get(_PATCH) == "replace")]
    result = list(live)
    for item in patch:
        if not isinstance(item, dict) or key not in item:
            raise errors.bad_request(f"map: {item} does not contain declared merge key: {key}")
        at = next((index for index, one in enumerate(result) if one.get(key) == item[key]), None)
        if item.get(_PATCH) == "delete":
            result = [one for one in result if one.get(key) != item[key]]
        elif at is None:
            result.append(merge({}, item, element))
        else:
            result[at] = merge(result[at], item, element)
    return result


def _ordered(items: list[Any], before: list[Any], order: Any, type_: Type) -> list[Any]:
    """The items in the order that is asked for; those it does not name stay after what they stood behind."""
    if not isinstance(order, list):
        return items
    key = type_.patch_key

    def name(item: Any) -> Any:
        return item.get(key) if key and isinstance(item, dict) else item

    wanted = [name(item) for item in order]
    named = sorted((item for item in items if name(item) in wanted), key=lambda item: wanted.index(name(item)))
    others = [item for item in items if name(item) not in wanted]
    places = {name(item): index for index, item in enumerate(before)}
    result: list[Any] = []
    while named or others:
        take_other = others and (not named or places.get(name(others[0]), len(before)) < places.get(name(named[0]), -1))
        result.append(others.pop(0) if take_other else named.pop(0))
    return result
