"""JSON whose numbers come back exactly as they went out. Every byte of state, journal and plan goes through here.

orjson writes, since it is fast; the standard library reads, since it alone lets numbers be read as decimals, and a key
that is there twice be noticed. `state.fields` says what the JSON of a record has to be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson

from language.diagnostics import FreeholdError, error
from language.overriding import override

Default = Callable[[Any], Any]

_INT64 = range(-(1 << 63), 1 << 64)
_LONGEST_PLAIN_INTEGER = 4300  # digits; beyond, Python refuses to convert text to int
_MAXIMUM_DIGITS = 1_000_000
_MAXIMUM_DEPTH = 200
DEEPEST = _MAXIMUM_DEPTH + 8
"""How deep what is read may be nested, and what has to be written: room for a value that was planned in what records
how that came out."""
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_LONGEST_PATH = 16
_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]{0,80}")


class Malformed(ValueError):
    """What was read is not as its format says. `path` leads to it; the message is what is said of it."""

    def __init__(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = path

    def below(self, step: str | int) -> Malformed:
        """The same, seen from above: `step` is the field or the index under which it was read."""
        return Malformed(self.message, (step, *self.path))

    @override
    def __str__(self) -> str:
        return f"{written(self.path) or 'it'} {self.message}"


def written(path: tuple[str | int, ...]) -> str:
    """A path as people write one: `resources[3].attributes["a b"]`; of a very long one, where it begins."""
    text = ""
    for step in path[:_LONGEST_PATH]:
        if isinstance(step, str) and _NAME.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{step if isinstance(step, int) else json.dumps(step[:80])}]"
    return text + ("..." if len(path) > _LONGEST_PATH else "")


def dumps(value: Any, default: Default | None = None, deepest: int = _MAXIMUM_DEPTH) -> bytes:
    """The compact JSON of plain values (str, bool, int, Decimal, None, tuple, list, dict, and what has `to_json`).

    `default` is asked first for the JSON of what is none of these; it returns what it does not know. Raises
    FreeholdError for what JSON cannot hold: text that is no Unicode, nesting that is too deep, numbers that are none.
    """
    return _dump(value, (lambda item: _default(default(item))) if default else _default, deepest=deepest)


def canonical(value: Any) -> bytes:
    """JSON in one form only: sorted keys, and numbers that are equal are written alike. For digests."""
    return _dump(value, _canonical_default, orjson.OPT_SORT_KEYS)


def parse(data: bytes) -> Any:
    """The JSON as it is: dicts, lists, texts, bools, None, ints and Decimals, nested however deep. Raises Malformed."""
    try:
        value = _load(data.decode())
        if _SURROGATE.search(data):
            _refuse_surrogates(value)
        return value
    except RecursionError as cause:
        raise Malformed("is nested too deeply") from cause
    except Malformed:
        raise
    except UnicodeDecodeError as cause:
        raise Malformed("is no UTF-8") from cause
    except ValueError as cause:
        raise Malformed(f"is no JSON: {cause}") from cause


def loads(data: bytes) -> Any:
    """The JSON as what the language computes with: arrays are tuples, numbers are int or Decimal. Raises Malformed."""
    return _plain(parse(data), DEEPEST)


def _dump(value: Any, default: Default, option: int = 0, deepest: int = _MAXIMUM_DEPTH) -> bytes:
    option |= orjson.OPT_PASSTHROUGH_DATACLASS  # ours have `to_json`
    try:
        try:
            return orjson.dumps(_bounded(value, deepest), default, option)
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
            raise RecursionError("it is nested too deeply")
        for item in value.values() if isinstance(value, dict) else value:
            if isinstance(item, dict | tuple | list):
                _bounded(item, left - 1)
    return value


def _default(value: Any) -> Any:
    if isinstance(value, dict | list | tuple):
        return _bounded(value)
    if isinstance(value, Decimal):
        return _number(value, str(value))
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


def _load(text: str) -> Any:
    read: dict[str, Any] = {
        "parse_float": Decimal,
        "parse_constant": _refuse_constant,
        "object_pairs_hook": _unique,
    }
    try:
        return json.loads(text, **read)
    except (json.JSONDecodeError, Malformed):
        raise
    except ValueError:
        return json.loads(text, **read, parse_int=_long_integer)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Malformed(f"has the key {json.dumps(twice[:80])} twice")
    return made


def _long_integer(text: str) -> int:
    if len(text) > _MAXIMUM_DIGITS:
        raise Malformed(f"has a number of more than {_MAXIMUM_DIGITS} digits")
    return int(Decimal(text))


def _refuse_constant(name: str) -> None:
    raise Malformed(f"has {name}, which is no number")


def _refuse_surrogates(value: Any) -> None:
    """JSON can spell halves of characters, which are no text: nothing could be done with them but to fail."""
    try:
        if isinstance(value, str):
            value.encode()
        elif isinstance(value, dict | list):
            for item in (*value, *value.values()) if isinstance(value, dict) else value:
                _refuse_surrogates(item)
    except UnicodeEncodeError as cause:
        raise Malformed("has a text that is no Unicode") from cause


def _plain(value: Any, left: int) -> Any:
    if not left:
        raise Malformed("is nested too deeply")
    if type(value) is list:
        return tuple([_plain(item, left - 1) for item in value])
    if type(value) is dict:
        return {name: _plain(item, left - 1) for name, item in value.items()}
    return value
