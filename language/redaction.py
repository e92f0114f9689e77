"""The sensitive texts that this process has met, and any other text without them.

What is sensitive can come back where nobody expects it: echoed in an error, encoded in a request. So every text that
leaves for a log is searched for each sensitive one, as it is and as JSON, URLs and base64 write it.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import quote, quote_plus

HIDDEN = "(sensitive value)"
SHORTEST = 6
"""Characters that a text has at least to be searched for: shorter ones are in everything."""


class Redactor:
    """Remembers sensitive texts, from any thread, and takes them out of others."""

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self._lock = threading.Lock()

    def remember(self, value: Any) -> None:
        """Every text in a value is sensitive from now on."""
        new = {text for text in _texts(value) if len(text) >= SHORTEST} - self._texts
        if new:
            with self._lock:
                self._texts |= new
                self._pattern = None

    def redact(self, text: str) -> str:
        """The text with `HIDDEN` wherever a sensitive one was."""
        if not self._texts:
            return text
        with self._lock:
            if self._pattern is None:
                forms = {form for known in self._texts for form in _forms(known)}
                self._pattern = re.compile("|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)))
            pattern = self._pattern
        return pattern.sub(HIDDEN, text)


REDACTOR = Redactor()
"""The process's own: a command works on one stack."""


def _texts(value: Any) -> Iterator[str]:
    """The texts and numbers in a value of the language; names of attributes are no secret."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, Iterable):
        for element in value:
            yield from _texts(element)
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        yield str(value)


def _forms(text: str) -> Iterator[str]:
    """How a text may stand in others. Base64 of what it is a part of begins at one of three places in a group."""
    yield text
    yield json.dumps(text)[1:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    yield repr(text)[1:-1]
    yield quote(text)
    yield quote(text, safe="")
    yield quote_plus(text)
    data = text.encode("utf-8", "surrogatepass")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for before in range(3):
            first, rest = -(-before * 4 // 3), (len(data) + before) % 3
            encoded = encode(b"\0" * before + data).decode().rstrip("=")
            yield encoded[first : len(encoded) - (1 if rest else 0)]
