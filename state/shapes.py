"""Frozen dataclasses as JSON objects and back, checked. What has its default is left out, for the sake of size."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, cast

from state.codec import Malformed

Types = Mapping[str, tuple[type, ...]]


def to_object(piece: Any) -> dict[str, Any]:
    """The fields of a dataclass that differ from their defaults."""
    value: Any
    return {
        name: value
        for name, default in _defaults(cast(Hashable, type(piece)))
        if (value := getattr(piece, name)) is not default and (default is MISSING or value != default)
    }


def checked(value: Any, kind: type, types: Types, what: str) -> dict[str, Any]:
    """The value if it is an object of the fields of `kind`, of these types. Raises Malformed."""
    if not isinstance(value, dict):
        raise Malformed(f"a {what} is no object")
    for name, default in _defaults(kind):
        if default is MISSING and name not in value:
            raise Malformed(f"a {what} has no {name}")
    for name, item in value.items():
        if name not in types:
            raise Malformed(f"a {what} has the unknown field {name!r}")
        if not isinstance(item, types[name]):
            raise Malformed(f"a {what} has a {name} of the wrong type")
    return value


@cache
def _defaults(kind: Hashable) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (field.name, field.default if field.default_factory is MISSING else field.default_factory())
        for field in fields(cast(Any, kind))
    )
