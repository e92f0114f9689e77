"""What an unknown value can be: bounds of numbers and lengths, beginnings of texts. Source: cty's refinements."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from language import types as t
from language.types import Type
from language.values import ListValue, MapValue, SetValue, Unknown, is_wholly_known, type_of


def bounds(value: Any) -> tuple[int | Decimal | None, int | Decimal | None]:
    """The least and the most that a number, or the length of a collection, can be; None where nothing is known."""
    if isinstance(value, Unknown):
        return (0 if value.least is None and isinstance(value.type, t.Collection) else value.least), value.most
    if isinstance(value, SetValue) and not is_wholly_known(value):
        return 1, len(value)
    if isinstance(value, ListValue | MapValue | SetValue):
        return len(value), len(value)
    return (value, value) if type_of(value) is t.NUMBER else (None, None)


def within(type_: Type, least: int | Decimal | None, most: int | Decimal | None) -> Any:
    """An unknown that is not null and in these bounds; known, where that leaves just one value."""
    if least is None or least != most:
        return Unknown(type_, True, least, most)
    if type_ is t.NUMBER:
        return least
    if isinstance(type_, t.Map) and not least:
        return MapValue(type_.element)
    if isinstance(type_, t.List):
        return ListValue(type_.element, [Unknown(type_.element)] * int(least))
    if isinstance(type_, t.Set) and least <= 1:
        return SetValue(type_.element, [Unknown(type_.element)] * int(least))
    return Unknown(type_, True, least, most)


def could_be(unknown: Unknown, value: Any) -> bool:
    """Whether an unknown may turn out to be a known value of its type."""
    if isinstance(value, str):
        return value.startswith(unknown.prefix)
    least, most = bounds(unknown)
    lowest, highest = bounds(value)
    if least is not None and highest is not None and highest < least:
        return False
    return most is None or lowest is None or lowest <= most
