"""Values of the language as a plan file has them: those of `state.values`, and more tags.

    {"$list": [type, [element, ...]]}      a list(T), beside tuples, which are plain
    {"$map": [type, {name: value, ...}]}   a map(T), beside objects
    {"$unknown": {...}}                    what is not known, with what is known of it
    {"$marked": value}                     what is sensitive, and not known yet

What is sensitive and known is a digest alone. Only who writes the file knows the key of digests: `encode` leaves the
mark, and `sealing` gives what `codec.dumps` makes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from language.types import ANY, BOOL, NUMBER, STRING, Type
from language.values import ListValue, MapValue, Sensitive, SetValue, Unknown, is_wholly_known
from planner.evaluation.stored import store
from state.codec import DEEPEST, Malformed
from state.fields import FLAG, TEXT, TYPE, Codec, optional, record, wrong
from state.secrets import SENSITIVE, Digest, digest, digest_from
from state.values import OBJECT, PLAIN_TYPES, SET, TAGS, checked_number, is_tagged

_LIST, _MAP, _UNKNOWN, _MARKED = "$list", "$map", "$unknown", "$marked"
_TAGS = TAGS | {_LIST, _MAP, _UNKNOWN, _MARKED}
_AS_IT_IS = PLAIN_TYPES | {int, Decimal, Digest, Sensitive}


def sealing(key: str) -> Callable[[Any], Any]:
    """What `codec.dumps` is to make of sensitive values: digests under a key, or with a salt."""

    def sealed(value: Any) -> Any:
        if not isinstance(value, Sensitive):
            return value
        inner = value.value
        if isinstance(inner, Digest):
            return inner.to_json()
        if inner is None:
            return {_MARKED: None}
        if isinstance(inner, Unknown):  # what is known of it (how it begins, names in its type) is of the secret
            plain = inner.type if inner.type in (STRING, NUMBER, BOOL) else ANY
            return {_MARKED: _encode(Unknown(plain, not_null=inner.not_null))}
        # the parts that are known could be told by the shape of the rest
        return {SENSITIVE: digest(store(inner, key), key)} if is_wholly_known(inner) else {_MARKED: {_UNKNOWN: {}}}

    return sealed


def _encode(value: Any) -> Any:
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if kind is MapValue:
        return {_MAP: [value.element_type.encode(), _members(value)]}
    if kind is SetValue:
        return {SET: [value.element_type.encode(), [_encode(element) for element in value]]}
    if kind is ListValue:
        return {_LIST: [value.element_type.encode(), [_encode(element) for element in value]]}
    if kind is Unknown:
        return {_UNKNOWN: _KNOWN.encode(_Known(value.type, value.not_null, value.least, value.most, value.prefix))}
    if isinstance(value, Mapping):
        members = _members(value)
        return {OBJECT: members} if is_tagged(members, _TAGS) else members
    if isinstance(value, tuple | list):
        return [item if type(item) in _AS_IT_IS else _encode(item) for item in value]
    return value


def _members(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item if type(item) in _AS_IT_IS else _encode(item) for name, item in value.items()}


def _decode(raw: Any, left: int = DEEPEST) -> Any:
    kind = type(raw)
    if kind in PLAIN_TYPES:
        return raw
    if kind is not dict and kind is not list:
        return checked_number(raw)
    if left <= 0:
        raise Malformed("is nested too deeply")
    if kind is list:
        return tuple([item if type(item) in PLAIN_TYPES else _decode(item, left - 1) for item in raw])
    if not is_tagged(raw, _TAGS):
        return _decoded_members(raw, left)
    ((tag, inner),) = raw.items()
    try:
        return _DECODERS[tag](inner, left - 1)
    except Malformed as cause:
        raise cause.below(tag) from None


def _decoded_members(raw: Any, left: int) -> dict[str, Any]:
    if type(raw) is not dict:
        raise wrong(raw, "an object")
    for name, item in raw.items():
        if type(item) not in PLAIN_TYPES:
            try:
                raw[name] = _decode(item, left - 1)
            except Malformed as cause:
                raise cause.below(name) from None
    return raw


def _typed(raw: Any, left: int, of: type) -> tuple[Type, Any]:
    """The type and the elements of a collection, these in a list or an object."""
    if type(raw) is not list or len(raw) != 2 or type(raw[1]) is not of:
        raise Malformed(f"is not a type and {'an object' if of is dict else 'a list'}")
    return TYPE.decode(raw[0]), _decoded_members(raw[1], left) if of is dict else _decode(raw[1], left)


def _number(raw: Any) -> int | Decimal:
    if type(raw) not in (int, Decimal):
        raise wrong(raw, "a number")
    return checked_number(raw)


_NUMBER: Codec[int | Decimal] = Codec(_number)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of something unknown."""

    type: Type = ANY
    not_null: bool = False
    least: int | Decimal | None = None
    most: int | Decimal | None = None
    prefix: str = ""


_KNOWN = record(_Known, type=TYPE, not_null=FLAG, least=optional(_NUMBER), most=optional(_NUMBER), prefix=TEXT)


def _unknown(raw: Any, left: int) -> Unknown:
    known = _KNOWN.decode(raw)
    return Unknown(known.type, known.not_null, known.least, known.most, known.prefix)


_DECODERS: Mapping[str, Callable[[Any, int], Any]] = {
    SENSITIVE: lambda raw, left: Sensitive(digest_from(raw)),
    _MARKED: lambda raw, left: Sensitive(_decode(raw, left)),
    SET: lambda raw, left: SetValue(*_typed(raw, left, list)),
    _LIST: lambda raw, left: ListValue(*_typed(raw, left, list)),
    _MAP: lambda raw, left: MapValue(*_typed(raw, left, dict)),
    _UNKNOWN: _unknown,
    OBJECT: _decoded_members,
}


def _values(raw: Any) -> dict[str, Any]:
    return _decoded_members(raw, DEEPEST)


VALUE: Codec[Any] = Codec(_decode, _encode)
VALUES: Codec[Mapping[str, Any]] = Codec(_values, _members)
"""Values by the names of attributes."""
