"""Numbers: abs, ceil, floor, log, max, min, parseint, pow, signum."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from language.functions.contract import FunctionError, Parameter, Table, registrar
from language.limits import MAX_DIGITS, TOO_MANY_DIGITS
from language.operators import PRECISION
from language.types import NUMBER
from language.values import number, type_of

FUNCTIONS: Table = {}
function = registrar(FUNCTIONS)
_NUMBER = Parameter("num", NUMBER)
_NUMBERS = Parameter("numbers", NUMBER)


@function("abs", _NUMBER, result=NUMBER)
def absolute(value: Any) -> Any:
    """abs(num): its distance from zero."""
    return abs(value)


@function("ceil", _NUMBER, result=NUMBER)
def ceil(value: Any) -> Any:
    """ceil(num): the nearest whole number that is not less."""
    return int(Decimal(value).to_integral_value(ROUND_CEILING))


@function("floor", _NUMBER, result=NUMBER)
def floor(value: Any) -> Any:
    """floor(num): the nearest whole number that is not greater."""
    return int(Decimal(value).to_integral_value(ROUND_FLOOR))


@function("log", _NUMBER, Parameter("base", NUMBER), result=NUMBER)
def log(value: Any, base: Any) -> Any:
    """log(num, base): the logarithm, in the precision of a double, as Go computes it."""
    if value <= 0 or base <= 0 or base == 1:
        raise FunctionError("the logarithm is not defined for these")
    return number(Decimal(repr(math.log(float(value)) / math.log(float(base)))))


@function("max", _NUMBERS, variadic=_NUMBERS, result=NUMBER)
def maximum(*values: Any) -> Any:
    """max(numbers...): the greatest."""
    return max(values)


@function("min", _NUMBERS, variadic=_NUMBERS, result=NUMBER)
def minimum(*values: Any) -> Any:
    """min(numbers...): the least."""
    return min(values)


@function("parseint", Parameter("number"), Parameter("base", NUMBER), result=NUMBER)
def parseint(text: Any, base: Any) -> int:
    """parseint(text, base): the whole number that the digits stand for. Base 2 to 62."""
    if not isinstance(base, int) or not 2 <= base <= 62:
        raise FunctionError("base must be a whole number between 2 and 62 inclusive", 1)
    if not isinstance(text, str):
        raise FunctionError("first argument must be a string, and is a " + type_of(text).friendly(), 0)
    digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[:base]
    body = text.removeprefix("-") if text.startswith("-") else text.removeprefix("+")
    body = body.lower() if base <= 36 else body
    if not body or any(digit not in digits for digit in body):
        raise FunctionError(f"cannot parse {text!r} as a base {base} integer", 0)
    if len(body.lstrip("0")) * math.log10(base) > MAX_DIGITS + math.log10(base):
        raise FunctionError(TOO_MANY_DIGITS, 0)
    value = 0
    for digit in body:
        value = value * base + digits.index(digit)
    return -value if text.startswith("-") else value


@function("pow", _NUMBER, Parameter("power", NUMBER), result=NUMBER)
def power(value: Any, exponent: Any) -> Any:
    """pow(num, power): num to the power."""
    if abs(exponent) > 100_000:
        raise FunctionError("the power is too large", 1)
    if isinstance(value, int) and isinstance(exponent, int) and exponent >= 0:
        return (
            int(value**exponent) if value.bit_length() * exponent <= 512 else number(PRECISION.power(value, exponent))
        )
    return number(PRECISION.power(Decimal(value), Decimal(exponent)))


@function("signum", _NUMBER, result=NUMBER)
def signum(value: Any) -> int:
    """signum(num): -1, 0 or 1."""
    if not isinstance(value, int):
        raise FunctionError("a whole number is required", 0)
    return int(value > 0) - int(value < 0)
