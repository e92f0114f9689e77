"""The values that cross the border: what exists, what is planned of it, and what a plan says of a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from typing_extensions import TypeVar

from language.diagnostics import Diagnostic

Values = dict[str, Any]
ValuePath = tuple[str | int, ...]
Client = Any
"""What a provider's `configure` made, for those who only pass it on."""
ClientT = TypeVar("ClientT", default=Any)
"""The same for the provider itself and its kinds, who know what it is."""


@dataclass(frozen=True)
class Observed:
    """What exists: its values by the kind's schema, how to find it again, and small data of the kind's own.

    `identity` is enough to read or delete it (an id, an arn, a UID with its name). `private` is kept in state, shown
    to nobody, and must hold no secret.
    """

    values: Values
    identity: Mapping[str, Any]
    private: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Contents:
    """What something holds that would go with it: `found` as people call each thing, `unknown` what could not be asked
    for, and why."""

    found: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Note:
    """Something a plan should say of a value: what drifted and who did it, what is left to a controller, or what
    would go with what is destroyed."""

    kind: Literal["drift", "held", "conflict", "holds", "info"]
    path: ValuePath
    message: str
    by: str = ""


@dataclass(frozen=True)
class Planned:
    """What a kind makes of a proposal. `replace` names the values that force a new one; empty means in place.

    Values equal to the prior ones mean that nothing is to be done. `private` travels to create and update.
    """

    values: Values
    replace: tuple[ValuePath, ...] = ()
    notes: tuple[Note, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    private: Mapping[str, Any] = field(default_factory=dict)
