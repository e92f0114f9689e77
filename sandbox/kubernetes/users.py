"""Who asks: what authentication gives, and authorization is asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class User:
    """A user and the groups that it belongs to."""

    name: str
    groups: Sequence[str] = field(default_factory=tuple)
