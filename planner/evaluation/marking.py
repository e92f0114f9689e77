"""The marks of an instance's values, put back at the border to its provider, which sees none.

They are where the configuration has them, in what the kind copies from there, where the kind knows of secrets, and
wherever a text came back that is sensitive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from language.marks import mark_paths, unmark_deep
from language.redaction import HIDDEN, REDACTOR
from language.values import Sensitive, SetValue, Unknown, contains_sensitive, equal, is_known, transform, value_at
from providers.contract import Kind, Note, Planned, ValuePath, Values
from providers.contract.diff import proposed_new


def without_secrets(values: Values) -> Values:
    """The values with an unknown in place of all that is marked."""
    if not contains_sensitive(values):
        return values
    made: Values = transform(values, lambda part, _: Unknown() if isinstance(part, Sensitive) else part)
    return made


def planned_object(kind: Kind, values: Values) -> Values:
    """What is known of an instance before it is read or made: its configuration, and the types of all else."""
    plain, paths = unmark_deep(values)
    return marked(kind, proposed_new(kind.schema, None, plain), paths)


def marked(kind: Kind, values: Values, config_paths: tuple[ValuePath, ...]) -> Values:
    """The values with marks where the configuration had them, also in copies, and where the kind knows of secrets."""
    paths = [*with_copies(kind, config_paths), *kind.sensitive_paths(values)]
    if not paths:
        return values
    made: Values = mark_paths(values, paths)
    return made


def resolved_paths(planned: Values, config: Values) -> tuple[ValuePath, ...]:
    """Where marks are by now: those of the plan, and the configuration's. What was not known was marked as a whole in
    the plan, and the configuration tells which part of it is sensitive."""
    known = (path for path in unmark_deep(planned)[1] if is_known(value_at(planned, path)))
    return (*known, *unmark_deep(config)[1])


def searched(kind: Kind, values: Values, config: Values) -> Values:
    """The values with marks around each text that has a sensitive one in it, but where `config` (marks inside) has the
    same in the clear: that is as its author wants it."""
    if REDACTOR.is_empty:
        return values
    made: Values = mark_paths(values, list(_echoes(values, {**config, **_copied(kind, config)})))
    return made


def with_copies(kind: Kind, paths: tuple[ValuePath, ...]) -> tuple[ValuePath, ...]:
    """The paths, and those of what the kind copies from there."""
    if not paths or not kind.copies:
        return paths
    copied = ((kind.copies[str(path[0])], *path[1:]) for path in paths if path and path[0] in kind.copies)
    return (*paths, *copied)


def _copied(kind: Kind, config: Values) -> Values:
    return {copy: config[name] for name, copy in kind.copies.items() if name in config}


def _echoes(value: Any, config: Any, at: ValuePath = ()) -> Iterator[ValuePath]:
    """Paths of sensitive texts and numbers; of a map that has one for a key, and of a set, the path of the whole."""
    if isinstance(value, str):
        if value != config and REDACTOR.is_sensitive(value):
            yield at
    elif value is None or value is config or isinstance(value, bool):
        return
    elif isinstance(value, dict):
        members = config if isinstance(config, dict) else {}
        if any(name not in members and REDACTOR.has(name) for name in value):
            yield at
            return
        for name, member in value.items():
            yield from _echoes(member, members.get(name), (*at, name))
    elif isinstance(value, tuple):
        elements = config if isinstance(config, tuple) else ()
        for index, (element, known) in enumerate(zip_longest(value, elements[: len(value)])):
            yield from _echoes(element, known, (*at, index))
    elif isinstance(value, SetValue):
        if not equal(value, config) and any(True for element in value for _ in _echoes(element, None)):
            yield at
    elif isinstance(value, int | Decimal) and not equal(value, config) and REDACTOR.is_sensitive(str(value)):
        yield at


def noted(kind: Kind, planned: Planned, config_paths: tuple[ValuePath, ...]) -> Planned:
    """What is planned, without sensitive texts in its notes, and without what they say of sensitive values."""
    if not planned.notes:
        return planned
    paths = [*with_copies(kind, config_paths), *kind.sensitive_paths(planned.values)]
    paths += [path[1:] for path in paths]  # in what a kind shows of itself, paths begin there

    def hidden(note: Note) -> Note:
        at_secret = any(path[: len(note.path)] == note.path[: len(path)] for path in paths if path and note.path)
        return replace(note, message=HIDDEN if at_secret else REDACTOR.redact(note.message))

    return replace(planned, notes=tuple(map(hidden, planned.notes)))
