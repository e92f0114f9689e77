"""Types, as cty has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


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
    name: str
    encoded: str

    def friendly(self) -> str:
        return self.name

    def encode(self) -> Any:
        return self.encoded

    def __repr__(self) -> str:
        return self.encoded.upper()


STRING = Primitive("string", "string")
NUMBER = Primitive("number", "number")
BOOL = Primitive("bool", "bool")
ANY = Primitive("dynamic", "dynamic")


@dataclass(frozen=True)
class Collection(Type):
    element: Type
    word = ""

    def friendly(self) -> str:
        return f"{self.word} of {'any single type' if self.element is ANY else self.element.friendly()}"

    def encode(self) -> Any:
        return [self.word, self.element.encode()]


class List(Collection):
    word = "list"


class Set(Collection):
    word = "set"


class Map(Collection):
    word = "map"


@dataclass(frozen=True)
class Object(Type):
    """`optional` names the attributes that may be left out; `defaults` gives what some of them are then."""

    attributes: Mapping[str, Type]
    optional: frozenset[str] = frozenset()
    defaults: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __hash__(self) -> int:
        return hash((frozenset(self.attributes.items()), self.optional))

    def friendly(self) -> str:
        return "object"

    def encode(self) -> Any:
        return ["object", {name: self.attributes[name].encode() for name in sorted(self.attributes)}]


@dataclass(frozen=True)
class Tuple(Type):
    elements: tuple[Type, ...]

    def friendly(self) -> str:
        return "tuple"

    def encode(self) -> Any:
        return ["tuple", [element.encode() for element in self.elements]]


def decode(encoded: Any) -> Type:
    """A type from cty's JSON form (arrays as lists or tuples). Raises ValueError."""
    primitive = {"string": STRING, "number": NUMBER, "bool": BOOL, "dynamic": ANY}
    if isinstance(encoded, str) and encoded in primitive:
        return primitive[encoded]
    if isinstance(encoded, list | tuple) and len(encoded) >= 2:
        word, inner = encoded[0], encoded[1]
        if word in ("list", "set", "map"):
            return {"list": List, "set": Set, "map": Map}[word](decode(inner))
        if word == "tuple":
            return Tuple(tuple(decode(element) for element in inner))
        if word == "object":
            optional = frozenset(encoded[2]) if len(encoded) > 2 else frozenset()
            return Object({name: decode(member) for name, member in inner.items()}, optional)
    raise ValueError(f"not a type: {encoded!r}")


def has_any(type_: Type) -> bool:
    """Whether ANY stands anywhere in the type."""
    if isinstance(type_, Collection):
        return has_any(type_.element)
    if isinstance(type_, Object):
        return any(has_any(member) for member in type_.attributes.values())
    if isinstance(type_, Tuple):
        return any(has_any(element) for element in type_.elements)
    return type_ is ANY
