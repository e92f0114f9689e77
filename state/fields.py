"""Records as JSON objects and back, by tables: what a record's fields are called, how each is written, what is taken.

    RESOURCE = record(ResourceState, address=TEXT, identity=optional(PLAIN), ...)

What has its default is left out, for the sake of size. Whatever is not as its table says raises Malformed, with the
path to it (`resources[3].identity`). State, journal, plan and lock file are read by these tables alone; to add a field
is a line in one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass
from dataclasses import fields as fields_of
from decimal import Decimal
from typing import Any, Generic, TypeVar, get_args

from language.types import Type
from language.types import decode as type_of
from state.codec import Malformed

T = TypeVar("T")
_LARGEST = (1 << 63) - 1
_CALLED: Mapping[type, str] = {
    str: "a text",
    bool: "a bool",
    int: "a number",
    Decimal: "a number",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


def as_it_is(value: Any) -> Any:
    """How is written what JSON holds."""
    return value


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """How one sort of value is read from what `codec.parse` gives, and written for `codec.dumps`.

    `decode` raises Malformed.
    """

    decode: Callable[[Any], T]
    encode: Callable[[T], Any] = as_it_is


@dataclass(frozen=True, slots=True)
class Record(Codec[T]):
    """The codec of a class."""

    cls: type[T] = object  # type: ignore[assignment]


def wrong(raw: Any, wanted: str) -> Malformed:
    """What is raised for something else than what is wanted there ("an object")."""
    return Malformed(f"is {_CALLED[type(raw)]}, not {wanted}")


def _of(kind: type[T]) -> Codec[T]:
    wanted = _CALLED[kind]

    def decode(raw: Any) -> T:
        if type(raw) is not kind:
            raise wrong(raw, wanted)
        return raw

    return Codec(decode)


def _whole(raw: Any) -> int:
    if type(raw) is not int or not 0 <= raw <= _LARGEST:
        raise Malformed(f"is not a whole number from 0 to {_LARGEST}")
    return raw


def _type(raw: Any) -> Type:
    try:
        return type_of(raw)
    except ValueError as cause:
        raise Malformed("is not a type") from cause


def _encoded_type(raw: Any) -> Any:
    _type(raw)
    return raw


TEXT = _of(str)
FLAG = _of(bool)
WHOLE = Codec(_whole)
TYPE: Codec[Type] = Codec(_type, lambda type_: type_.encode())
ENCODED_TYPE: Codec[Any] = Codec(_encoded_type)
"""A type in cty's JSON form, left in it."""


def choice(literal: Any) -> Codec[Any]:
    """One of the texts of a Literal."""
    texts = frozenset(get_args(literal))

    def decode(raw: Any) -> str:
        if type(raw) is not str or raw not in texts:
            raise Malformed(f"is not one of {', '.join(sorted(map(repr, texts)))}")
        return raw

    return Codec(decode)


def either(*codecs: Codec[Any]) -> Codec[Any]:
    """What one of them takes; all are written as they are."""

    def decode(raw: Any) -> Any:
        for codec in codecs[:-1]:
            try:
                return codec.decode(raw)
            except Malformed:
                continue
        return codecs[-1].decode(raw)

    return Codec(decode)


def optional(codec: Codec[T]) -> Codec[T | None]:
    """The same, or null."""
    decode, encode = codec.decode, codec.encode
    return Codec(
        lambda raw: None if raw is None else decode(raw),
        encode if encode is as_it_is else lambda value: None if value is None else encode(value),
    )


def many(codec: Codec[T]) -> Codec[tuple[T, ...]]:
    """A list of such."""
    decode_one, encode = codec.decode, codec.encode

    def decode(raw: Any) -> tuple[T, ...]:
        if type(raw) is not list:
            raise wrong(raw, "a list")
        made: list[T] = []
        try:
            made.extend(map(decode_one, raw))
        except Malformed as cause:
            raise cause.below(len(made)) from None
        return tuple(made)

    return Codec(decode, encode if encode is as_it_is else lambda values: [encode(value) for value in values])


