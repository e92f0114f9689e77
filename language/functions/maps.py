"""Maps and objects: keys, lookup, merge, transpose, values, zipmap."""

from __future__ import annotations

from typing import Any

from language.conversion import ConversionError, convert
from language.functions.collections import LISTS, listed, sequence
from language.functions.contract import FunctionError, Parameter, Table, registrar
from language.functions.unknown_results import element_of, listed_from, names_of, zipped
from language.types import ANY, STRING, List, Map, Object
from language.values import ListValue, MapValue

FUNCTIONS: Table = {}
function = registrar(FUNCTIONS)
MAPPINGS = (Map, Object)


def _mapping(value: Any, position: int = 0) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise FunctionError("a map or object is required", position)
    return value


@function("keys", Parameter("inputMap", ANY, shallow=True, takes=MAPPINGS), result=names_of)
def keys(value: Any) -> Any:
    """keys(map): its keys, sorted."""
    found = sorted(_mapping(value))
    return ListValue(STRING, found) if isinstance(value, MapValue) else tuple(found)


@function("values", Parameter("mapping", ANY, shallow=True, takes=MAPPINGS), result=listed_from)
def values(value: Any) -> Any:
    """values(map): its values, by the order of the keys."""
    mapping = _mapping(value)
    return listed(value, [mapping[name] for name in sorted(mapping)])


@function(
    "lookup",
    Parameter("inputMap", ANY, shallow=True, takes=MAPPINGS),
    Parameter("key", STRING),
    variadic=Parameter("default", ANY, null=True, shallow=True),
    result=element_of,
)
def lookup(value: Any, name: str, *default: Any) -> Any:
    """lookup(map, key, default): the value of the key, or the default."""
    if len(default) > 1:
        raise FunctionError("takes two or three arguments")
    mapping = _mapping(value)
    if name in mapping:
        return mapping[name]
    if not default:
        raise FunctionError(f'the given object has no attribute "{name}"')
    if isinstance(value, MapValue):
        try:
            return convert(default[0], value.element_type)
        except ConversionError as failure:
            raise FunctionError(f"the default value has to be of the map's type: {failure}", 2) from None
    return default[0]


@function("merge", variadic=Parameter("maps", ANY, null=True, shallow=True, takes=MAPPINGS))
def merge(*maps: Any) -> Any:
    """merge(maps...): all members; a later one wins."""
    merged: dict[str, Any] = {}
    for position, each in enumerate(maps):
        if each is not None:
            merged |= _mapping(each, position)
    ordered = {name: merged[name] for name in sorted(merged)}
    given = [each for each in maps if each is not None]
    if given and all(isinstance(each, MapValue) and each.element_type == given[0].element_type for each in given):
        return MapValue(given[0].element_type, ordered)
    return ordered


@function("zipmap", Parameter("keys", List(STRING)), Parameter("values", ANY, shallow=True, takes=LISTS), result=zipped)
def zipmap(names: Any, elements: Any) -> Any:
    """zipmap(keys, values): a map of the keys to the values beside them."""
    found = sequence(elements, 1)
    if len(names) != len(found):
        raise FunctionError(f"number of keys ({len(names)}) does not match number of values ({len(found)})")
    members = dict(zip(names, found, strict=True))
    return MapValue(elements.element_type, members) if isinstance(elements, ListValue) else members


@function("transpose", Parameter("values", Map(List(STRING))), result=Map(List(STRING)))
def transpose(value: Any) -> Any:
    """transpose(map): a map of lists of texts, turned over."""
    turned: dict[str, list[str]] = {}
    for name in sorted(value):
        if value[name] is None or None in value[name]:
            raise FunctionError("neither a list nor an element of it may be null")
        for each in value[name]:
            turned.setdefault(each, []).append(name)
    return MapValue(List(STRING), {each: ListValue(STRING, sorted(turned[each])) for each in sorted(turned)})
