"""What stands in the state where a secret was: a keyed digest, which can be compared and not read.

The key is random for each lineage and kept in the snapshot, so that equal secrets of two installations look different.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Any

from state import codec

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
