"""What converts to what, with cty's messages. Source: cty's conversion rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from language.limits import MAX_DIGITS, TOO_MANY_DIGITS
from language.marks import marked, unmark_all
from language.refinements import bounds, within
from language.types import (
    ANY,
    BOOL,
    NUMBER,
    STRING,
    Collection,
    List,
    Map,
    Object,
    Primitive,
    Set,
    Tuple,
    Type,
    has_any,
)
from language.unification import unify
from language.values import BROKEN, ListValue, MapValue, Sensitive, SetValue, Unknown, is_wholly_known, number, type_of


class ConversionError(Exception):
    """A value is not suitable for a type; the message says where in it and why."""

    def __init__(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        steps = "".join(f"element {step}: " if isinstance(step, int) else f'attribute "{step}": ' for step in path)
        super().__init__(steps + message)
        self.message = message
        self.path = path

    def below(self, step: str | int) -> ConversionError:
        """The same error seen from a collection that holds the value at `step`."""
        return ConversionError(self.message, (step, *self.path))


def convert(value: Any, type_: Type) -> Any:
    """The value as one of `type_`. Marks and unknowns stay. Raises ConversionError."""
    if type_ is ANY or value is None:
        return value
    if isinstance(value, str):
        if type_ is STRING:
            return value
    elif isinstance(value, Unknown):
        return _convert_unknown(value, type_)
    elif isinstance(value, Sensitive):
        return Sensitive(convert(value.value, type_), value.marks)
    if isinstance(type_, Primitive):
        return _to_primitive(value, type_)
    if isinstance(type_, Object):
        return _to_object(value, type_)
    if isinstance(type_, Tuple):
        return _to_tuple(value, type_)
    assert isinstance(type_, Collection)
    return _to_map(value, type_) if isinstance(type_, Map) else _to_sequence(value, type_)


def _convert_unknown(value: Any, type_: Type) -> Any:
    if value is BROKEN:
        return value
    if not convertible(value.type, type_):
        raise ConversionError(f"{type_.friendly()} required")
    if value.type == type_ or (has_any(type_) and value.type is not ANY):
        return value
    return Unknown(type_, value.not_null)


def convertible(source: Type, target: Type) -> bool:
    """Whether some value of `source` may convert to `target`; the value decides the rest."""
    if target is ANY or source is ANY or source == target:
        return True
    if isinstance(target, Primitive):
        return isinstance(source, Primitive) and {source.name, target.name} != {"number", "bool"}
    if isinstance(target, Map):
        if isinstance(source, Object):
            return all(convertible(member, target.element) for member in source.attributes.values())
        return isinstance(source, Map) and convertible(source.element, target.element)
    if isinstance(target, Collection):
        if isinstance(source, Tuple):
            return all(convertible(element, target.element) for element in source.elements)
        return isinstance(source, List | Set) and convertible(source.element, target.element)
    if isinstance(target, Object):
        if isinstance(source, Map):
            return all(convertible(source.element, member) for member in target.attributes.values())
        return isinstance(source, Object) and all(
            name in target.optional or (name in source.attributes and convertible(source.attributes[name], member))
            for name, member in target.attributes.items()
        )
    assert isinstance(target, Tuple)
    if not isinstance(source, Tuple) or len(source.elements) != len(target.elements):
        return False
    return all(convertible(one, other) for one, other in zip(source.elements, target.elements, strict=True))


def _to_primitive(value: Any, type_: Type) -> Any:
    if type_ is STRING:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | Decimal):
            return format_number(value)
    elif type_ is NUMBER:
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return value
        if isinstance(value, str):
            return parse_number(value)
    elif type_ is BOOL:
        if isinstance(value, bool):
            return value
        if isinstance(value, str):
            return _to_bool(value)
    raise ConversionError(f"{type_.friendly()} required")


def format_number(value: int | Decimal) -> str:
    """A number as cty prints it: no exponent, no trailing zeros."""
    if isinstance(value, int):
        return str(value)
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")


def parse_number(text: str) -> int | Decimal:
    """A text as a number. Raises ConversionError."""
    if _NUMBER.fullmatch(text) is None:
        raise ConversionError("a number is required")
    try:
        return int(text) if text.isdigit() and len(text) <= MAX_DIGITS else number(Decimal(text))
    except ArithmeticError:
        raise ConversionError(TOO_MANY_DIGITS) from None


def _to_bool(text: str) -> bool:
    if text in ("true", "1"):
        return True
    if text in ("false", "0"):
        return False
    if text.lower() in ("true", "false"):
        raise ConversionError(f'a bool is required; to convert from string, use lowercase "{text.lower()}"')
    raise ConversionError("a bool is required")


def _to_sequence(value: Any, type_: Collection) -> Any:
    if not isinstance(value, tuple | SetValue):
        raise ConversionError(f"{type_.friendly()} required")
    elements = _elements(enumerate(value), type_)
    element_type = type_.element
    if has_any(element_type):
        element_type = _common(type_of(element) for element in elements) if elements else _element_of(value)
        elements = [convert(element, element_type) for element in elements]
    if isinstance(type_, List):
        # elements of a set that are not known may turn out to be the same, and stand anywhere
        if isinstance(value, SetValue) and not is_wholly_known(value):
            return within(List(element_type), *bounds(value))
        return ListValue(element_type, elements)
    plain, marks = unmark_all(tuple(elements))
    return marked(SetValue(element_type, plain), marks)


def _elements(items: Iterable[tuple[Any, Any]], type_: Collection) -> list[Any]:
    converted = []
    for step, element in items:
        try:
            converted.append(convert(element, type_.element))
        except ConversionError as failure:
            raise failure.below(step) from None
    return converted


def _element_of(empty: Any) -> Type:
    """The type of the elements that an empty collection would have."""
    return getattr(empty, "element_type", ANY)


def _common(types: Iterable[Type]) -> Type:
    found = unify(list(types))
    if found is None:
        raise ConversionError("all elements must have the same type")
    return found


def _to_map(value: Any, type_: Map) -> Any:
    if not isinstance(value, dict):
        raise ConversionError(f"{type_.friendly()} required")
    members = dict(zip(value, _elements(value.items(), type_), strict=True))
    element_type = type_.element
    if has_any(element_type):
        element_type = _common(type_of(member) for member in members.values()) if members else _element_of(value)
        members = {name: convert(member, element_type) for name, member in members.items()}
    return MapValue(element_type, {name: members[name] for name in sorted(members)})


def _to_object(value: Any, type_: Object) -> Any:
    if not isinstance(value, dict):
        raise ConversionError("object required")
    made: dict[str, Any] = {}
    for name, member in type_.attributes.items():
        if name not in value:
            if name not in type_.optional:
                raise ConversionError(f'attribute "{name}" is required')
            made[name] = type_.defaults.get(name)
            continue
        given = value[name]
        if given is None and name in type_.defaults:
            given = type_.defaults[name]
        try:
            made[name] = convert(given, member)
        except ConversionError as failure:
            raise failure.below(name) from None
    return made


def _to_tuple(value: Any, type_: Tuple) -> Any:
    if not isinstance(value, tuple):
        raise ConversionError("tuple required")
    if len(value) != len(type_.elements):
        raise ConversionError(f"tuple of {len(type_.elements)} elements required")
    made = []
    for index, (element, element_type) in enumerate(zip(value, type_.elements, strict=True)):
        try:
            made.append(convert(element, element_type))
        except ConversionError as failure:
            raise failure.below(index) from None
    return tuple(made)
