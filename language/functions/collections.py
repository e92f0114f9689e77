"""Lists, and what there is to know of collections of any kind."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from language.conversion import ConversionError, convert
from language.functions.contract import FunctionError, Parameter, Table, registrar
from language.functions.unknown_results import element_of, listed_from, same
from language.graphemes import graphemes
from language.marks import marked, unmark, unmark_all
from language.operators import equality
from language.refinements import bounds, within
from language.types import ANY, BOOL, NUMBER, STRING, Collection, List, Object, Set, Tuple
from language.unification import unify
from language.values import ListValue, MapValue, SetValue, Unknown, equal, is_wholly_known, key, number, type_of

FUNCTIONS: Table = {}
function = registrar(FUNCTIONS)
SEQUENCES = (List, Set, Tuple)
LISTS = (List, Tuple)
_ANY_LIST = Parameter("list", ANY, shallow=True, takes=SEQUENCES)
_ORDERED = Parameter("list", ANY, shallow=True, takes=LISTS)
_STRINGS = Parameter("list", List(STRING))


def sequence(value: Any, position: int = 0) -> tuple[Any, ...]:
    """The elements of a list, set or tuple. Raises FunctionError for anything else, of the argument at `position`."""
    if isinstance(value, SetValue):
        return value.elements
    if not isinstance(value, tuple):
        raise FunctionError("a list, set or tuple is required", position)
    return value


def _ordered(value: Any, position: int = 0) -> tuple[Any, ...]:
    """The elements of what has an order."""
    if isinstance(value, SetValue):
        raise FunctionError("a list or tuple is required, and a set has no order", position)
    return sequence(value, position)


def listed(source: Any, elements: Any) -> Any:
    """Elements of a collection as a list of its type, those of a tuple or an object as a tuple."""
    typed = isinstance(source, ListValue | MapValue | SetValue)
    return ListValue(source.element_type, elements) if typed else tuple(elements)


@function("length", Parameter("value", ANY, unknown=True))
def length(value: Any) -> Any:
    """length(value): how many elements, or characters of a text."""
    if isinstance(value, str):
        return len(graphemes(value))
    if isinstance(value, SetValue) or (isinstance(value, Unknown) and isinstance(value.type, Collection)):
        return within(NUMBER, *bounds(value))
    if isinstance(value, tuple | dict):
        return len(value)
    if isinstance(value, Unknown) and isinstance(value.type, Tuple | Object):
        return len(value.type.elements if isinstance(value.type, Tuple) else value.type.attributes)
    if isinstance(value, Unknown) and value.type in (ANY, STRING):
        return Unknown(NUMBER, not_null=True, least=0)
    raise FunctionError("argument must be a string, a collection type, or a structural type", 0)


def _concatenated(*lists: Any) -> Any:
    """What is known of lists put together before all of them are."""
    for position, each in enumerate(lists):
        if not isinstance(each, Unknown):
            _ordered(each, position)
    types = {type_of(each) for each in lists}
    return Unknown(types.pop(), not_null=True) if len(types) == 1 else Unknown()


@function("concat", variadic=Parameter("seqs", ANY, shallow=True, takes=LISTS), result=_concatenated)
def concat(*lists: Any) -> Any:
    """concat(lists...): one after the other."""
    if not lists:
        raise FunctionError("at least one argument is required")
    joined = [element for position, each in enumerate(lists) for element in _ordered(each, position)]
    if all(isinstance(each, ListValue) for each in lists):
        element = unify([each.element_type for each in lists])
        if element is not None:
            return convert(tuple(joined), List(element))
    return tuple(joined)


@function("flatten", _ANY_LIST)
def flatten(value: Any) -> Any:
    """flatten(list): lists in it replaced by their elements, all the way down."""
    flat: list[Any] = []
    marks = 0
    pending = list(reversed(sequence(value)))
    while pending:
        element = pending.pop()
        inner, own = unmark(element)
        if isinstance(inner, Unknown) and (inner.type is ANY or isinstance(inner.type, List | Set | Tuple)):
            return marked(Unknown(), marks | own)
        if isinstance(inner, tuple | SetValue):
            marks |= own
            pending.extend(reversed(tuple(inner)))
        else:
            flat.append(element)
    return marked(tuple(flat), marks)


@function("distinct", Parameter("list", List(ANY)), result=same)
def distinct(value: Any) -> Any:
    """distinct(list): each element once, where it is first."""
    found: dict[Any, Any] = {}
    for element in value:
        found.setdefault(key(element), element)
    return listed(value, found.values())


@function("compact", Parameter("list", List(STRING)), result=List(STRING))
def compact(value: Any) -> Any:
    """compact(list): without empty texts and nulls."""
    return ListValue(STRING, [element for element in value if element])


@function("contains", _ANY_LIST, Parameter("value"), result=BOOL)
def contains(value: Any, wanted: Any) -> Any:
    """contains(list, value): whether it is one of the elements."""
    marks = 0
    results = []
    for element in sequence(value):
        same, own = unmark(equality(element, wanted))
        marks |= own
        results.append(same)
    if any(same is True for same in results):
        return marked(True, marks)
    unknown = any(isinstance(same, Unknown) for same in results)
    return marked(Unknown(BOOL) if unknown else False, marks)


@function("index", Parameter("list", ANY, takes=LISTS), Parameter("value", ANY))
def index(value: Any, wanted: Any) -> int:
    """index(list, value): the position of the first element that is equal."""
    for position, element in enumerate(sequence(value)):
        if equal(element, wanted):
            return position
    raise FunctionError("item not found")


@function("element", _ORDERED, Parameter("index", NUMBER), result=element_of)
def element(value: Any, position: Any) -> Any:
    """element(list, index): the element there, going round and round."""
    elements = _ordered(value)
    if not elements:
        raise FunctionError("cannot use element function with an empty list", 0)
    if not isinstance(position, int):
        raise FunctionError("a whole number is required", 1)
    return elements[position % len(elements)]


def _sliced(value: Any, start: Any, end: Any) -> Any:
    _in_order(start, end)
    return same(value)


def _in_order(start: Any, end: Any) -> None:
    if isinstance(start, int) and isinstance(end, int) and start > end:
        raise FunctionError("start index must not be greater than end index", 1)


@function("slice", _ORDERED, Parameter("start_index", NUMBER), Parameter("end_index", NUMBER), result=_sliced)
def slice_(value: Any, start: Any, end: Any) -> Any:
    """slice(list, start, end): the elements from start up to, not with, end."""
    elements = _ordered(value)
    if not isinstance(start, int) or not 0 <= start <= len(elements):
        raise FunctionError("start index must be greater than or equal to zero, and not beyond the list", 1)
    if not isinstance(end, int) or end > len(elements):
        raise FunctionError("end index must not be greater than the length of the input list", 2)
    _in_order(start, end)
    return listed(value, elements[start:end])


@function("reverse", _ANY_LIST, result=listed_from)
def reverse(value: Any) -> Any:
    """reverse(list): back to front."""
    return listed(value, sequence(value)[::-1])


@function("sort", _STRINGS, result=lambda texts: within(List(STRING), *bounds(texts)))
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
    chunks = [listed(value, value[start : start + size]) for start in range(0, len(value), size)]
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


@function("coalesce", variadic=Parameter("vals", ANY, null=True, shallow=True, unknown=True))
def coalesce(*values_: Any) -> Any:
    """coalesce(values...): the first that is neither null nor an empty text, as the type they have in common."""
    common = unify([type_of(value) for value in values_])
    if common is None:
        raise FunctionError("all arguments must have the same type")
    for value in values_:
        if isinstance(value, Unknown):
            return Unknown(common, not_null=True)
        if value is not None and value != "":
            return convert(value, common)
    raise FunctionError("no non-null, non-empty-string arguments")


@function("coalescelist", variadic=Parameter("vals", ANY, unknown=True, takes=SEQUENCES))
def coalescelist(*values_: Any) -> Any:
    """coalescelist(lists...): the first that is not empty."""
    for position, value in enumerate(values_):
        if not isinstance(value, Unknown):
            sequence(value, position)
    for value in values_:
        if isinstance(value, Unknown):
            return Unknown()
        if len(value):
            return value
    raise FunctionError("no non-null arguments")


@function("one", _ANY_LIST, result=element_of)
def one(value: Any) -> Any:
    """one(list): null for an empty list, its element for one of one."""
    elements = sequence(value)
    if len(elements) > 1 and isinstance(value, SetValue) and not is_wholly_known(value):
        return Unknown(value.element_type)
    if len(elements) > 1:
        raise FunctionError("must be a list, set, or tuple value with either zero or one elements", 0)
    return elements[0] if elements else None


@function("sum", Parameter("list", ANY, takes=SEQUENCES), result=NUMBER)
def sum_(value: Any) -> Any:
    """sum(list): all numbers added up."""
    elements = sequence(value)
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


@function("alltrue", Parameter("list", List(BOOL), shallow=True), result=BOOL)
def alltrue(value: Any) -> Any:
    """alltrue(list): whether every element is true."""
    plain, marks = unmark_all(value)
    decisive = next((element for element in plain if element is not True), True)
    return marked(decisive if isinstance(decisive, Unknown) else decisive is True, marks)


@function("anytrue", Parameter("list", List(BOOL), shallow=True), result=BOOL)
def anytrue(value: Any) -> Any:
    """anytrue(list): whether any element is true."""
    plain, marks = unmark_all(value)
    unknown = next((element for element in plain if isinstance(element, Unknown)), False)
    return marked(any(element is True for element in plain) or unknown, marks)


_MATCHED = [Parameter(name, List(ANY)) for name in ("values", "keys", "searchset")]


@function("matchkeys", *_MATCHED, result=same)
def matchkeys(found: Any, names: Any, wanted: Any) -> Any:
    """matchkeys(values, keys, searchset): the values whose key beside them is in the search set."""
    if len(found) != len(names):
        raise FunctionError("length of keys and values should be equal")
    searched = {key(each) for each in wanted}
    return listed(found, [value for value, name in zip(found, names, strict=True) if key(name) in searched])
