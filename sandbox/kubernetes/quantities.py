"""Quantities of resources as the API writes them: `1000m` is `1`, `0.5Gi` is `512Mi`.

The rules are those of `apimachinery/pkg/api/resource`: a value keeps the family of its suffix (binary, decimal or
exponent) and takes the largest one that leaves an integer; nothing finer than a nano.
"""

from __future__ import annotations

import functools
import re
from decimal import ROUND_UP, Decimal, localcontext

_PATTERN = re.compile(r"^([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?[0-9]+)?$")
_BINARY = {"": 0, "Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_DECIMAL_SUFFIX = {exponent: suffix for suffix, exponent in _DECIMAL.items()}
_LARGEST = Decimal(2**63 - 1)
_NANO = Decimal(1).scaleb(-9)

INVALID = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"


@functools.lru_cache(4096)
def canonical(text: str) -> str:
    """The same quantity as the API writes it. Raises ValueError for what is none."""
    match = _PATTERN.match(text)
    if match is None:
        raise ValueError(INVALID)
    number, suffix = match.group(1), match.group(2) or ""
    with localcontext() as context:
        context.prec = 60
        if suffix in _BINARY and suffix:
            return _binary(Decimal(number) * (1 << _BINARY[suffix]))
        if suffix[:1] in ("e", "E") and len(suffix) > 1:
            return _exponent(Decimal(number).scaleb(int(suffix[1:])))
        return _decimal(Decimal(number).scaleb(_DECIMAL[suffix]))


def _bounded(value: Decimal) -> Decimal:
    value = value.quantize(_NANO, rounding=ROUND_UP) if value % _NANO else value
    return max(-_LARGEST, min(_LARGEST, value))


def _binary(value: Decimal) -> str:
    value = _bounded(value)
    if abs(value) < 1024 or value != value.to_integral_value():
        return _decimal(value)  # what is too small for a binary suffix is written as a decimal
    whole, suffix = int(value), ""
    for name in ("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"):
        if whole % 1024:
            break
        whole, suffix = whole // 1024, name
    return f"{whole}{suffix}"


def _thousands(value: Decimal) -> tuple[int, int]:
    """The value as an integer times ten to a multiple of three."""
    value = _bounded(value)
    if not value:
        return 0, 0
    exponent = 18
    while exponent > -9 and value.scaleb(-exponent) != value.scaleb(-exponent).to_integral_value():
        exponent -= 3
    return int(value.scaleb(-exponent)), exponent


def _decimal(value: Decimal) -> str:
    whole, exponent = _thousands(value)
    return f"{whole}{_DECIMAL_SUFFIX[exponent]}"


def _exponent(value: Decimal) -> str:
    whole, exponent = _thousands(value)
    return f"{whole}e{exponent}" if exponent else str(whole)


def value_of(text: str) -> Decimal:
    """How much it is, in the base unit. Raises ValueError."""
    match = _PATTERN.match(str(text))
    if match is None:
        raise ValueError(INVALID)
    number, suffix = Decimal(match.group(1)), match.group(2) or ""
    if suffix in _BINARY:
        return number * (1 << _BINARY[suffix])
    if suffix in _DECIMAL:
        return number.scaleb(_DECIMAL[suffix])
    return number.scaleb(int(suffix[1:]))
