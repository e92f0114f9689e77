"""A variable's type constraint, as it is written, to a type. Source: the HCL type constraint extension."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from language.conversion import ConversionError, convert
from language.diagnostics import Diagnostics
from language.expressions import Expression
from language.scope import Scope
from language.types import ANY, BOOL, NUMBER, STRING, Collection, List, Map, Object, Set, Tuple, Type

_KEYWORDS: dict[str, Type] = {"string": STRING, "number": NUMBER, "bool": BOOL, "any": ANY}
_WRAPPERS: dict[str, type[Collection]] = {"list": List, "set": Set, "map": Map}
_BARE: dict[str, Type] = {"list": List(ANY), "set": Set(ANY), "map": Map(ANY)}


def parse_type(expression: Expression, diagnostics: Diagnostics) -> Type:
    """A type constraint: `string`, `list(string)`, `object({ a = optional(number, 1) })`. ANY where it is in error."""
    call = expression.call()
    if call is not None:
        return _parse_constructor(expression, call[0], call[1], diagnostics)
    traversal = expression.traversal()
    word = traversal.root if traversal is not None and not traversal.steps else expression.static_string()
    if word in _KEYWORDS:
        return _KEYWORDS[word]
    if word in _BARE:
        return _BARE[word]
    detail = "A type is string, number, bool, any, list(T), set(T), map(T), object({...}) or tuple([...])."
    diagnostics.error("Invalid type specification", detail, expression.span)
    return ANY


def _parse_constructor(
    expression: Expression, name: str, arguments: tuple[Expression, ...], diagnostics: Diagnostics
) -> Type:
    if len(arguments) != 1:
        diagnostics.error("Invalid type specification", f"{name}(...) takes one argument.", expression.span)
        return ANY
    if name in _WRAPPERS:
        return _WRAPPERS[name](parse_type(arguments[0], diagnostics))
    if name == "tuple" and (elements := arguments[0].elements()) is not None:
        return Tuple(tuple(parse_type(element, diagnostics) for element in elements))
    if name == "object" and (pairs := arguments[0].pairs()) is not None:
        return _parse_object(pairs, diagnostics)
    diagnostics.error("Invalid type specification", f'"{name}" does not make a type of this.', expression.span)
    return ANY


def _parse_object(pairs: Iterable[tuple[Expression, Expression]], diagnostics: Diagnostics) -> Type:
    attributes: dict[str, Type] = {}
    optional: set[str] = set()
    defaults: dict[str, Any] = {}
    for key, value in pairs:
        name = key.static_string() or ""
        call = value.call()
        if call is None or call[0] != "optional":
            attributes[name] = parse_type(value, diagnostics)
            continue
        arguments = call[1]
        if len(arguments) not in (1, 2):
            diagnostics.error("Invalid type specification", "optional(T) or optional(T, default).", value.span)
            continue
        optional.add(name)
        attributes[name] = parse_type(arguments[0], diagnostics)
        if len(arguments) == 2:
            defaults[name] = _default(arguments[1], attributes[name], diagnostics)
    return Object(attributes, frozenset(optional), defaults)


def _default(expression: Expression, type_: Type, diagnostics: Diagnostics) -> Any:
    try:
        return convert(expression.evaluate(Scope.constant(), diagnostics), type_)
    except ConversionError as failure:
        diagnostics.error("Invalid default value for optional attribute", f"{failure}.", expression.span)
        return None
