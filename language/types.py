"""Types, as cty has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from language.overriding import override


class Type:
    """A type. Types are immutable and compared by content."""

    __slots__ = ()

    def friendly(self) -> str:
        """As people name it: "list of string"."""
        raise TypeError(type(self).__name__)

    def encode(self) -> Any:
        """cty's JSON form: "string", ["list", "string"], ["object", {...}]."""
        raise TypeError(type(self).__name__)


@dataclass(frozen=True)
class Primitive(Type):
    """A type without parts; ANY stands for every type."""

    name: str
    encoded: str

    @override
    def friendly(self) -> str:
        return self.name

    @override
    def encode(self) -> Any:
        return self.encoded

    @override
    def __repr__(self) -> str:
        return self.encoded.upper()


STRING = Primitive("string", "string")
NUMBER = Primitive("number", "number")
BOOL = Primitive("bool", "bool")
ANY = Primitive("dynamic", "dynamic")


@dataclass(frozen=True)
class Collection(Type):
    """Any number of elements of one type."""

    element: Type
    word = ""

    @override
    def friendly(self) -> str:
        return f"{self.word} of {'any single type' if self.element is ANY else self.element.friendly()}"

    @override
    def encode(self) -> Any:
        return [self.word, self.element.encode()]


class List(Collection):
    """Elements in order."""

    word = "list"


class Set(Collection):
    """Elements once each, without order."""

    word = "set"


class Map(Collection):
    """Elements by name."""

    word = "map"


@dataclass(frozen=True)
class Object(Type):
    """`optional` names the attributes that may be left out; `defaults` gives what some of them are then."""

    attributes: Mapping[str, Type]
    optional: frozenset[str] = frozenset()
    defaults: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @override
    def __hash__(self) -> int:
        return hash((frozenset(self.attributes.items()), self.optional))

    @override
    def friendly(self) -> str:
        return "object"

    @override
    def encode(self) -> Any:
        return ["object", {name: self.attributes[name].encode() for name in sorted(self.attributes)}]


@dataclass(frozen=True)
class Tuple(Type):
    """As many elements as there are types, in this order."""

    elements: tuple[Type, ...]

    @override
    def friendly(self) -> str:
        return "tuple"

    @override
    def encode(self) -> Any:
        return ["tuple", [element.encode() for element in self.elements]]


_PRIMITIVES = {"string": STRING, "number": NUMBER, "bool": BOOL, "dynamic": ANY}
_COLLECTIONS: Mapping[str, type[Collection]] = {"list": List, "set": Set, "map": Map}
_DEEPEST = 200


def decode(encoded: Any, left: int = _DEEPEST) -> Type:
    """A type from cty's JSON form (arrays as lists or tuples). Raises ValueError, also for one nested too deeply."""
    if isinstance(encoded, str) and encoded in _PRIMITIVES:
        return _PRIMITIVES[encoded]
    if left and isinstance(encoded, list | tuple) and len(encoded) in (2, 3):
        word, inner, *more = encoded
        if word == "object" and isinstance(inner, dict):
            names = more[0] if more else ()
            if isinstance(names, list | tuple) and all(isinstance(name, str) for name in names):
                return Object({name: decode(each, left - 1) for name, each in inner.items()}, frozenset(names))
        elif word == "tuple" and isinstance(inner, list | tuple) and not more:
            return Tuple(tuple([decode(element, left - 1) for element in inner]))
        elif isinstance(word, str) and word in _COLLECTIONS and not more:
            return _COLLECTIONS[word](decode(inner, left - 1))
    raise ValueError(f"not a type: {encoded!r:.200}")


def has_any(type_: Type) -> bool:
    """Whether ANY stands anywhere in the type."""
    if isinstance(type_, Collection):
        return has_any(type_.element)
    if isinstance(type_, Object):
        return any(has_any(member) for member in type_.attributes.values())
    if isinstance(type_, Tuple):
        return any(has_any(element) for element in type_.elements)
    return type_ is ANY
