"""What operators, indexes and attributes do with values, unknown and sensitive ones included: cty's rules.

Each raises `OperationError` for what a user can do wrong; `language.compile` puts the place to it.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from language.conversion import ConversionError, convert
from language.limits import TOO_MANY_DIGITS
from language.marks import marked, unmark, unmark_all
from language.refinements import bounds, could_be
from language.types import ANY, BOOL, NUMBER, STRING, List, Map, Object, Tuple, Type, has_any
from language.values import (
    BROKEN,
    ListValue,
    MapValue,
    Sensitive,
    SetValue,
    Unknown,
    equal,
    is_wholly_known,
    number,
    type_of,
)

PRECISION = decimal.Context(prec=154, rounding=decimal.ROUND_HALF_EVEN, Emax=10**6, Emin=-(10**6))
"""512 bits of mantissa, as cty's numbers have, are 154 decimal digits."""
_QUOTIENT = decimal.Context(prec=160, rounding=decimal.ROUND_HALF_EVEN, Emax=10**6, Emin=-(10**6))
"""A few digits more, which the next operation rounds away: 1 / 3 * 3 is 1."""


class OperationError(Exception):
    """`summary` and the message are for people; `advice` says what to do, `operand` which one is wrong, from 0."""

    operand: int | None = None

    def __init__(self, summary: str, detail: str, advice: str = "") -> None:
        super().__init__(detail)
        self.summary = summary
        self.detail = detail
        self.advice = advice


def _operand(value: Any, type_: Type, operator: str, position: int) -> tuple[Any, int]:
    """The operand as one of `type_`, and its marks."""
    value, marks = unmark(value)
    problem = "argument must not be null"
    if value is not None:
        try:
            return convert(value, type_), marks
        except ConversionError as failure:
            problem = str(failure)
    error = OperationError("Invalid operand", f'Unsuitable value for operand of "{operator}": {problem}.')
    error.operand = position
    raise error from None


def _divide(left: Any, right: Any) -> Any:
    if not right:
        raise OperationError("Division by zero", "The second operand of a division is zero.")
    if isinstance(left, int) and isinstance(right, int) and not left % right:
        return left // right
    return _QUOTIENT.divide(Decimal(left), Decimal(right))


def _modulo(left: Any, right: Any) -> Any:
    if not right:
        raise OperationError("Division by zero", "The second operand of a remainder is zero.")
    if isinstance(left, int) and isinstance(right, int):
        rest = abs(left) % abs(right)
        return -rest if left < 0 else rest
    return PRECISION.remainder(Decimal(left), Decimal(right))


_ARITHMETIC: dict[str, tuple[Callable[[Any, Any], Any], Callable[[Decimal, Decimal], Decimal]]] = {
    "+": (lambda left, right: left + right, PRECISION.add),
    "-": (lambda left, right: left - right, PRECISION.subtract),
    "*": (lambda left, right: left * right, PRECISION.multiply),
    "/": (_divide, _divide),
    "%": (_modulo, _modulo),
}
_COMPARISON: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def binary(operator: str) -> Callable[[Any, Any], Any]:
    """The function of a binary operator but && and ||, which may do without an operand."""
    if operator in _ARITHMETIC:
        return lambda left, right: _arithmetic(operator, left, right)
    if operator in _COMPARISON:
        return lambda left, right: _comparison(operator, left, right)
    return lambda left, right: equality(left, right, operator == "!=")


def _arithmetic(operator: str, left: Any, right: Any) -> Any:
    exact, precise = _ARITHMETIC[operator]
    if type(left) is not int or type(right) is not int:
        left, left_marks = _operand(left, NUMBER, operator, 0)
        right, right_marks = _operand(right, NUMBER, operator, 1)
        if left_marks or right_marks:
            return Sensitive(_arithmetic(operator, left, right), left_marks | right_marks)
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            return Unknown(NUMBER, not_null=True)
    try:
        if isinstance(left, int) and isinstance(right, int):
            return number(exact(left, right))
        return number(precise(Decimal(left), Decimal(right)))
    except ArithmeticError:
        raise OperationError("Number too large", f"{TOO_MANY_DIGITS}.".capitalize()) from None


