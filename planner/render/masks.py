"""Secrets stay secret on both sides of a difference: what is sensitive before or after is masked before and after.

A live value may come back unmarked where the planned one is marked, and elements of lists may have moved; so marks
count for the same member of every element.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from language.values import Sensitive, SetValue, contains_sensitive, rebuilt
from state.secrets import Digest

_Pattern: TypeAlias = "bool | tuple[dict[str, _Pattern], _Pattern]"
"""True where all is secret, False where nothing is, else the patterns of members by name, and one for all elements."""


def masked(before: Any, after: Any) -> tuple[Any, Any]:
    """Both values, with a mark wherever either of them has one. A digest is a mark too."""
    if not contains_sensitive(before) and not contains_sensitive(after):
        return before, after
    pattern = _union(_pattern(before), _pattern(after))
    return _apply(before, pattern), _apply(after, pattern)


def _pattern(value: Any) -> _Pattern:
    if isinstance(value, Sensitive | Digest):
        return True
    if isinstance(value, dict):
        members = {name: found for name, member in value.items() if (found := _pattern(member))}
        return (members, False) if members else False
    if isinstance(value, tuple | SetValue):
        elements: _Pattern = False
        for element in value:
            elements = _union(elements, _pattern(element))
        return ({}, elements) if elements else False
    return False


def _union(one: _Pattern, other: _Pattern) -> _Pattern:
    if one is True or other is True:
        return True
    if one is False or other is False:
        return other if one is False else one
    names = dict.fromkeys((*one[0], *other[0]))
    members = {name: _union(one[0].get(name, False), other[0].get(name, False)) for name in names}
    return members, _union(one[1], other[1])


def _apply(value: Any, pattern: _Pattern) -> Any:
    if pattern is False or value is None:
        return value
    if pattern is True:
        return Sensitive(value)
    members, elements = pattern
    if isinstance(value, dict):
        made = {name: _apply(member, members.get(name, False)) for name, member in value.items()}
        return rebuilt(value, made)
    if isinstance(value, tuple):
        applied = tuple(_apply(element, elements) for element in value)
        return rebuilt(value, applied)
    if isinstance(value, SetValue) and elements is not False:
        return SetValue(value.element_type, [_apply(element, elements) for element in value])
    return value
