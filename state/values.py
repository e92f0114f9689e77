"""Values as the state keeps them: JSON, digests where secrets were, and tags for what JSON does not tell.

An object whose only key is a tag stands for something else:

    {"$sensitive": "hmac-sha256:..."}    a digest
    {"$set": [type, [element, ...]]}     a set
    {"$object": {...}}                   an object that has such a key itself

In memory they are the same, but for digests, which are `Digest`s, and lists, which are tuples: the planner makes them
of the language's values, and values of them (`planner.evaluation.stored`), when it needs them.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from language.values import number
from state.codec import DEEPEST, Malformed
from state.fields import ENCODED_TYPE, Codec, wrong
from state.secrets import SENSITIVE, digest_from

SET, OBJECT = "$set", "$object"
TAGS = frozenset({SENSITIVE, SET, OBJECT})
PLAIN_TYPES = frozenset({str, bool, type(None)})
_INT64 = range(-(1 << 63), 1 << 63)


def is_tagged(value: Mapping[str, Any], tags: frozenset[str] = TAGS) -> bool:
    """Whether an object would be taken for a tag, if it were written as it is."""
    return len(value) == 1 and not tags.isdisjoint(value)


def checked_number(value: int | Decimal) -> int | Decimal:
    """The number, if the language can have it. Raises Malformed."""
    if type(value) is not int or value not in _INT64:
        try:
            number(value)
        except OverflowError as cause:
            raise Malformed(f"is not a number of the language: {cause}") from cause
    return value


def _stored(raw: Any, left: int = DEEPEST) -> Any:
    kind = type(raw)
    if kind is dict:
        if left <= 0:
            raise Malformed("is nested too deeply")
        return _tag(raw, left) if is_tagged(raw) else _members(raw, left)
    if kind is list:
        if left <= 0:
            raise Malformed("is nested too deeply")
        return tuple([item if type(item) in PLAIN_TYPES else _stored(item, left - 1) for item in raw])
    return raw if kind in PLAIN_TYPES else checked_number(raw)


def _members(raw: dict[str, Any], left: int) -> dict[str, Any]:
    for name, item in raw.items():
        if type(item) not in PLAIN_TYPES:
            try:
                raw[name] = _stored(item, left - 1)
            except Malformed as cause:
                raise cause.below(name) from None
    return raw


def _tag(raw: dict[str, Any], left: int) -> Any:
    ((tag, inner),) = raw.items()
    try:
        if tag == SENSITIVE:
            return digest_from(inner)
        if tag == OBJECT:
            if type(inner) is not dict:
                raise wrong(inner, "an object")
            return {OBJECT: _members(inner, left - 1)}
        if type(inner) is not list or len(inner) != 2 or type(inner[1]) is not list:
            raise Malformed("is not a type and a list")
        return {SET: (ENCODED_TYPE.decode(inner[0]), _stored(inner[1], left - 1))}
    except Malformed as cause:
        raise cause.below(tag) from None


def _attributes(raw: Any) -> dict[str, Any]:
    if type(raw) is not dict:
        raise wrong(raw, "an object")
    return _members(raw, DEEPEST)


def _escaped(value: Any) -> Any:
    if isinstance(value, Mapping):
        made = {name: item if type(item) in PLAIN_TYPES else _escaped(item) for name, item in value.items()}
        return {OBJECT: made} if is_tagged(made) else made
    if isinstance(value, tuple | list):
        return [_escaped(item) for item in value]
    return value


def _unescaped(value: Any) -> Any:
    if isinstance(value, dict):
        if is_tagged(value):
            ((tag, inner),) = value.items()
            if tag != OBJECT:
                raise Malformed("has no place here", (tag,))
            value = inner
        return {name: item if type(item) in PLAIN_TYPES else _unescaped(item) for name, item in value.items()}
    return tuple(map(_unescaped, value)) if isinstance(value, tuple) else value


STORED: Codec[Any] = Codec(_stored)
"""A value in the state's form."""
ATTRIBUTES: Codec[Mapping[str, Any]] = Codec(_attributes)
"""Values in the state's form by the names of attributes."""


def _object(raw: Any) -> dict[str, Any]:
    if type(raw) is not dict:
        raise wrong(raw, "an object")
    made: dict[str, Any] = _unescaped(_stored(raw))
    return made


PLAIN: Codec[Mapping[str, Any]] = Codec(_object, _escaped)
"""An object of JSON's values alone, which is the same in memory: what looks like a tag in it is none."""
