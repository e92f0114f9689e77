"""Lists, sets, maps: asking them, cutting them, putting them together."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

from language.functions.contract import FunctionError, Parameter, Table, registrar
from language.graphemes import graphemes
from language.operators import equality, marked
from language.types import (
    ANY,
    BOOL,
    NUMBER,
    STRING,
    ConversionError,
    List,
    Map,
    Object,
    Set,
    Tuple,
    Type,
    convert,
    unify,
)
from language.values import ListValue, MapValue, Sensitive, SetValue, Unknown, equal, key, number, type_of, unmark

FUNCTIONS: Table = {}
function = registrar(FUNCTIONS)
_ANY_LIST = Parameter("list", ANY, shallow=True)
_STRINGS = Parameter("list", List(STRING))


def _sequence(value: Any, position: int = 0) -> tuple[Any, ...]:
    if isinstance(value, SetValue):
        return value.elements
    if not isinstance(value, tuple):
        raise FunctionError("a list, set or tuple is required", position)
    return value


def _listed(value: Any, position: int = 0) -> tuple[Any, ...]:
    """The elements of what has an order."""
    if isinstance(value, SetValue):
        raise FunctionError("a list or tuple is required, and a set has no order", position)
    return _sequence(value, position)


def _like(source: Any, elements: Any) -> Any:
    """The elements in a list, where `source` is a list or a set, or else in a tuple."""
    return ListValue(source.element_type, elements) if isinstance(source, ListValue | SetValue) else tuple(elements)


def _mapping(value: Any, position: int = 0) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise FunctionError("a map or object is required", position)
    return value


@function("length", Parameter("value"), raw=True)
def length(value: Any) -> Any:
    """length(value): how many elements, or characters of a text."""
    value, secret = unmark(value)
    found = _length_of(value.type) if isinstance(value, Unknown) else _length(value)
    return Sensitive(found) if secret else found


def _length_of(type_: Type) -> Any:
    """How many elements something unknown has, where its type tells."""
    if isinstance(type_, Tuple):
        return len(type_.elements)
    return len(type_.attributes) if isinstance(type_, Object) else Unknown(NUMBER)


def _length(value: Any) -> int:
    if value is None:
        raise FunctionError("argument must not be null", 0)
    if isinstance(value, str):
        return len(graphemes(value))
    if isinstance(value, tuple | dict | SetValue):
        return len(value)
    raise FunctionError("argument must be a string, a collection type, or a structural type", 0)


@function("keys", Parameter("inputMap", ANY, shallow=True))
def keys(value: Any) -> Any:
    """keys(map): its keys, sorted."""
    found = sorted(_mapping(value))
    return ListValue(STRING, found) if isinstance(value, MapValue) else tuple(found)


@function("values", Parameter("mapping", ANY, shallow=True))
def values(value: Any) -> Any:
    """values(map): its values, by the order of the keys."""
    mapping = _mapping(value)
    found = [mapping[name] for name in sorted(mapping)]
    return ListValue(value.element_type, found) if isinstance(value, MapValue) else tuple(found)


@function(
    "lookup",
    Parameter("inputMap", ANY, shallow=True),
    Parameter("key", STRING),
    variadic=Parameter("default", ANY, null=True, shallow=True),
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


@function("merge", variadic=Parameter("maps", ANY, null=True, shallow=True))
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


@function("zipmap", Parameter("keys", List(STRING)), Parameter("values", ANY, shallow=True))
def zipmap(names: Any, elements: Any) -> Any:
    """zipmap(keys, values): a map of the keys to the values beside them."""
    found = _sequence(elements, 1)
    if len(names) != len(found):
        raise FunctionError(f"number of keys ({len(names)}) does not match number of values ({len(found)})")
    members = dict(zip(names, found, strict=True))
    return MapValue(elements.element_type, members) if isinstance(elements, ListValue) else members


@function("concat", variadic=Parameter("seqs", ANY, shallow=True))
def concat(*lists: Any) -> Any:
    """concat(lists...): one after the other."""
    if not lists:
        raise FunctionError("at least one argument is required")
    joined = [element for position, each in enumerate(lists) for element in _listed(each, position)]
    if all(isinstance(each, ListValue) for each in lists):
        element = unify([each.element_type for each in lists])
        if element is not None:
            return convert(tuple(joined), List(element))
    return tuple(joined)


@function("flatten", _ANY_LIST)
def flatten(value: Any) -> Any:
    """flatten(list): lists in it replaced by their elements, all the way down."""
    flat: list[Any] = []
    secret = False
    pending = list(reversed(_sequence(value)))
    while pending:
        element = pending.pop()
        inner, mark = unmark(element)
        if isinstance(inner, Unknown):
            return marked(Unknown(), secret or mark)
        if isinstance(inner, tuple | SetValue):
            secret = secret or mark
            pending.extend(reversed(tuple(inner)))
        else:
            flat.append(element)
    return marked(tuple(flat), secret)


@function("distinct", Parameter("list", List(ANY)))
def distinct(value: Any) -> Any:
    """distinct(list): each element once, where it is first."""
    found: dict[Any, Any] = {}
    for element in value:
        found.setdefault(key(element), element)
    return _like(value, found.values())


@function("compact", Parameter("list", List(STRING)), result=List(STRING))
def compact(value: Any) -> Any:
    """compact(list): without empty texts and nulls."""
    return ListValue(STRING, [element for element in value if element])


@function("contains", _ANY_LIST, Parameter("value"))
def contains(value: Any, wanted: Any) -> Any:
    """contains(list, value): whether it is one of the elements."""
    results = [unmark(equality(element, wanted)) for element in _sequence(value)]
    secret = any(mark for _, mark in results)
    if any(same is True for same, _ in results):
        return marked(True, secret)
    unknown = any(isinstance(same, Unknown) for same, _ in results)
    return marked(Unknown(BOOL) if unknown else False, secret)


@function("index", Parameter("list", ANY), Parameter("value", ANY))
def index(value: Any, wanted: Any) -> int:
    """index(list, value): the position of the first element that is equal."""
    for position, element in enumerate(_sequence(value)):
        if equal(element, wanted):
            return position
    raise FunctionError("item not found")


@function("element", _ANY_LIST, Parameter("index", NUMBER))
def element(value: Any, position: Any) -> Any:
    """element(list, index): the element there, going round and round."""
    elements = _listed(value)
    if not elements:
        raise FunctionError("cannot use element function with an empty list", 0)
    if not isinstance(position, int):
        raise FunctionError("a whole number is required", 1)
    return elements[position % len(elements)]


@function("slice", _ANY_LIST, Parameter("start_index", NUMBER), Parameter("end_index", NUMBER))
def slice_(value: Any, start: Any, end: Any) -> Any:
    """slice(list, start, end): the elements from start up to, not with, end."""
    elements = _listed(value)
    if not isinstance(start, int) or not 0 <= start <= len(elements):
        raise FunctionError("start index must be greater than or equal to zero, and not beyond the list", 1)
    if not isinstance(end, int) or end > len(elements):
        raise FunctionError("end index must not be greater than the length of the input list", 2)
    if start > end:
        raise FunctionError("start index must not be greater than end index", 1)
    return _like(value, elements[start:end])


@function("reverse", _ANY_LIST)
def reverse(value: Any) -> Any:
    """reverse(list): back to front."""
    return _like(value, _sequence(value)[::-1])


@function("sort", _STRINGS, result=List(STRING))
def sort(value: Any) -> Any:
    """sort(list): texts by code point."""
    if any(element is None for element in value):
        raise FunctionError("given list element is null", 0)
    return ListValue(STRING, sorted(value))


@function("chunklist", Parameter("list", List(ANY)), Parameter("size", NUMBER))
def chunklist(value: Any, size: Any) -> Any:
    """chunklist(list, size): lists of at most that size."""
    if not isinstance(size, int) or size < 0:
        raise FunctionError("the size argument must be positive", 1)
    if not value:
        return ListValue(List(value.element_type))
    size = size or len(value)
    chunks = [_like(value, value[start : start + size]) for start in range(0, len(value), size)]
    return ListValue(List(value.element_type), chunks)


@function("range", Parameter("from", NUMBER), variadic=Parameter("params", NUMBER), result=List(NUMBER))
def range_(*numbers: Any) -> Any:
    """range(end), range(start, end), range(start, end, step): numbers; 1,024 at most."""
    if len(numbers) > 3:
        raise FunctionError("must have one, two, or three arguments")
    start, end = (0, numbers[0]) if len(numbers) == 1 else numbers[:2]
    step = numbers[2] if len(numbers) == 3 else (1 if start <= end else -1)
    if not step:
        raise FunctionError("step must not be zero", 2)
    if (end - start) * step < 0:
        raise FunctionError("the step leads away from the end", 2)
    found: list[Any] = []
    while (start < end) if step > 0 else (start > end):
        if len(found) >= 1024:
            raise FunctionError(
                "more than 1024 values; decrease the difference between start and end, or use a larger step"
            )
        found.append(number(start))
        start += step
    return ListValue(NUMBER, found)


@function("coalesce", variadic=Parameter("vals", ANY, null=True, shallow=True))
def coalesce(*values_: Any) -> Any:
    """coalesce(values...): the first that is neither null nor an empty text, as the type they have in common."""
    common = unify([type_of(value) for value in values_])
    if common is None:
        raise FunctionError("all arguments must have the same type")
    for value in values_:
        if value is not None and value != "":
            return convert(value, common)
    raise FunctionError("no non-null, non-empty-string arguments")


@function("coalescelist", variadic=Parameter("vals", ANY, shallow=True))
def coalescelist(*values_: Any) -> Any:
    """coalescelist(lists...): the first that is not empty."""
    for value in values_:
        if len(_sequence(value)):
            return value
    raise FunctionError("no non-null arguments")


@function("one", Parameter("list", ANY, shallow=True))
def one(value: Any) -> Any:
    """one(list): null for an empty list, its element for one of one."""
    elements = _sequence(value)
    if len(elements) > 1:
        raise FunctionError("must be a list, set, or tuple value with either zero or one elements", 0)
    return elements[0] if elements else None


@function("sum", Parameter("list", ANY), result=NUMBER)
def sum_(value: Any) -> Any:
    """sum(list): all numbers added up."""
    elements = _sequence(value)
    if not elements:
        raise FunctionError("cannot sum an empty list", 0)
    try:
        numbers = [convert(each, NUMBER) for each in elements]
    except ConversionError:
        raise FunctionError("argument must be list, set, or tuple of number values", 0) from None
    if any(each is None for each in numbers):
        raise FunctionError("argument must be list, set, or tuple of number values", 0)
    total: Any = sum(each for each in numbers if isinstance(each, int))
    return (
        number(sum((each for each in numbers if isinstance(each, Decimal)), Decimal(total)))
        if any(isinstance(each, Decimal) for each in numbers)
        else total
    )


@function("alltrue", Parameter("list", List(BOOL)), result=BOOL)
def alltrue(value: Any) -> bool:
    """alltrue(list): whether every element is true."""
    return all(element is True for element in value)


@function("anytrue", Parameter("list", List(BOOL)), result=BOOL)
def anytrue(value: Any) -> bool:
    """anytrue(list): whether any element is true."""
    return any(element is True for element in value)


@function("matchkeys", Parameter("values", List(ANY)), Parameter("keys", List(ANY)), Parameter("searchset", List(ANY)))
def matchkeys(found: Any, names: Any, wanted: Any) -> Any:
    """matchkeys(values, keys, searchset): the values whose key beside them is in the search set."""
    if len(found) != len(names):
        raise FunctionError("length of keys and values should be equal")
    searched = {key(each) for each in wanted}
    return _like(found, [value for value, name in zip(found, names, strict=True) if key(name) in searched])


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


@function("setproduct", variadic=Parameter("sets", ANY))
def setproduct(*sets: Any) -> Any:
    """setproduct(sets...): every combination of an element of each."""
    if len(sets) < 2:
        raise FunctionError("at least two arguments are required")
    groups = [_sequence(each, position) for position, each in enumerate(sets)]
    combinations = 1
    for group in groups:
        combinations *= len(group)
    if combinations > 1_000_000:
        raise FunctionError("more than 1000000 combinations")
    found = tuple(product(*groups))
    if not found:
        element = Tuple(tuple(_element_type(each) for each in sets))
        return SetValue(element, []) if any(isinstance(each, SetValue) for each in sets) else ListValue(element, [])
    if any(isinstance(each, SetValue) for each in sets):
        return convert(found, Set(ANY))
    return convert(found, List(ANY))


def _element_type(value: Any) -> Type:
    if isinstance(value, SetValue | ListValue):
        return value.element_type
    return unify([type_of(each) for each in value]) or ANY if value else ANY


def _sets(name: str, combine: Any, gives: str) -> None:
    def implementation(first: Any, *others: Any) -> Any:
        given_types = (each.element_type for each in (first, *others) if len(each) or each.element_type is not ANY)
        types = list(given_types)
        element_type = unify(types) if types else first.element_type
        if element_type is None:
            raise FunctionError("all sets must have elements of the same type")
        sets = [SetValue(element_type, [convert(each, element_type) for each in given]) for given in (first, *others)]
        result = sets[0]
        for other in sets[1:]:
            result = SetValue(element_type, combine(result, other))
        return result

    set_parameter = Parameter("sets", Set(ANY))
    function(name, set_parameter, variadic=set_parameter, about=f"{name}(sets...): {gives}.")(implementation)


_sets("setunion", lambda one_, other: (*one_, *other), "what is in any of the sets")
_sets("setintersection", lambda one_, other: [each for each in one_ if each in other], "what is in all of the sets")
_NOT_IN = "what is in the first set and in no other one"
_sets("setsubtract", lambda one_, other: [each for each in one_ if each not in other], _NOT_IN)
