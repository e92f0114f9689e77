"""What a rule says of an object: ready, failed, or what it waits for."""

from __future__ import annotations

from dataclasses import dataclass

from providers.contract import Values
from providers.kubernetes.foreign import mappings


@dataclass(frozen=True, slots=True)
class Status:
    """`message` says in words what is missing or wrong."""

    ready: bool
    failed: bool = False
    message: str = ""


READY = Status(True)


def waiting(message: str) -> Status:
    """Not yet."""
    return Status(False, False, message)


def failed(message: str) -> Status:
    """Never, unless somebody changes something."""
    return Status(False, True, message)


def condition(live: Values, word: str) -> Values:
    """The object's condition of that type, or an empty one."""
    return next((each for each in mappings(live, "status", "conditions") if each.get("type") == word), {})
