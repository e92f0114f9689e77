"""The formats that states were written in. Older ones are read for ever: each is brought to the next, newer ones are
refused.

1: no checksum, no count. An object that has the name of a tag for its only key was written as it is.
2: `state.values` tells such objects from tags; a snapshot has a checksum and a count.
"""

from __future__ import annotations

from typing import Any

from language.diagnostics import FreeholdError, error
from state.codec import DEEPEST, Malformed
from state.values import OBJECT, STORED, is_tagged

FORMAT = 2


def format_of(raw: Any, place: str, default: int | None = None) -> int:
    """The number of the format that an object says it is in. Raises Malformed, and FreeholdError for a newer one."""
    number = raw.get("format", default) if type(raw) is dict else None
    if type(number) is not int or number < 1:
        raise Malformed("has no format number")
    if number > FORMAT:
        writer = raw.get("version")
        by = f" by freehold {writer}" if isinstance(writer, str) and writer else ""
        raise FreeholdError(
            [
                error(
                    "The state was written by a newer freehold",
                    f"What is in {place} has format {_short(number)}, written{by}; this freehold reads formats up to "
                    f"{FORMAT}.",
                    advice="Upgrade freehold" + (f" to {writer} or newer." if by else "."),
                )
            ]
        )
    return number


def upgraded(raw: Any, format: int) -> Any:
    """What was read of an older format, as this one writes it. Raises Malformed."""
    return _with_objects(raw, 2 * DEEPEST) if format == 1 else raw


def _with_objects(raw: Any, left: int) -> Any:
    """With `$object` around what has a tag's name for its only key and is none."""
    if not left:
        raise Malformed("is nested too deeply")
    if type(raw) is list:
        return [_with_objects(item, left - 1) for item in raw]
    if type(raw) is not dict:
        return raw
    made = {name: _with_objects(item, left - 1) for name, item in raw.items()}
    return {OBJECT: made} if is_tagged(raw) and not _is_tag(raw) else made


def _is_tag(raw: dict[str, Any]) -> bool:
    try:
        return OBJECT not in raw and STORED.decode(dict(raw)) is not None
    except Malformed:
        return False


def _short(number: int) -> str:
    return str(number) if number < 1_000_000 else "of a number that is far too large"
