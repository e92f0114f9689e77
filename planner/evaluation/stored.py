"""Values as the state keeps them, and back: sets tagged where their type does not tell, secrets as digests.

The state's attributes are plain JSON values by the kind's schema; `Digest`s stand where secrets were.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

from language.conversion import ConversionError, convert
from language.functions.contract import FunctionError
from language.functions.encoding import encode_json, jsondecode
from language.marks import unmark, unmark_deep
from language.refinements import could_be
from language.types import ANY, Collection, Map, Object, Set, Tuple, Type, decode
from language.values import (
    ListValue,
    MapValue,
    Sensitive,
    SetValue,
    Unknown,
    contains,
    contains_sensitive,
    equal,
    is_wholly_known,
    rebuilt,
    transform,
)
from state.secrets import Digest, digest
from state.values import OBJECT, SET, is_tagged


def store(value: Any, key: str) -> Any:
    """A known value in the state's form; what is sensitive becomes a digest under `key`, unknown becomes null, and so
    does what there is but a digest of another sort of."""
    if isinstance(value, str | bool | int) or value is None:
        return value
    if isinstance(value, dict):
        members = {name: store(member, key) for name, member in value.items()}
        return {OBJECT: members} if is_tagged(members) else members
    if isinstance(value, tuple):
        return tuple(store(element, key) for element in value)
    if isinstance(value, SetValue):
        return {SET: (value.element_type.encode(), tuple(store(element, key) for element in value))}
    if isinstance(value, Sensitive):
        inner = value.value
        if isinstance(inner, Digest):
            return inner if inner.is_under(key) else None
        return inner if inner is None else Digest(digest(store(inner, key), key))
    return None if isinstance(value, Unknown) else value


def restore(value: Any, type_: Type = ANY) -> Any:
    """A value of the language from the state's form; digests are left, inside a mark."""
    if isinstance(value, Digest):
        return Sensitive(value)
    if isinstance(value, dict):
        if is_tagged(value):
            ((tag, inner),) = value.items()
            if tag == SET:
                return SetValue(decode(inner[0]), [restore(element) for element in inner[1]])
            value = inner
        if isinstance(type_, Object):
            return {name: restore(member, type_.attributes.get(name, ANY)) for name, member in value.items()}
        if isinstance(type_, Map):
            return MapValue(type_.element, {name: restore(member, type_.element) for name, member in value.items()})
        return {name: restore(member) for name, member in value.items()}
    if isinstance(value, tuple | list):
        if isinstance(type_, Set):
            return SetValue(type_.element, [restore(element, type_.element) for element in value])
        if isinstance(type_, Tuple):
            pairs = zip(value, type_.elements, strict=False)
            return tuple(restore(element, element_type) for element, element_type in pairs)
        if isinstance(type_, Collection):
            return ListValue(type_.element, [restore(element, type_.element) for element in value])
        return tuple(restore(element) for element in value)
    return value


