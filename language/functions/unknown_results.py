"""What is known of the results of functions over collections while their arguments are not."""

from __future__ import annotations

from typing import Any

from language.types import STRING, Collection, List, Map, Object
from language.values import Unknown, type_of


def names_of(value: Any) -> Any:
    """The names of a map; of an object they are known by its type."""
    if isinstance(value, Unknown) and isinstance(value.type, Object):
        return tuple(sorted(value.type.attributes))
    return Unknown(List(STRING), not_null=True) if isinstance(type_of(value), Map) else Unknown()


def same(value: Any, *others: Any) -> Any:
    """Of the type of the first argument."""
    type_ = type_of(value)
    return Unknown(type_, not_null=True) if isinstance(type_, Collection) else Unknown()


def listed_from(value: Any) -> Any:
    """A list of the elements of a collection."""
    type_ = type_of(value)
    return Unknown(List(type_.element), not_null=True) if isinstance(type_, Collection) else Unknown()


def element_of(value: Any, *others: Any) -> Any:
    """An element of a collection."""
    type_ = type_of(value)
    return Unknown(type_.element) if isinstance(type_, Collection) else Unknown()


def zipped(names: Any, elements: Any) -> Any:
    """A map of the elements of a list."""
    type_ = type_of(elements)
    return Unknown(Map(type_.element), not_null=True) if isinstance(type_, List) else Unknown()
