"""Structural schemas of CRDs compiled to the types that everything else walks."""

from __future__ import annotations

from typing import Any

from sandbox.kubernetes.schema import LIST, MAP, OBJECT_META, UNTYPED, Type, scalar, schemas

Schema = dict[str, Any]

_SCALARS = frozenset({"string", "integer", "number", "boolean"})


def compile_root(schema: Schema, name: str, minor: str) -> Type:
    """The type of a custom resource. `name` stands in for a definition's name in messages."""
    made = _compiled(schema, minor)
    if made is UNTYPED or made.kind != MAP:
        made = Type(MAP)
        made.preserve = True
    made.name = name
    made.rules = schema
    _add_object_fields(made, minor)
    return made


def _add_object_fields(made: Type, minor: str) -> None:
    made.fields = {
        **made.fields,
        "apiVersion": scalar("string"),
        "kind": scalar("string"),
        "metadata": schemas(minor).type(OBJECT_META),
    }


def _compiled(schema: Schema, minor: str) -> Type:
    made = _of_kind(schema, minor)
    if made is not UNTYPED:
        made.nullable = bool(schema.get("nullable"))
        made.default = schema.get("default")
        made.rules = schema
    return made


def _of_kind(schema: Schema, minor: str) -> Type:
    kind = schema.get("type")
    if schema.get("x-kubernetes-int-or-string"):
        return scalar("int-or-string")
    if kind == "array":
        return _list(schema, minor)
    if kind == "object" or "properties" in schema or "additionalProperties" in schema:
        return _map(schema, minor)
    return scalar(str(kind)) if kind in _SCALARS else UNTYPED


def _map(schema: Schema, minor: str) -> Type:
    made = Type(MAP)
    made.fields = {name: _compiled(below, minor) for name, below in schema.get("properties", {}).items()}
    made.required = tuple(schema.get("required", ()))
    made.atomic = schema.get("x-kubernetes-map-type") == "atomic"
    made.preserve = bool(schema.get("x-kubernetes-preserve-unknown-fields"))
    inner = schema.get("additionalProperties")
    if isinstance(inner, dict):
        made.element = _compiled(inner, minor)
    elif inner or made.preserve:
        made.element = UNTYPED
    if schema.get("x-kubernetes-embedded-resource"):
        made.embedded = True
        _add_object_fields(made, minor)
    return made


def _list(schema: Schema, minor: str) -> Type:
    made = Type(LIST)
    made.element = _compiled(schema.get("items") or {}, minor)
    how = schema.get("x-kubernetes-list-type")
    made.is_set = how == "set"
    if how == "map":
        made.keys = tuple(sorted(schema.get("x-kubernetes-list-map-keys") or ()))
        below = (schema.get("items") or {}).get("properties", {})
        made.key_defaults = {key: below[key]["default"] for key in made.keys if "default" in below.get(key, {})}
    return made