def unknown_paths(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where a value is not known. A set is so as a whole: its elements have no place to know them by."""
    value = unmark(value)[0]
    if isinstance(value, dict):
        for name, member in value.items():
            yield from unknown_paths(member, (*at, name))
    elif isinstance(value, tuple):
        for index, element in enumerate(value):
            yield from unknown_paths(element, (*at, index))
    elif not is_wholly_known(value):
        yield at


def reopen(value: Any, paths: Iterable[tuple[str | int, ...]]) -> Any:
    """The value, not known at these paths."""
    opened = {tuple(path) for path in paths}
    return transform(value, lambda part, path: Unknown() if path in opened else part) if opened else value


def recognised(stored: Any, real: Any, key: str) -> Any:
    """What is stored, with the `real` value in place of each digest that was made of it."""
    if isinstance(stored, Sensitive) and isinstance(stored.value, Digest):
        value = unmark_deep(real)[0]
        made_of_it = any(stored.value.matches(store(each, key), key) for each in _written(value))
        return Sensitive(value) if made_of_it else stored
    real = unmark(real)[0]
    if isinstance(stored, dict) and isinstance(real, dict):
        return rebuilt(stored, {name: recognised(member, real.get(name), key) for name, member in stored.items()})
    if isinstance(stored, tuple) and isinstance(real, tuple) and len(stored) == len(real):
        return rebuilt(stored, [recognised(one, other, key) for one, other in zip(stored, real, strict=True)])
    return stored


def _written(value: Any) -> Iterator[Any]:
    """A value that can be compared with a digest; JSON also as jsonencode writes it, for services write it anew."""
    if is_wholly_known(value) and not contains(value, Digest):
        yield value
        if isinstance(value, str) and value.startswith(("{", "[")):
            with contextlib.suppress(FunctionError):
                yield encode_json(jsondecode(value))


class Secrets:
    """The secrets that a configuration holds, to recognise their digests in a state."""

    def __init__(self, values: Any, key: str) -> None:
        self.config = values
        self._found: list[Any] = []
        self._key = key
        if contains_sensitive(values):
            self._collect(values, False)
        self._by_digest: dict[str, Any] | None = None

    def _collect(self, value: Any, secret: bool) -> None:
        if isinstance(value, Sensitive):
            secret, value = True, value.value
            if is_wholly_known(value) and not contains(value, Digest) and value is not None:
                self._found.append(unmark_deep(value)[0])
        if isinstance(value, dict):
            for member in value.values():
                self._collect(member, secret)
        elif isinstance(value, tuple | SetValue):
            for element in value:
                self._collect(element, secret)
        elif secret and isinstance(value, str) and value not in self._found:
            self._found.append(value)

    def reveal(self, prior: Any) -> Any:
        """`prior` without marks, each digest replaced by the secret that it was made of, else by an unknown.

        Providers see values, never digests: where the secret is the same, prior and proposal are equal.
        """
        if not contains_sensitive(prior):
            return prior

        def change(part: Any, path: tuple[str | int, ...]) -> Any:
            if not isinstance(part, Sensitive):
                return part
            return self._matching(part.value) if isinstance(part.value, Digest) else part.value

        return transform(prior, change)

    def masked(self, value: Any) -> Any:
        """As `reveal`, with the marks left on: what others may refer to."""

        def change(part: Any, path: tuple[str | int, ...]) -> Any:
            if isinstance(part, Sensitive) and isinstance(part.value, Digest):
                return Sensitive(self._matching(part.value))
            return part

        return transform(value, change) if contains_sensitive(value) else value

    def _matching(self, digested: Digest) -> Any:
        if self._by_digest is None:
            self._by_digest = {digest(store(secret, self._key), self._key): secret for secret in self._found}
        return self._by_digest.get(digested.text, Unknown())


class Different(Exception):
    """A value is not what was planned; `path` says where, `planned` and `found` (without marks) are the two."""

    def __init__(self, path: tuple[str | int, ...], planned: Any = None, found: Any = None) -> None:
        super().__init__(".".join(str(step) for step in path))
        self.path = path
        self.planned = planned
        self.found = found


def fill(planned: Any, now: Any, key: str, at: tuple[str | int, ...] = (), *, final: bool = False) -> Any:
    """`planned` with what was unknown, or kept as a digest, taken from `now`; unmarked where that says something.

    `now` is a configuration: what it leaves to the service (null, or nothing there) stays as it was planned. Or it is
    a `final` plan, which says all. Raises Different where a known planned value is another one now, and where one that
    was unknown cannot be this one.
    """
    if isinstance(now, Sensitive):
        now = now.value
    if isinstance(planned, Sensitive):
        return _fill_secret(planned.value, now, key, at, final)
    if isinstance(planned, Unknown):
        return _fill_unknown(planned, now, at, final)
    if isinstance(planned, dict) and isinstance(now, dict):
        if now.keys() - planned.keys() or (final and planned.keys() - now.keys()):
            raise Different(at, planned, now)
        members = {
            name: fill(member, now[name], key, (*at, name), final=final) if name in now else member
            for name, member in planned.items()
        }
        return rebuilt(planned, members)
    if isinstance(planned, tuple) and isinstance(now, tuple):
        if len(planned) != len(now):
            raise Different(at, planned, now)
        pairs = enumerate(zip(planned, now, strict=True))
        elements = [fill(one, other, key, (*at, position), final=final) for position, (one, other) in pairs]
        return rebuilt(planned, elements)
    if (now is None and not final) or equal(planned, now):
        return planned
    if isinstance(planned, SetValue) and isinstance(now, SetValue):
        return _fill_set(planned, now, key, at, final)
    raise Different(at, planned, now)


def _fill_unknown(planned: Unknown, now: Any, at: tuple[str | int, ...], final: bool) -> Any:
    if now is None and not final:
        return planned
    if not isinstance(now, Unknown) and not _is_possible(planned, unmark_deep(now)[0]):
        raise Different(at, planned, now)
    return now


def _is_possible(planned: Unknown, now: Any) -> bool:
    """Whether an unknown may have become this: a value of its type, within what was known of it."""
    if now is None:
        return not planned.not_null
    try:
        return equal(convert(now, planned.type), now) and could_be(planned, now)
    except ConversionError:
        return False


def _fill_set(planned: SetValue, now: SetValue, key: str, at: tuple[str | int, ...], final: bool) -> SetValue:
    """Elements of sets have no place to know them by: each has to be, or to fit, one on the other side. What was open
    may have become the same as another."""
    plain = unmark_deep(now)[0]
    filled = []
    for element in plain:
        fitting = (
            [element] if element in planned else [m for each in planned for m in _fitted(each, element, key, final)]
        )
        filled += fitting[:1]
    kept = (each in plain or any(_fitted(each, element, key, final) for element in plain) for each in planned)
    if len(filled) < len(plain) or not all(kept):
        raise Different(at, planned, now)
    return SetValue(planned.element_type, filled)


def _fitted(planned: Any, now: Any, key: str, final: bool) -> tuple[Any, ...]:
    """The planned value filled in, or nothing where it is another one."""
    try:
        return (fill(planned, now, key, final=final),)
    except Different:
        return ()


def _fill_secret(planned: Any, now: Any, key: str, at: tuple[str | int, ...], final: bool) -> Any:
    if isinstance(planned, Digest):
        if isinstance(now, Unknown):
            return Unknown()
        if now is None and not final:
            return Sensitive(planned)
        if not planned.matches(store(now, key), key):
            raise Different(at, planned, now)
        return now
    return fill(planned, now, key, at, final=final)