def _comparison(operator: str, left: Any, right: Any) -> Any:
    left, left_marks = _operand(left, NUMBER, operator, 0)
    right, right_marks = _operand(right, NUMBER, operator, 1)
    unknown = isinstance(left, Unknown) or isinstance(right, Unknown)
    result = _of_bounds(operator, left, right) if unknown else _COMPARISON[operator](left, right)
    return marked(result, left_marks | right_marks)


def _of_bounds(operator: str, left: Any, right: Any) -> Any:
    """A comparison of what is not known: true or false, where what the two can be lies apart."""
    (left_least, left_most), (right_least, right_most) = bounds(left), bounds(right)
    if left_most is not None and right_least is not None and left_most < right_least:
        return operator in ("<", "<=")
    if left_least is not None and right_most is not None and left_least > right_most:
        return operator in (">", ">=")
    return Unknown(BOOL, not_null=True)


def operand_of_logic(value: Any, operator: str, position: int) -> tuple[Any, int]:
    """An operand of && or ||, and its marks."""
    return _operand(value, BOOL, operator, position)


def equality(left: Any, right: Any, negate: bool = False) -> Any:
    """`==`, which never converts: a number and a text are not equal."""
    left, left_marks = unmark_all(left)
    right, right_marks = unmark_all(right)
    result = _equals(left, right)
    if isinstance(result, bool):
        result = result != negate
    return marked(result, left_marks | right_marks)


