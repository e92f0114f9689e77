"""Types, and what converts to what: cty's, with its messages.

`parse_type` reads a variable's type constraint, `convert` makes a value of a type, `unify` finds the type that
several have in common. Sources: the HCL type constraint extension and cty's conversion and unification rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from language.limits import MAX_DIGITS, TOO_MANY_DIGITS

if TYPE_CHECKING:
    from language.diagnostics import Diagnostics
    from language.expressions import Expression


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


class ConversionError(Exception):
    """A value is not suitable for a type; the message says where in it and why."""

    def __init__(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        steps = "".join(f"element {step}: " if isinstance(step, int) else f'attribute "{step}": ' for step in path)
        super().__init__(steps + message)
        self.message = message
        self.path = path

    def below(self, step: str | int) -> ConversionError:
        return ConversionError(self.message, (step, *self.path))


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


# -- conversion ------------------------------------------------------------------------------------------------------


def convert(value: Any, type_: Type) -> Any:
    """The value as one of `type_`. Marks and unknowns stay. Raises ConversionError."""
    from language.values import Sensitive, Unknown

    if type_ is ANY or value is None:
        return value
    if isinstance(value, str):
        if type_ is STRING:
            return value
    elif isinstance(value, Unknown):
        return _convert_unknown(value, type_)
    elif isinstance(value, Sensitive):
        return Sensitive(convert(value.value, type_), value.marks)
    if isinstance(type_, Primitive):
        return _to_primitive(value, type_)
    if isinstance(type_, Object):
        return _to_object(value, type_)
    if isinstance(type_, Tuple):
        return _to_tuple(value, type_)
    assert isinstance(type_, Collection)
    return _to_map(value, type_) if isinstance(type_, Map) else _to_sequence(value, type_)


def _convert_unknown(value: Any, type_: Type) -> Any:
    from language.values import BROKEN, Unknown

    if value is BROKEN:
        return value
    if not convertible(value.type, type_):
        raise ConversionError(f"{type_.friendly()} required")
    if value.type == type_ or (has_any(type_) and value.type is not ANY):
        return value
    return Unknown(type_, value.not_null)


def convertible(source: Type, target: Type) -> bool:
    """Whether some value of `source` may convert to `target`; the value decides the rest."""
    if target is ANY or source is ANY or source == target:
        return True
    if isinstance(target, Primitive):
        return isinstance(source, Primitive) and {source.name, target.name} != {"number", "bool"}
    if isinstance(target, Map):
        if isinstance(source, Object):
            return all(convertible(member, target.element) for member in source.attributes.values())
        return isinstance(source, Map) and convertible(source.element, target.element)
    if isinstance(target, Collection):
        if isinstance(source, Tuple):
            return all(convertible(element, target.element) for element in source.elements)
        return isinstance(source, List | Set) and convertible(source.element, target.element)
    if isinstance(target, Object):
        if isinstance(source, Map):
            return all(convertible(source.element, member) for member in target.attributes.values())
        return isinstance(source, Object) and all(
            name in target.optional or (name in source.attributes and convertible(source.attributes[name], member))
            for name, member in target.attributes.items()
        )
    assert isinstance(target, Tuple)
    if not isinstance(source, Tuple) or len(source.elements) != len(target.elements):
        return False
    return all(convertible(one, other) for one, other in zip(source.elements, target.elements, strict=True))


def _to_primitive(value: Any, type_: Type) -> Any:
    if type_ is STRING:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | Decimal):
            return format_number(value)
    elif type_ is NUMBER:
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return value
        if isinstance(value, str):
            return parse_number(value)
    elif type_ is BOOL:
        if isinstance(value, bool):
            return value
        if isinstance(value, str):
            return _to_bool(value)
    raise ConversionError(f"{type_.friendly()} required")


def format_number(value: int | Decimal) -> str:
    """A number as cty prints it: no exponent, no trailing zeros."""
    if isinstance(value, int):
        return str(value)
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")


def parse_number(text: str) -> int | Decimal:
    """A text as a number. Raises ConversionError."""
    from language.values import number

    if _NUMBER.fullmatch(text) is None:
        raise ConversionError("a number is required")
    try:
        return int(text) if text.isdigit() and len(text) <= MAX_DIGITS else number(Decimal(text))
    except ArithmeticError:
        raise ConversionError(TOO_MANY_DIGITS) from None


def _to_bool(text: str) -> bool:
    if text in ("true", "1"):
        return True
    if text in ("false", "0"):
        return False
    if text.lower() in ("true", "false"):
        raise ConversionError(f'a bool is required; to convert from string, use lowercase "{text.lower()}"')
    raise ConversionError("a bool is required")


def _to_sequence(value: Any, type_: Collection) -> Any:
    from language.values import ListValue, SetValue, bounds, is_wholly_known, marked, type_of, unmark_all, within

    if not isinstance(value, tuple | SetValue):
        raise ConversionError(f"{type_.friendly()} required")
    elements = _elements(enumerate(value), type_)
    element_type = type_.element
    if has_any(element_type):
        element_type = _common(type_of(element) for element in elements) if elements else _element_of(value)
        elements = [convert(element, element_type) for element in elements]
    if isinstance(type_, List):
        # elements of a set that are not known may turn out to be the same, and stand anywhere
        if isinstance(value, SetValue) and not is_wholly_known(value):
            return within(List(element_type), *bounds(value))
        return ListValue(element_type, elements)
    plain, marks = unmark_all(tuple(elements))
    return marked(SetValue(element_type, plain), marks)


def _elements(items: Iterable[tuple[Any, Any]], type_: Collection) -> list[Any]:
    converted = []
    for step, element in items:
        try:
            converted.append(convert(element, type_.element))
        except ConversionError as failure:
            raise failure.below(step) from None
    return converted


def _element_of(empty: Any) -> Type:
    """The type of the elements that an empty collection would have."""
    return getattr(empty, "element_type", ANY)


def _common(types: Iterable[Type]) -> Type:
    found = unify(list(types))
    if found is None:
        raise ConversionError("all elements must have the same type")
    return found


def _to_map(value: Any, type_: Map) -> Any:
    from language.values import MapValue, type_of

    if not isinstance(value, dict):
        raise ConversionError(f"{type_.friendly()} required")
    members = dict(zip(value, _elements(value.items(), type_), strict=True))
    element_type = type_.element
    if has_any(element_type):
        element_type = _common(type_of(member) for member in members.values()) if members else _element_of(value)
        members = {name: convert(member, element_type) for name, member in members.items()}
    return MapValue(element_type, {name: members[name] for name in sorted(members)})


def _to_object(value: Any, type_: Object) -> Any:
    if not isinstance(value, dict):
        raise ConversionError("object required")
    made: dict[str, Any] = {}
    for name, member in type_.attributes.items():
        if name not in value:
            if name not in type_.optional:
                raise ConversionError(f'attribute "{name}" is required')
            made[name] = type_.defaults.get(name)
            continue
        given = value[name]
        if given is None and name in type_.defaults:
            given = type_.defaults[name]
        try:
            made[name] = convert(given, member)
        except ConversionError as failure:
            raise failure.below(name) from None
    return made


def _to_tuple(value: Any, type_: Tuple) -> Any:
    if not isinstance(value, tuple):
        raise ConversionError("tuple required")
    if len(value) != len(type_.elements):
        raise ConversionError(f"tuple of {len(type_.elements)} elements required")
    made = []
    for index, (element, element_type) in enumerate(zip(value, type_.elements, strict=True)):
        try:
            made.append(convert(element, element_type))
        except ConversionError as failure:
            raise failure.below(index) from None
    return tuple(made)


# -- unification -----------------------------------------------------------------------------------------------------


def unify(types: Sequence[Type]) -> Type | None:
    """The one type that values of all `types` convert to, or None."""
    distinct = list(dict.fromkeys(type_ for type_ in types if type_ is not ANY))
    if not distinct:
        return ANY
    if len(distinct) == 1:
        return distinct[0]
    if all(isinstance(type_, Primitive) for type_ in distinct):
        return STRING if STRING in distinct else None
    if all(isinstance(type_, Object) for type_ in distinct):
        return _unify_objects([type_ for type_ in distinct if isinstance(type_, Object)])
    if all(isinstance(type_, Object | Map) for type_ in distinct):
        return _unify_collection(distinct, Map)
    if all(isinstance(type_, Tuple) for type_ in distinct):
        return _unify_tuples([type_ for type_ in distinct if isinstance(type_, Tuple)])
    if all(isinstance(type_, Tuple | List) for type_ in distinct):
        return _unify_collection(distinct, List)
    if all(isinstance(type_, Tuple | List | Set) for type_ in distinct):
        return _unify_collection(distinct, List if any(isinstance(type_, List) for type_ in distinct) else Set)
    return None


def _unify_objects(types: list[Object]) -> Type | None:
    names = set(types[0].attributes)
    if all(set(type_.attributes) == names for type_ in types):
        members = {name: unify([type_.attributes[name] for type_ in types]) for name in types[0].attributes}
        if all(member is not None for member in members.values()):
            return Object({name: member for name, member in members.items() if member is not None})
        return None
    return _unify_collection(types, Map)


def _unify_tuples(types: list[Tuple]) -> Type | None:
    length = len(types[0].elements)
    if all(len(type_.elements) == length for type_ in types):
        elements = [unify([type_.elements[index] for type_ in types]) for index in range(length)]
        if all(element is not None for element in elements):
            return Tuple(tuple(element for element in elements if element is not None))
    return _unify_collection(types, List)


def _unify_collection(types: Sequence[Type], wrap: type[Collection]) -> Type | None:
    inner: list[Type] = []
    for type_ in types:
        if isinstance(type_, Object):
            inner.extend(type_.attributes.values())
        elif isinstance(type_, Tuple):
            inner.extend(type_.elements)
        elif isinstance(type_, Collection):
            inner.append(type_.element)
    element = unify(inner)
    return None if element is None else wrap(element)


# -- type constraints ------------------------------------------------------------------------------------------------

_KEYWORDS: dict[str, Type] = {"string": STRING, "number": NUMBER, "bool": BOOL, "any": ANY}
_WRAPPERS: dict[str, type[Collection]] = {"list": List, "set": Set, "map": Map}
_BARE: dict[str, Type] = {"list": List(ANY), "set": Set(ANY), "map": Map(ANY)}


def parse_type(expression: Expression, diagnostics: Diagnostics) -> Type:
    """A type constraint: `string`, `list(string)`, `object({ a = optional(number, 1) })`. ANY where it is in error."""
    call = expression.call()
    if call is not None:
        return _parse_constructor(expression, call[0], call[1], diagnostics)
    traversal = expression.traversal()
    word = traversal.root if traversal is not None and not traversal.steps else expression.static_string()
    if word in _KEYWORDS:
        return _KEYWORDS[word]
    if word in _BARE:
        return _BARE[word]
    detail = "A type is string, number, bool, any, list(T), set(T), map(T), object({...}) or tuple([...])."
    diagnostics.error("Invalid type specification", detail, expression.span)
    return ANY


def _parse_constructor(
    expression: Expression, name: str, arguments: tuple[Expression, ...], diagnostics: Diagnostics
) -> Type:
    if len(arguments) != 1:
        diagnostics.error("Invalid type specification", f"{name}(...) takes one argument.", expression.span)
        return ANY
    if name in _WRAPPERS:
        return _WRAPPERS[name](parse_type(arguments[0], diagnostics))
    if name == "tuple" and (elements := arguments[0].elements()) is not None:
        return Tuple(tuple(parse_type(element, diagnostics) for element in elements))
    if name == "object" and (pairs := arguments[0].pairs()) is not None:
        return _parse_object(pairs, diagnostics)
    diagnostics.error("Invalid type specification", f'"{name}" does not make a type of this.', expression.span)
    return ANY


def _parse_object(pairs: Iterable[tuple[Expression, Expression]], diagnostics: Diagnostics) -> Type:
    attributes: dict[str, Type] = {}
    optional: set[str] = set()
    defaults: dict[str, Any] = {}
    for key, value in pairs:
        name = key.static_string() or ""
        call = value.call()
        if call is None or call[0] != "optional":
            attributes[name] = parse_type(value, diagnostics)
            continue
        arguments = call[1]
        if len(arguments) not in (1, 2):
            diagnostics.error("Invalid type specification", "optional(T) or optional(T, default).", value.span)
            continue
        optional.add(name)
        attributes[name] = parse_type(arguments[0], diagnostics)
        if len(arguments) == 2:
            defaults[name] = _default(arguments[1], attributes[name], diagnostics)
    return Object(attributes, frozenset(optional), defaults)


def _default(expression: Expression, type_: Type, diagnostics: Diagnostics) -> Any:
    from language.expressions import Scope

    try:
        return convert(expression.evaluate(Scope.constant(), diagnostics), type_)
    except ConversionError as failure:
        diagnostics.error("Invalid default value for optional attribute", f"{failure}.", expression.span)
        return None
