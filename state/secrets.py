"""What stands in the state where a secret was: a keyed digest, which can be compared and not read.

The key is random for each lineage and kept in the snapshot, so that equal secrets of two installations look different.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from state import codec

Path = tuple[str | int, ...]

_TAG = "$sensitive"
_SHAPE = re.compile(r"hmac-sha256:[0-9a-f]{64}")


def new_key() -> str:
    """A fresh key: 256 random bits as hexadecimal text."""
    return secrets.token_hex(32)


def digest(value: Any, key: str) -> str:
    """HMAC-SHA256 (RFC 2104) of the value's canonical JSON; equal values have equal digests under one key."""
    return "hmac-sha256:" + hmac.digest(bytes.fromhex(key), codec.canonical(value), "sha256").hex()


@dataclass(frozen=True, slots=True)
class Digest:
    """Stands among attributes where a secret was."""

    text: str

    def matches(self, value: Any, key: str) -> bool:
        """Whether it was made of this value; takes the same time whatever the answer."""
        return hmac.compare_digest(self.text, digest(value, key))

    def to_json(self) -> dict[str, str]:
        return {_TAG: self.text}


def revive(value: dict[str, Any]) -> Any:
    """The digest that an object of one key stands for, or the object itself."""
    text = value.get(_TAG)
    return Digest(text) if isinstance(text, str) and _SHAPE.fullmatch(text) else value


def seal(attributes: dict[str, Any], sensitive_paths: Iterable[Path], key: str) -> dict[str, Any]:
    """The attributes with a Digest at each of the paths; what lies beside them is shared with the original.

    A path that leads nowhere is passed over: an absent value has nothing to hide. Null is kept, since it tells nothing.
    The empty path seals every attribute.
    """
    sealed: Any = attributes
    for path in sorted(sensitive_paths, key=len):
        sealed = _seal(sealed, path, key)
    if isinstance(sealed, Digest):
        return {name: _seal(value, (), key) for name, value in attributes.items()}
    assert isinstance(sealed, dict)
    return sealed


def _seal(value: Any, path: Path, key: str) -> Any:
    if value is None or isinstance(value, Digest):
        return value
    if not path:
        return Digest(digest(value, key))
    step, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {**value, step: _seal(value[step], rest, key)} if step in value else value
    if isinstance(value, tuple | list) and isinstance(step, int) and 0 <= step < len(value):
        return (*value[:step], _seal(value[step], rest, key), *value[step + 1 :])
    return value
