"""The marks of an instance's values: those of its configuration, and those that its kind knows of."""

from __future__ import annotations

from language.marks import mark_paths, unmark_deep
from language.values import Sensitive, Unknown, contains_sensitive, transform
from providers.contract import Kind, ValuePath, Values
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
    """The values with marks where the configuration had them and where the kind knows of secrets."""
    paths = [*config_paths, *kind.sensitive_paths(values)]
    if not paths:
        return values
    made: Values = mark_paths(values, paths)
    return made
