"""Values as the language has them: plain Python, and the few wrappers that plain Python lacks.

    known       str (NFC), bool, int or Decimal, None, tuple (a tuple or list), dict (an object or map)
    ListValue   a tuple that is a list(T); MapValue, a dict that is a map(T): they carry the type of their elements
    SetValue    a set(T), its elements once each and in cty's order
    Unknown     not known yet: its type, whether it cannot be null, and in which bounds it will be
    Sensitive   around a value that must not be shown (or, ephemeral, not be kept either); may stand anywhere inside
                collections

Source: the semantics of go-cty's values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, TypeAlias

from language import types as t
from language.limits import MAX_DIGITS, TOO_MANY_DIGITS
from language.overriding import override
from language.types import ANY, Type

Path: TypeAlias = tuple[str | int, ...]


class ListValue(tuple[Any, ...]):
    """A list(T)."""

    element_type: Type

    def __new__(cls, element_type: Type, elements: Iterable[Any] = ()) -> ListValue:
        """`elements` have to be of `element_type`; nothing is converted."""
        made = super().__new__(cls, elements)
        made.element_type = element_type
        return made

    @override
    def __reduce__(self) -> Any:
        return (ListValue, (self.element_type, tuple(self)))


class MapValue(dict[str, Any]):
    """A map(T)."""

    __slots__ = ("element_type",)

    def __init__(self, element_type: Type, members: Any = ()) -> None:
        super().__init__(members)
        self.element_type = element_type


class SetValue:
    """A set(T): `elements` are distinct and in order (texts by code point, numbers by size).

    Those that are not wholly known come last, each for itself: they may turn out to be the same.
    """

    __slots__ = ("_keys", "element_type", "elements")

    def __init__(self, element_type: Type, elements: Iterable[Any] = ()) -> None:
        self.element_type = element_type
        found = {
            key(element) if is_wholly_known(element) else ("unknown", position): element
            for position, element in enumerate(elements)
        }
        self.elements: tuple[Any, ...] = tuple(sorted(found.values(), key=order_key))
        self._keys = frozenset(found)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.elements)

    def __len__(self) -> int:
        return len(self.elements)

    def __contains__(self, value: object) -> bool:
        return key(value) in self._keys

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, SetValue) and self._keys == other._keys

    @override
    def __hash__(self) -> int:
        return hash(self._keys)

    @override
    def __repr__(self) -> str:
        return f"SetValue({list(self.elements)!r})"


class Unknown:
    """A value that is not known yet.

    What it will be: a number from `least` to `most`; a collection of so many elements; a text that begins with
    `prefix`. Source: cty's refinements of unknown values.
    """

    __slots__ = ("least", "most", "not_null", "prefix", "type")

    def __init__(
        self,
        type_: Type = ANY,
        not_null: bool = False,
        least: int | Decimal | None = None,
        most: int | Decimal | None = None,
        prefix: str = "",
    ) -> None:
        self.type = type_
        self.not_null = not_null
        self.least = least
        self.most = most
        self.prefix = prefix

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown) and self.type == other.type

    @override
    def __hash__(self) -> int:
        return hash((Unknown, self.type))

    @override
    def __repr__(self) -> str:
        return f"Unknown({self.type.friendly()})"


BROKEN = Unknown()
"""What stands for a value that is in error, which was reported: what only follows from it is not."""
SENSITIVE, EPHEMERAL = 1, 2
"""The marks that a value may have: of a secret, and of what is gone when the run ends. Bits, to be joined with `|`."""


class Sensitive:
    """A value that must not be shown. Never nested directly in another.

    `marks` say why: it is SENSITIVE, or EPHEMERAL (and then must not be kept anywhere either), or both.
    """

    __slots__ = ("marks", "value")

    def __init__(self, value: Any, marks: int = SENSITIVE) -> None:
        inner = isinstance(value, Sensitive)
        self.value: Any = value.value if inner else value
        self.marks: int = value.marks | marks if inner else marks

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sensitive) and equal(self.value, other.value)

    @override
    def __hash__(self) -> int:
        return hash((Sensitive, key(self.value)))

    @override
    def __repr__(self) -> str:
        return "Sensitive(...)"


def is_known(value: Any) -> bool:
    """Whether the value itself is known; parts of it may not be."""
    if isinstance(value, Sensitive):
        value = value.value
    return not isinstance(value, Unknown)


def is_wholly_known(value: Any) -> bool:
    """Whether nothing in the value is unknown."""
    return not contains(value, Unknown)


def contains_sensitive(value: Any) -> bool:
    """Whether any part of the value is sensitive."""
    return contains(value, Sensitive)


def contains(value: Any, what: type) -> bool:
    """Whether the value, or anything in it, is of a class."""
    if isinstance(value, what):
        return True
    if isinstance(value, dict):
        parts: Iterable[Any] = value.values()
    elif isinstance(value, tuple | SetValue):
        parts = value
    else:
        return isinstance(value, Sensitive) and contains(value.value, what)
    for part in parts:  # noqa: SIM110 - asked of every value of a plan, and a generator takes twice the time
        if type(part) not in _SCALARS and contains(part, what):
            return True
    return False


_SCALARS = frozenset({str, bool, int, type(None)})


def rebuilt(collection: Any, parts: Any) -> Any:
    """A collection of the kind and the element type of another, with other parts: a dict, or a sequence."""
    if isinstance(collection, MapValue):
        return MapValue(collection.element_type, parts)
    if isinstance(collection, ListValue):
        return ListValue(collection.element_type, parts)
    return parts if isinstance(parts, dict) else tuple(parts)


def transform(value: Any, change: Callable[[Any, Path], Any], at: Path = ()) -> Any:
    """The value with `change(part, path)` applied to every part, inner ones first. Sets are changed as a whole."""
    if isinstance(value, Sensitive):
        return change(Sensitive(transform(value.value, change, at), value.marks), at)
    if isinstance(value, dict):
        members = {name: transform(member, change, (*at, name)) for name, member in value.items()}
        value = rebuilt(value, members)
    elif isinstance(value, tuple):
        elements = [transform(element, change, (*at, index)) for index, element in enumerate(value)]
        value = rebuilt(value, elements)
    return change(value, at)


NOTHING: Any = object()
"""What is at a path that leads nowhere."""


def value_at(value: Any, path: Iterable[str | int]) -> Any:
    """What is at a path, whatever is marked on the way to it."""
    for step in path:
        if isinstance(value, Sensitive):
            value = value.value
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return NOTHING
    return value


def type_of(value: Any) -> Type:
    """The type of a value; ANY for null."""
    if isinstance(value, str):
        return t.STRING
    if isinstance(value, bool):
        return t.BOOL
    if isinstance(value, int | Decimal):
        return t.NUMBER
    if value is None:
        return ANY
    if isinstance(value, ListValue):
        return t.List(value.element_type)
    if isinstance(value, tuple):
        return t.Tuple(tuple(type_of(element) for element in value))
    if isinstance(value, MapValue):
        return t.Map(value.element_type)
    if isinstance(value, dict):
        return t.Object({name: type_of(member) for name, member in value.items()})
    if isinstance(value, SetValue):
        return t.Set(value.element_type)
    if isinstance(value, Sensitive):
        return type_of(value.value)
    if isinstance(value, Unknown):
        return value.type
    raise TypeError(f"not a value of the language: {type(value).__name__}")


def equal(left: Any, right: Any) -> bool:
    """Whether two values are the same: by content, lists as tuples and maps as objects, marks and all.

    An unknown is the same as an unknown of its type only. `1` and `true` differ, `1` and `1.0` do not.
    """
    if left is right:
        return True
    if isinstance(left, bool) or isinstance(right, bool):
        return False
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and len(left) == len(right)
            and all(name in right and equal(member, right[name]) for name, member in left.items())
        )
    if isinstance(left, tuple):
        return (
            isinstance(right, tuple)
            and len(left) == len(right)
            and all(equal(one, other) for one, other in zip(left, right, strict=True))
        )
    return bool(left == right)


def key(value: Any) -> Any:
    """Something hashable that is equal for equal values and differs otherwise."""
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, dict):
        return ("object", frozenset((name, key(member)) for name, member in value.items()))
    if isinstance(value, tuple):
        return ("tuple", tuple(key(element) for element in value))
    return value


def order_key(value: Any) -> tuple[Any, ...]:
    """How elements of a set are ordered: texts by code point, numbers by size, false before true, null last."""
    if isinstance(value, Sensitive):
        return order_key(value.value)
    if value is None:
        return (7,)
    if isinstance(value, bool):
        return (1, value)
    if isinstance(value, int | Decimal):
        return (2, value)
    if isinstance(value, str):
        return (3, value)
    if isinstance(value, tuple | SetValue):
        return (4, tuple(order_key(element) for element in value))
    if isinstance(value, dict):
        return (5, tuple((name, order_key(value[name])) for name in sorted(value)))
    return (6, repr(value))


_MAX_BITS = int(MAX_DIGITS * math.log2(10))


def number(value: int | Decimal) -> int | Decimal:
    """The number in its canonical form: an int where it is whole. Raises OverflowError past the limit of digits."""
    if isinstance(value, int):
        if value.bit_length() > _MAX_BITS:
            raise OverflowError(TOO_MANY_DIGITS)
        return value
    if value and not -MAX_DIGITS <= value.adjusted() < MAX_DIGITS:
        raise OverflowError(TOO_MANY_DIGITS)
    return int(value) if value == value.to_integral_value() else value
