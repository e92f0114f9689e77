"""Values and types as the console shows them: Terraform's own way, which is its language wherever it can be."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import repeat
from typing import Any

from language.conversion import format_number
from language.types import ANY, Collection, Object, Tuple, Type
from language.values import SENSITIVE, ListValue, MapValue, Sensitive, SetValue, Unknown
from planner.render.notation import PASSING, SECRET, UNKNOWN

_STEP = 2
_TYPE_STEP = 4
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\a": "\\a", "\b": "\\b", "\f": "\\f", "\r": "\\r", "\t": "\\t", "\v": "\\v"}


def format_value(value: Any, indent: int = 0, type_: Type = ANY) -> str:
    """A value, its further lines at an indentation. `type_` is what the collection around it tells of its type."""
    if isinstance(value, Sensitive):
        return SECRET if value.marks & SENSITIVE else PASSING
    if isinstance(value, Unknown):
        return UNKNOWN
    if value is None:
        return _null(type_)
    if isinstance(value, str):
        return _text(value, indent)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | Decimal):
        return format_number(value)
    return _mapping(value, indent, type_) if isinstance(value, dict) else _sequence(value, indent, type_)


def _null(type_: Type) -> str:
    if isinstance(type_, Collection):
        return f"to{type(type_).__name__.lower()}(null) /* of {type_.element.friendly()} */"
    if isinstance(type_, Object | Tuple):
        return f"null /* {type_.friendly()} */"
    return "null" if type_ is ANY else f"to{type_.friendly()}(null)"


def _text(text: str, indent: int) -> str:
    if "\n" in text:
        pad = " " * indent
        lines = "".join(f"{pad}{line}\n" for line in text.split("\n"))
        return f"<<{'-' if indent else ''}EOT\n{lines}{pad}EOT"
    return '"' + "".join(_ESCAPES.get(character) or _escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    """As Go quotes: what cannot be printed by its number."""
    if character.isprintable():
        return character
    number = ord(character)
    if number < 0x80:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _sequence(elements: Any, indent: int, type_: Type) -> str:
    pad = " " * (indent + _STEP)
    if isinstance(elements, ListValue | SetValue):
        types: Iterable[Type] = repeat(elements.element_type)
    else:
        types = type_.elements if isinstance(type_, Tuple) else repeat(ANY)
    typed = zip(elements, types, strict=False)
    lines = "".join(f"{pad}{format_value(element, indent + _STEP, each)},\n" for element, each in typed)
    body = f"[\n{lines}{' ' * indent}]" if lines else "[]"
    if isinstance(elements, ListValue | SetValue):
        return f"{'tolist' if isinstance(elements, ListValue) else 'toset'}({body})"
    return body


def _mapping(members: dict[str, Any], indent: int, type_: Type) -> str:
    pad = " " * (indent + _STEP)
    types = type_.attributes if isinstance(type_, Object) else {}
    element = members.element_type if isinstance(members, MapValue) else ANY
    lines = "".join(
        f"{pad}{_text(name, 0)} = {format_value(members[name], indent + _STEP, types.get(name, element))}\n"
        for name in sorted(members)
    )
    body = f"{{\n{lines}{' ' * indent}}}" if lines else "{}"
    return f"tomap({body})" if isinstance(members, MapValue) else body


def format_type(type_: Type, indent: int = 0) -> str:
    """A type, its further lines at an indentation."""
    pad, end = " " * (indent + _TYPE_STEP), " " * indent
    if isinstance(type_, Collection):
        return f"{type(type_).__name__.lower()}({format_type(type_.element, indent)})"
    if isinstance(type_, Object):
        inner = (f"{pad}{name}: {format_type(each, indent + _TYPE_STEP)},\n" for name, each in type_.attributes.items())
        lines = "".join(inner)
        return f"object({{\n{lines}{end}}})" if lines else "object({})"
    if isinstance(type_, Tuple):
        lines = "".join(f"{pad}{format_type(each, indent + _TYPE_STEP)},\n" for each in type_.elements)
        return f"tuple([\n{lines}{end}])" if lines else "tuple([])"
    return str(type_.encode())