def mapping(codec: Codec[T]) -> Codec[Mapping[str, T]]:
    """An object of any keys whose members are such."""
    decode_one, encode = codec.decode, codec.encode

    def decode(raw: Any) -> dict[str, T]:
        if type(raw) is not dict:
            raise wrong(raw, "an object")
        made: dict[str, T] = {}
        for name, item in raw.items():
            try:
                made[name] = decode_one(item)
            except Malformed as cause:
                raise cause.below(name) from None
        return made

    def encode_all(values: Mapping[str, T]) -> dict[str, Any]:
        return {name: encode(value) for name, value in values.items()}

    return Codec(decode, encode if encode is as_it_is else encode_all)


def row(*codecs: Codec[Any]) -> Codec[tuple[Any, ...]]:
    """A list of as many elements, each of its own sort."""

    def decode(raw: Any) -> tuple[Any, ...]:
        if type(raw) is not list or len(raw) != len(codecs):
            raise Malformed(f"is not a list of {len(codecs)} elements")
        made: list[Any] = []
        try:
            for codec, item in zip(codecs, raw, strict=True):
                made.append(codec.decode(item))
        except Malformed as cause:
            raise cause.below(len(made)) from None
        return tuple(made)

    def encode(values: tuple[Any, ...]) -> list[Any]:
        return [codec.encode(value) for codec, value in zip(codecs, values, strict=True)]

    return Codec(decode, as_it_is if all(codec.encode is as_it_is for codec in codecs) else encode)


def record(cls: type[T], /, **codecs: Codec[Any]) -> Record[T]:
    """A dataclass, by a codec for each field of its constructor."""
    defaults = _defaults(cls)
    if codecs.keys() != defaults.keys():
        raise TypeError(f"the table of {cls.__name__} differs in {sorted(codecs.keys() ^ defaults.keys())}")
    decodes = {name: codec.decode for name, codec in codecs.items()}
    rows = [(name, default, codecs[name].encode) for name, default in defaults.items()]
    required = frozenset(name for name, default in defaults.items() if default is MISSING)

    def decode(raw: Any) -> T:
        if type(raw) is not dict:
            raise wrong(raw, "an object")
        made: dict[str, Any] = {}
        for name, item in raw.items():
            if name not in decodes:
                raise Malformed("is no field of this format", (name,))
            try:
                made[name] = decodes[name](item)
            except Malformed as cause:
                raise cause.below(name) from None
        if not required <= made.keys():
            raise Malformed(f"has no {min(required - made.keys())}")
        return cls(**made)

    def encode(value: T) -> dict[str, Any]:
        made = {}
        for name, default, encode_field in rows:
            item = getattr(value, name)
            if item is not default and (default is MISSING or item != default):
                made[name] = encode_field(item)
        return made

    return Record(decode, encode, cls)


def union(**records: Record[Any]) -> Codec[Any]:
    """One of some records, as an object of one key that tells which."""
    names = {each.cls: (name, each.encode) for name, each in records.items()}

    def decode(raw: Any) -> Any:
        if type(raw) is not dict or len(raw) != 1:
            raise Malformed("is not an object of one key")
        ((name, inner),) = raw.items()
        if name not in records:
            raise Malformed("is nothing that this format knows", (name,))
        try:
            return records[name].decode(inner)
        except Malformed as cause:
            raise cause.below(name) from None

    def encode(value: Any) -> dict[str, Any]:
        name, encode_one = names[type(value)]
        return {name: encode_one(value)}

    return Codec(decode, encode)


def _defaults(cls: type) -> dict[str, Any]:
    return {
        field.name: field.default if field.default_factory is MISSING else field.default_factory()
        for field in fields_of(cls)
        if field.init
    }