def _equals(left: Any, right: Any) -> Any:
    if isinstance(left, Unknown):
        return Unknown(BOOL, not_null=True) if isinstance(right, Unknown) else _could_equal(left, right)
    if isinstance(right, Unknown):
        return _could_equal(right, left)
    if _differ_in_kind(left, right):
        return False
    if isinstance(left, SetValue) and not (is_wholly_known(left) and is_wholly_known(right)):
        return Unknown(BOOL, not_null=True)
    if isinstance(left, tuple) and isinstance(right, tuple):
        if len(left) != len(right):
            return False
        return _all_equal(_equals(one, other) for one, other in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        if left.keys() != right.keys():
            return False
        return _all_equal(_equals(member, right[name]) for name, member in left.items())
    return equal(left, right)


def _could_equal(unknown: Unknown, value: Any) -> Any:
    """False, where an unknown cannot turn out to be a value; else unknown."""
    type_ = type_of(value)
    if value is None:
        possible = not unknown.not_null
    elif has_any(unknown.type) or has_any(type_):
        possible = True
    else:
        possible = unknown.type == type_ and could_be(unknown, value)
    return Unknown(BOOL, not_null=True) if possible else False


def _differ_in_kind(left: Any, right: Any) -> bool:
    """A list never equals a tuple, nor a map an object, nor a collection one of other elements."""
    for kind in (ListValue, MapValue, SetValue):
        if isinstance(left, kind) and isinstance(right, kind):
            one, other = left.element_type, right.element_type
            return one != other and not (has_any(one) or has_any(other))
        if isinstance(left, kind) != isinstance(right, kind):
            return True
    return False


def _all_equal(results: Any) -> Any:
    found: Any = True
    for result in results:
        if result is False:
            return False
        if result is not True:
            found = result
    return found


def unary(operator: str, operand: Any) -> Any:
    """`-x` and `!x`."""
    type_ = NUMBER if operator == "-" else BOOL
    value, marks = _operand(operand, type_, operator, 0)
    if isinstance(value, Unknown):
        return marked(Unknown(type_, not_null=True), marks)
    return marked(-value if operator == "-" else not value, marks)


# -- attributes and indexes --------------------------------------------------------------------------------------------


def attribute(value: Any, name: str) -> Any:
    """`value.name`."""
    if isinstance(value, dict):
        if name in value:
            return value[name]
        raise _no_attribute(name, value)
    if isinstance(value, Sensitive):
        try:
            return Sensitive(attribute(value.value, name), value.marks)
        except OperationError as failure:
            raise OperationError(failure.summary, "This sensitive value has no such attribute.") from None
    if isinstance(value, Unknown):
        return value if value is BROKEN else Unknown(_attribute_type(value.type, name))
    if value is None:
        detail = "This value is null, so it does not have any attributes."
        raise OperationError("Attempt to get attribute from null value", detail)
    if isinstance(value, tuple | SetValue):
        advice = f"For the attribute of each element, write [*].{name}; for one element, [0].{name}."
        raise OperationError("Unsupported attribute", f'A list of values has no attribute "{name}".', advice)
    raise OperationError("Unsupported attribute", "This value does not have any attributes.")


def _no_attribute(name: str, value: dict[str, Any]) -> OperationError:
    meant = get_close_matches(name, list(value), n=1)
    advice = f'Did you mean "{meant[0]}"?' if meant else ""
    if not advice and 0 < len(value) <= 12:
        advice = f"It has: {', '.join(sorted(value))}."
    return OperationError("Unsupported attribute", f'This object does not have an attribute named "{name}".', advice)


def _attribute_type(type_: Type, name: str) -> Type:
    if isinstance(type_, Object):
        if name not in type_.attributes:
            detail = f'This object does not have an attribute named "{name}".'
            raise OperationError("Unsupported attribute", detail)
        return type_.attributes[name]
    if isinstance(type_, Map):
        return type_.element
    if type_ is ANY:
        return ANY
    raise OperationError("Unsupported attribute", f"A {type_.friendly()} does not have any attributes.")


def index(value: Any, key: Any) -> Any:
    """`value[key]`."""
    if isinstance(value, Sensitive) or isinstance(key, Sensitive):
        (inner, marks), (inner_key, key_marks) = unmark(value), unmark(key)
        try:
            return Sensitive(index(inner, inner_key), marks | key_marks)
        except OperationError as failure:
            detail = "The given key does not identify an element; as one of the two is sensitive, no more is told."
            raise OperationError(failure.summary, detail) from None
    if value is None:
        raise OperationError("Attempt to index null value", "This value is null, so it does not have any indices.")
    if key is None:
        raise OperationError("Invalid index", "Can't use a null value as an indexing key.")
    if isinstance(value, Unknown):
        return value if value is BROKEN else Unknown(_index_type(value.type, key))
    if isinstance(value, tuple):
        return _position(value, key)
    if isinstance(value, dict):
        return _member(value, key)
    if isinstance(value, SetValue):
        detail = "Elements of a set are identified only by their value, and have no index."
        raise OperationError("Invalid index", detail, "Turn it into a list with tolist().")
    raise OperationError("Invalid index", "This value does not have any indices.")


def _index_type(type_: Type, key: Any) -> Type:
    if isinstance(type_, List | Map):
        return type_.element
    if isinstance(type_, Tuple) and isinstance(key, int) and key < len(type_.elements):
        return type_.elements[key]
    if isinstance(type_, Object) and isinstance(key, str):
        return type_.attributes.get(key, ANY)
    return ANY


def _position(value: tuple[Any, ...], key: Any) -> Any:
    try:
        position = convert(key, NUMBER)
    except ConversionError as failure:
        raise OperationError("Invalid index", f"The given key is not a position in a list: {failure}.") from None
    if isinstance(position, Unknown):
        return Unknown()
    if not isinstance(position, int) or position < 0:
        raise OperationError("Invalid index", "A position in a list is a whole number that is not negative.")
    if position >= len(value):
        plural = "" if len(value) == 1 else "s"
        detail = (
            f"The given key does not identify an element: there is no {position} among {len(value)} element{plural}."
        )
        raise OperationError("Invalid index", detail)
    return value[position]


def _member(value: dict[str, Any], key: Any) -> Any:
    try:
        name = convert(key, STRING)
    except ConversionError as failure:
        raise OperationError("Invalid index", f"The given key is not suitable: {failure}.") from None
    if isinstance(name, Unknown):
        return Unknown()
    if name not in value:
        meant = get_close_matches(name, list(value), n=1)
        detail = f'The given key does not identify an element: there is no "{name}".'
        raise OperationError("Invalid index", detail, f'Did you mean "{meant[0]}"?' if meant else "")
    return value[name]
