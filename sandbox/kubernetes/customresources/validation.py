"""Reading and checking custom resources: pruning, defaulting, and what their OpenAPI schemas ask for.

The words are those of the real server's validator (kube-openapi's `validate`) and of its structural schemas.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any

from sandbox.kubernetes import decoding, errors
from sandbox.kubernetes.errors import FieldProblem
from sandbox.kubernetes.fieldsets import element_of_item
from sandbox.kubernetes.schema import LIST, MAP, SCALAR, Type

Object = dict[str, Any]


def decode(body: Object, type_: Type) -> tuple[Object, list[str]]:
    """A new object without the fields its schema does not know, complete with its defaults; and their paths."""
    unknown: list[str] = []
    metadata = body.get("metadata")
    decoder = decoding.Decoder()
    meta_type = type_.fields["metadata"]
    if metadata is not None and not isinstance(metadata, dict):
        raise errors.bad_request("metadata: Invalid value: must be an object")
    try:
        decoded = decoder.decode(metadata or {}, meta_type)
    except decoding.DecodingError as reason:
        raise errors.bad_request(f"error decoding metadata: {reason}") from reason
    unknown += [f"metadata.{path}" for path in decoder.unknown]
    obj = _pruned({key: value for key, value in body.items() if key != "metadata"}, type_, "", unknown)
    obj["metadata"] = decoded
    return obj, unknown


def _pruned(value: Any, type_: Type, path: str, unknown: list[str]) -> Any:
    if type_.kind == MAP and isinstance(value, dict):
        return _pruned_map(value, type_, path, unknown)
    if type_.kind == LIST and isinstance(value, list) and type_.element is not None:
        element = type_.element
        return [_pruned(item, element, f"{path}[{at}]", unknown) for at, item in enumerate(value)]
    return copy.deepcopy(value) if isinstance(value, (dict, list)) else value


def _pruned_map(value: Object, type_: Type, path: str, unknown: list[str]) -> Object:
    prefix = f"{path}." if path else ""
    result = {}
    for key, item in value.items():
        below = type_.fields.get(key) or type_.element
        if below is None:
            if type_.preserve:
                result[key] = item
            else:
                unknown.append(prefix + key)
        elif item is None and not below.nullable and below.default is not None:
            continue  # null where it may not be is as if it were not said, if there is a default
        else:
            result[key] = _pruned(item, below, prefix + key, unknown)
    for key, below in type_.fields.items():
        if key not in result and below.default is not None:
            result[key] = _pruned(copy.deepcopy(below.default), below, prefix + key, unknown)
    return result


def problems(obj: Object, type_: Type, live: Object | None) -> list[FieldProblem]:
    """What is wrong with an object by its schema. What was already so in `live` is let be."""
    found: list[FieldProblem] = []
    body = {key: value for key, value in obj.items() if key not in ("metadata", "apiVersion", "kind")}
    _check(body, type_.rules or {}, "", found, is_root=True)
    _check_lists(body, type_, "", found)
    if live is not None and found:
        before = {str(problem) for problem in problems(live, type_, None)}
        found = [problem for problem in found if str(problem) not in before]
    return found


def _check(value: Any, schema: Object, path: str, found: list[FieldProblem], is_root: bool = False) -> None:
    if value is None and schema.get("nullable"):
        return
    kind = "int-or-string" if schema.get("x-kubernetes-int-or-string") else schema.get("type")
    if kind and not _IS_OF[kind](value):
        found.append(_wrong_type(value, kind, path))
        return
    for keyword, rule in _KEYWORDS.items():
        if keyword in schema:
            rule(value, schema[keyword], path, found)
    if isinstance(value, dict):
        _check_map(value, schema, path, found, is_root)
    elif isinstance(value, list):
        items = schema.get("items")
        for at, item in enumerate(value):
            if isinstance(items, dict):
                _check(item, items, f"{path}[{at}]", found)


def _check_map(value: Object, schema: Object, path: str, found: list[FieldProblem], is_root: bool) -> None:
    prefix = f"{path}." if path else ""
    for name in schema.get("required", ()):
        if name not in value and not (is_root and name in ("metadata", "apiVersion", "kind")):
            found.append(errors.required(prefix + name))
    fields = schema.get("properties", {})
    inner = schema.get("additionalProperties")
    for key, item in value.items():
        below = fields.get(key)
        if below is None and isinstance(inner, dict):
            below = inner
        if below is not None and not (is_root and key == "metadata"):
            _check(item, below, prefix + key, found)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _integer(value: Any) -> bool:
    return _number(value) and float(value).is_integer()


_IS_OF: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _integer,
    "number": _number,
    "int-or-string": lambda value: isinstance(value, str) or _integer(value),
    "null": lambda value: value is None,
}


def _kind_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    return {float: "number", str: "string", list: "array", dict: "object"}[type(value)]


def _wrong_type(value: Any, kind: str, path: str) -> FieldProblem:
    had = _kind_of(value)
    kind = "integer,string" if kind == "int-or-string" else kind
    message = f'Invalid value: "{had}": {path} in body must be of type {kind}: "{had}"'
    return FieldProblem("FieldValueTypeInvalid", path, message)


def _rule(test: Callable[[Any, Any], bool], said: str) -> Callable[[Any, Any, str, list[FieldProblem]], None]:
    def rule(value: Any, limit: Any, path: str, found: list[FieldProblem]) -> None:
        if not test(value, limit):
            found.append(errors.invalid_value(path, value, f"{path} in body {said.format(limit)}"))

    return rule


def _enum(value: Any, allowed: list[Any], path: str, found: list[FieldProblem]) -> None:
    if value not in allowed:
        shown = ", ".join(errors.quoted(one) for one in allowed)
        message = f"Unsupported value: {errors.quoted(value)}: supported values: {shown}"
        found.append(FieldProblem("FieldValueNotSupported", path, message))


def _max_length(value: Any, limit: int, path: str, found: list[FieldProblem]) -> None:
    if isinstance(value, str) and len(value) > limit:
        found.append(FieldProblem("FieldValueTooLong", path, f"Too long: may not be more than {limit} bytes"))


def _max_items(value: Any, limit: int, path: str, found: list[FieldProblem]) -> None:
    if isinstance(value, list) and len(value) > limit:
        message = f"Too many: {len(value)}: must have at most {limit} items"
        found.append(FieldProblem("FieldValueTooMany", path, message))


@functools.lru_cache(512)
def _compiled_pattern(pattern: str) -> Any:
    import re2

    try:
        return re2.compile(pattern)
    except re2.error:
        return None


def _pattern(value: Any, pattern: str, path: str, found: list[FieldProblem]) -> None:
    compiled = _compiled_pattern(pattern)
    if isinstance(value, str) and compiled is not None and not compiled.search(value):
        found.append(errors.invalid_value(path, value, f"{path} in body should match '{pattern}'"))


def _satisfied(value: Any, schemas: list[Object]) -> int:
    satisfied = 0
    for schema in schemas:
        inner: list[FieldProblem] = []
        _check(value, schema, "", inner)
        satisfied += not inner
    return satisfied


def _combined(word: str, said: str, fits: Callable[[int, int], bool]) -> Callable[..., None]:
    def rule(value: Any, schemas: list[Object], path: str, found: list[FieldProblem]) -> None:
        number = _satisfied(value, schemas)
        if not fits(number, len(schemas)):
            shown = f'"{path}"' if path else '""'
            found.append(
                FieldProblem(
                    "FieldValueInvalid",
                    path or "<nil>",
                    f"Invalid value: {errors.quoted(value)}: {shown} must validate {said} ({word})",
                )
            )

    return rule


def _not(value: Any, schema: Object, path: str, found: list[FieldProblem]) -> None:
    if _satisfied(value, [schema]):
        message = f'Invalid value: {errors.quoted(value)}: "{path}" must not validate the schema (not)'
        found.append(FieldProblem("FieldValueInvalid", path or "<nil>", message))


_KEYWORDS: dict[str, Callable[[Any, Any, str, list[FieldProblem]], None]] = {
    "enum": _enum,
    "minimum": _rule(
        lambda value, limit: not _number(value) or value >= limit, "should be greater than or equal to {}"
    ),
    "maximum": _rule(lambda value, limit: not _number(value) or value <= limit, "should be less than or equal to {}"),
    "minLength": _rule(
        lambda value, limit: not isinstance(value, str) or len(value) >= limit, "should be at least {} chars long"
    ),
    "maxLength": _max_length,
    "pattern": _pattern,
    "minItems": _rule(
        lambda value, limit: not isinstance(value, list) or len(value) >= limit, "should have at least {} items"
    ),
    "maxItems": _max_items,
    "minProperties": _rule(
        lambda value, limit: not isinstance(value, dict) or len(value) >= limit, "should have at least {} properties"
    ),
    "maxProperties": _rule(
        lambda value, limit: not isinstance(value, dict) or len(value) <= limit, "should have at most {} properties"
    ),
    "multipleOf": _rule(lambda value, of: not _number(value) or value % of == 0, "should be a multiple of {}"),
    "allOf": _combined("allOf", "all the schemas", lambda number, total: number == total),
    "anyOf": _combined("anyOf", "at least one schema", lambda number, total: number > 0),
    "oneOf": _combined("oneOf", "one and only one schema", lambda number, total: number == 1),
    "not": _not,
}


def _check_lists(value: Any, type_: Type, path: str, found: list[FieldProblem]) -> None:
    """Items of sets and keyed lists are there once."""
    if type_.kind == SCALAR:
        return
    if type_.kind == MAP and isinstance(value, dict):
        for key, item in value.items():
            below = type_.fields.get(key) or type_.element
            if below is not None and key != "metadata":
                _check_lists(item, below, f"{path}.{key}" if path else key, found)
    elif type_.kind == LIST and isinstance(value, list) and type_.element is not None:
        seen = set()
        for at, item in enumerate(value):
            element = element_of_item(item, type_, at)
            if element in seen:
                shown = {key: item.get(key) for key in type_.keys} if type_.keys else item
                found.append(errors.duplicate(f"{path}[{at}]", shown))
            seen.add(element)
            _check_lists(item, type_.element, f"{path}[{at}]", found)
