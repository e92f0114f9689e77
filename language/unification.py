"""The type that several types have in common. Source: cty's unification rules."""

from __future__ import annotations

from collections.abc import Sequence

from language.types import ANY, STRING, Collection, List, Map, Object, Primitive, Set, Tuple, Type


def unify(types: Sequence[Type]) -> Type | None:
    """The one type that values of all `types` convert to, or None."""
    distinct = list(dict.fromkeys(type_ for type_ in types if type_ is not ANY))
    if not distinct:
        return ANY
    if len(distinct) == 1:
        return distinct[0]
    if all(isinstance(type_, Primitive) for type_ in distinct):
        return STRING if STRING in distinct else None
    if all(isinstance(type_, Object) for type_ in distinct):
        return _unify_objects([type_ for type_ in distinct if isinstance(type_, Object)])
    if all(isinstance(type_, Object | Map) for type_ in distinct):
        return _unify_collection(distinct, Map)
    if all(isinstance(type_, Tuple) for type_ in distinct):
        return _unify_tuples([type_ for type_ in distinct if isinstance(type_, Tuple)])
    if all(isinstance(type_, Tuple | List) for type_ in distinct):
        return _unify_collection(distinct, List)
    if all(isinstance(type_, Tuple | List | Set) for type_ in distinct):
        return _unify_collection(distinct, List if any(isinstance(type_, List) for type_ in distinct) else Set)
    return None


def _unify_objects(types: list[Object]) -> Type | None:
    names = set(types[0].attributes)
    if all(set(type_.attributes) == names for type_ in types):
        members = {name: unify([type_.attributes[name] for type_ in types]) for name in types[0].attributes}
        if all(member is not None for member in members.values()):
            return Object({name: member for name, member in members.items() if member is not None})
        return None
    return _unify_collection(types, Map)


def _unify_tuples(types: list[Tuple]) -> Type | None:
    length = len(types[0].elements)
    if all(len(type_.elements) == length for type_ in types):
        elements = [unify([type_.elements[index] for type_ in types]) for index in range(length)]
        if all(element is not None for element in elements):
            return Tuple(tuple(element for element in elements if element is not None))
    return _unify_collection(types, List)


def _unify_collection(types: Sequence[Type], wrap: type[Collection]) -> Type | None:
    inner: list[Type] = []
    for type_ in types:
        if isinstance(type_, Object):
            inner.extend(type_.attributes.values())
        elif isinstance(type_, Tuple):
            inner.extend(type_.elements)
        elif isinstance(type_, Collection):
            inner.append(type_.element)
    element = unify(inner)
    return None if element is None else wrap(element)
