"""What stands in the state where a secret was: a keyed digest, which can be compared and not read.

The key is random for each lineage and kept in the snapshot, so that equal secrets of two installations look different.
A plan for a state that does not exist yet has no such key: its digests are scrypt's, with a salt of the plan's own.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from state import codec
from state.codec import Malformed

SENSITIVE = "$sensitive"
_SHAPE = re.compile(r"(?:hmac-sha256|scrypt):[0-9a-f]{64}")
_KEY = re.compile(r"[0-9a-f]{64}")
_SALT = re.compile(r"scrypt:[0-9a-f]{32}")
_COST, _BLOCK = 1 << 14, 8
"""scrypt's N and r: 16 MB, and some 50 ms a value (RFC 7914)."""


def new_key() -> str:
    """A fresh key: 256 random bits as hexadecimal text."""
    return secrets.token_hex(32)


def new_salt() -> str:
    """What takes a key's place where there is none: digests under it are slow to try guesses against."""
    return f"scrypt:{secrets.token_hex(16)}"


def is_key(text: str) -> bool:
    """Whether it is what `new_key` gives."""
    return _KEY.fullmatch(text) is not None


def is_salt(text: str) -> bool:
    """Whether it is what `new_salt` gives."""
    return _SALT.fullmatch(text) is not None


def digest(value: Any, key: str) -> str:
    """The digest of the value's canonical JSON under a key (HMAC-SHA256, RFC 2104) or a salt (scrypt, RFC 7914)."""
    content = codec.canonical(value)
    if is_salt(key):
        return "scrypt:" + _scrypt(content, key)
    return "hmac-sha256:" + hmac.digest(bytes.fromhex(key), content, "sha256").hex()


@lru_cache(maxsize=4096)
def _scrypt(content: bytes, salt: str) -> str:
    inner = bytes.fromhex(salt.partition(":")[2])
    return hashlib.scrypt(content, salt=inner, n=_COST, r=_BLOCK, p=1, maxmem=64 << 20, dklen=32).hex()


@dataclass(frozen=True, slots=True)
class Digest:
    """Stands among attributes where a secret was."""

    text: str

    def matches(self, value: Any, key: str) -> bool:
        """Whether it was made of this value; takes the same time whatever the answer."""
        return hmac.compare_digest(self.text, digest(value, key))

    def is_under(self, key: str) -> bool:
        """Whether it is of the sort that `digest` makes under this key or salt."""
        return self.text.partition(":")[0] == ("scrypt" if is_salt(key) else "hmac-sha256")

    def to_json(self) -> dict[str, str]:
        """As state and plan have it."""
        return {SENSITIVE: self.text}


def digest_from(raw: Any) -> Digest:
    """The digest that stands behind its tag. Raises Malformed."""
    if type(raw) is not str or not _SHAPE.fullmatch(raw):
        raise Malformed("is not a digest")
    return Digest(raw)
