"""What becomes sensitive later is taken out of the snapshot before, which is kept as a backup."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from language.values import contains
from state.resources import OutputState, ResourceState
from state.secrets import Digest, digest
from state.snapshot import Snapshot
from state.values import SET, is_tagged

_SHORT = 6
"""Texts of fewer characters are not looked for inside of others."""

_HIDDEN = Digest("hmac-sha256:" + "0" * 64)
"""Stands for what has no digest of its own."""

Hide = Callable[[Any], Any]


def hidden(before: Snapshot, now: Snapshot) -> Snapshot | None:
    """The snapshot `before` with a digest wherever `now` has one, and of each text that says the same. None where
    there is nothing to hide.

    Only what is another by now is compared.
    """
    pairs = [*_changed(before.resources, now.resources, _attributes), *_changed(before.outputs, now.outputs, _value)]
    clear = [value for old, new in pairs for value in _hidden_since(old, new)]
    if not clear:
        return None
    texts = frozenset(text for value in clear for text in _texts(value) if text)
    long = tuple(form for text in texts if len(text) >= _SHORT for form in (text, _encoded(text)))

    def hide(value: Any) -> Any:
        if isinstance(value, str) and (value in texts or any(text in value for text in long)):
            return Digest(digest(value, before.digest_key))
        return value

    return replace(
        before,
        resources={
            key: _resource(each, now.resources.get(key), hide, before) for key, each in before.resources.items()
        },
        outputs={name: _output(each, now.outputs.get(name), hide, before) for name, each in before.outputs.items()},
        in_flight=tuple(
            replace(each, planned=each.planned and _members(each.planned, hide)) for each in before.in_flight
        ),
    )


def _changed(
    before: Mapping[str, Any], now: Mapping[str, Any], part: Callable[[Any], Any]
) -> Iterator[tuple[Any, Any]]:
    for key, new in now.items():
        old = before.get(key)
        if old is not None and old is not new:
            yield part(old), part(new)


def _attributes(resource: ResourceState) -> Any:
    return resource.attributes


def _value(output: OutputState) -> Any:
    return output.value


def _hidden_since(old: Any, new: Any) -> Iterator[Any]:
    """What stands in the clear where there is a digest by now."""
    if isinstance(new, Digest):
        if not isinstance(old, Digest):
            yield old
    elif isinstance(new, Mapping) and isinstance(old, Mapping):
        for name in new.keys() & old.keys():
            yield from _hidden_since(old[name], new[name])
    elif isinstance(new, tuple) and isinstance(old, tuple):
        for each, other in zip(old, new, strict=False):
            yield from _hidden_since(each, other)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, tuple):
        for element in value:
            yield from _texts(element)


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode(errors="surrogatepass")).decode().rstrip("=")


def _resource(old: ResourceState, new: ResourceState | None, hide: Hide, before: Snapshot) -> ResourceState:
    placed = old.attributes if new is None else _placed(old.attributes, new.attributes, before.digest_key)
    attributes = _members(placed, hide)
    private = {name: "" if _without(value, hide) != value else value for name, value in old.private.items()}
    return replace(old, attributes=attributes, private=private)


def _output(old: OutputState, new: OutputState | None, hide: Hide, before: Snapshot) -> OutputState:
    placed = old.value if new is None else _placed(old.value, new.value, before.digest_key)
    value = _without(placed, hide)
    return old if value == old.value else replace(old, value=value, sensitive=True)


def _placed(old: Any, new: Any, key: str) -> Any:
    """The old value with a digest where the new one has one."""
    if isinstance(old, Digest):
        return old
    if isinstance(new, Digest):
        return _HIDDEN if contains(old, Digest) else Digest(digest(old, key))
    if isinstance(new, Mapping) and isinstance(old, Mapping):
        return {name: _placed(member, new.get(name), key) for name, member in old.items()}
    if isinstance(new, tuple) and isinstance(old, tuple):
        rest = new + (None,) * (len(old) - len(new))
        return tuple(_placed(each, other, key) for each, other in zip(old, rest, strict=False))
    return old


def _members(values: Mapping[str, Any], hide: Hide) -> dict[str, Any]:
    return {name: _without(value, hide) for name, value in values.items()}


def _without(value: Any, hide: Hide) -> Any:
    """The value with its texts hidden; a set or an object whose names are hidden, as a whole."""
    if isinstance(value, Mapping):
        made = {name: _without(member, hide) for name, member in value.items()}
        names = any(hide(name) is not name for name in value)
        if names or (is_tagged(value) and SET in value and made != value):
            return _HIDDEN
        return made
    if isinstance(value, tuple):
        return tuple(_without(element, hide) for element in value)
    return hide(value)
