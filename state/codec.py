"""JSON whose numbers come back exactly as they went out. Every byte of state and journal goes through here.

orjson writes, since it is fast; the standard library reads, since it alone lets numbers be read as decimals. What is
read is what the language computes with: arrays are tuples, numbers are int or Decimal.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson

from language.diagnostics import FreeholdError, error

Revive = Callable[[dict[str, Any]], Any]

_INT64 = range(-(1 << 63), 1 << 64)
_LONGEST_PLAIN_INTEGER = 4300  # digits; beyond, Python refuses to convert text to int
_MAXIMUM_DIGITS = 1_000_000
_MAXIMUM_DEPTH = 200


class Malformed(ValueError):
    """These bytes are not the JSON that they should be."""


def dumps(value: Any) -> bytes:
    """The compact JSON of plain values (str, bool, int, Decimal, None, tuple, list, dict, and what has `to_json`).

    Raises FreeholdError for what JSON cannot hold: text that is no Unicode, nesting deeper than 200, numbers that are
    none.
    """
    return _dump(value, _default)


def canonical(value: Any) -> bytes:
    """JSON in one form only: sorted keys, and numbers that are equal are written alike. For digests."""
    return _dump(value, _canonical_default, orjson.OPT_SORT_KEYS)


def loads(data: bytes, revive: Revive | None = None) -> Any:
    """The value of some JSON; `revive` is offered each object of one key, and what it returns takes its place.

    Raises Malformed.
    """
    try:
        value = _load(data)
        return _plain(value, revive or _as_it_is)
    except RecursionError as cause:
        raise Malformed("it is nested too deeply") from cause
    except (ValueError, UnicodeDecodeError) as cause:
        raise Malformed(str(cause)) from cause


def _dump(value: Any, default: Callable[[Any], Any], option: int = 0) -> bytes:
    option |= orjson.OPT_PASSTHROUGH_DATACLASS  # ours have `to_json`
    try:
        try:
            return orjson.dumps(_bounded(value), default, option)
        except orjson.JSONEncodeError:
            spelled = _with_long_integers(value)
            return orjson.dumps(spelled, lambda item: _with_long_integers(default(item)), option)
    except (orjson.JSONEncodeError, RecursionError) as cause:
        raise FreeholdError(
            [
                error(
                    "A value cannot be kept in the state",
                    f"JSON cannot hold it: {cause}.",
                    advice="Shorten or encode it.",
                )
            ]
        ) from cause


def _bounded(value: Any, left: int = _MAXIMUM_DEPTH) -> Any:
    """The value, if it is not nested too deeply; orjson itself does not count tuples and overruns its memory."""
    if isinstance(value, dict | tuple | list):
        if not left:
            raise RecursionError(f"it is nested more than {_MAXIMUM_DEPTH} deep")
        for item in value.values() if isinstance(value, dict) else value:
            if isinstance(item, dict | tuple | list):
                _bounded(item, left - 1)
    return value


def _default(value: Any) -> Any:
    if isinstance(value, Decimal):
        return _number(value, str(value))
    if isinstance(value, tuple):
        return list(value)
    if hasattr(value, "to_json"):
        return _bounded(value.to_json())
    raise TypeError(f"{type(value).__name__} is no plain value")


def _canonical_default(value: Any) -> Any:
    if not isinstance(value, Decimal) or not value.is_finite():
        return _default(value)
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)  # it is finite
    text = "".join(map(str, digits)).rstrip("0") or "0"
    exponent = exponent + len(digits) - len(text) if text != "0" else 0
    if 0 <= exponent < _LONGEST_PLAIN_INTEGER:
        text, exponent = text + "0" * exponent, 0
    minus = "-" if sign and text != "0" else ""
    return _number(value, f"{minus}{text}e{exponent}" if exponent else minus + text)


def _number(value: Decimal, text: str) -> orjson.Fragment:
    if not value.is_finite():
        raise TypeError(f"{value} is no number")
    return orjson.Fragment(text.encode())


def _with_long_integers(value: Any) -> Any:
    """The same value with the integers that orjson refuses spelled out."""
    if isinstance(value, int) and not isinstance(value, bool) and value not in _INT64:
        return orjson.Fragment(str(Decimal(value)).encode())
    if isinstance(value, dict):
        return {key: _with_long_integers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_long_integers(item) for item in value]
    return value


def _load(data: bytes) -> Any:
    try:
        return json.loads(data, parse_float=Decimal, parse_constant=_refuse_constant)
    except json.JSONDecodeError:
        raise
    except ValueError:
        return json.loads(data, parse_float=Decimal, parse_constant=_refuse_constant, parse_int=_long_integer)


def _long_integer(text: str) -> int:
    if len(text) > _MAXIMUM_DIGITS:
        raise Malformed(f"a number has more than {_MAXIMUM_DIGITS} digits")
    return int(Decimal(text))


def _refuse_constant(name: str) -> None:
    raise Malformed(f"{name} is no number")


def _as_it_is(value: dict[str, Any]) -> Any:
    return value


def _plain(value: Any, revive: Revive) -> Any:
    kind = type(value)
    if kind is dict:
        for key, item in value.items():
            if type(item) is dict or type(item) is list:
                value[key] = _plain(item, revive)
        return revive(value) if len(value) == 1 else value
    if kind is list:
        return tuple([_plain(item, revive) if type(item) is dict or type(item) is list else item for item in value])
    return value
