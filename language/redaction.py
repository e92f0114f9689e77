"""The sensitive texts that this process has met, found again in any other text.

What is sensitive can come back where nobody expects it: under another name in what a service answers, echoed in an
error, encoded in a request. So every text that comes from a provider, and every one that leaves for a log, is searched
for each sensitive one, as it is and as JSON, URLs and base64 write it.
"""

from __future__ import annotations

import base64
import binascii
import json
import threading
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import quote, quote_plus

HIDDEN = "(sensitive value)"
SHORTEST = 6
"""Characters that a text has at least to be searched for inside of others: shorter ones are in everything."""


class Redactor:
    """Remembers sensitive texts, from any thread, and finds them in others.

    Their forms are kept by how they begin, so that a search takes the same time for one text and for thousands, and
    nothing has to be built anew for the next one.
    """

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._forms: dict[str, tuple[str, ...]] = {}
        self._lock = threading.Lock()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was remembered."""
        return not self._texts

    def remember(self, value: Any) -> None:
        """Every text in a value is sensitive from now on."""
        for text in _texts(value):
            if text and text not in self._texts:
                with self._lock:
                    self._learn(text)

    def forget(self) -> None:
        """Nothing is sensitive any more: another stack begins."""
        with self._lock:
            self._texts.clear()
            self._forms.clear()

    def _learn(self, text: str) -> None:
        self._texts.add(text)
        if len(text) >= SHORTEST:
            for form in {*_forms(text), *(form for inner in _decoded(text) for form in _forms(inner))}:
                others = self._forms.get(form[:SHORTEST], ())
                if form not in others:
                    self._forms[form[:SHORTEST]] = tuple(sorted((*others, form), key=len, reverse=True))

    def is_sensitive(self, text: str) -> bool:
        """Whether a text has a sensitive one in it, or is one that is too short to be searched for."""
        return text in self._texts or self.has(text)

    def has(self, text: str) -> bool:
        """Whether a text has a sensitive one in it."""
        return next(self._places(text), None) is not None

    def redact(self, text: str) -> str:
        """The text with `HIDDEN` wherever a sensitive one was, and where it is one as a whole."""
        if text in self._texts:
            return HIDDEN
        parts, end = [], 0
        for start, after in self._places(text):
            parts += [text[end:start], HIDDEN]
            end = after
        return "".join((*parts, text[end:])) if parts else text

    def _places(self, text: str) -> Iterator[tuple[int, int]]:
        """Where sensitive texts are in a text, from the left; of those that begin at one place the longest."""
        if self._forms.keys().isdisjoint([text[at : at + SHORTEST] for at in range(len(text) - SHORTEST + 1)]):
            return
        end = 0
        for at in range(len(text) - SHORTEST + 1):
            if at >= end:
                forms = self._forms.get(text[at : at + SHORTEST], ())
                found = next((form for form in forms if text.startswith(form, at)), None)
                if found is not None:
                    end = at + len(found)
                    yield at, end


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
    for written in (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]):
        yield written
        yield written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")  # Go writes HTML so
        yield json.dumps(written)[1:-1]  # JSON as a text in JSON
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


def _decoded(text: str) -> Iterator[str]:
    """What a text is the base64 of, where that is text: who knows the one knows the other."""
    if len(text) % 4 == 0:
        try:
            plain = base64.b64decode(text, validate=True).decode()
        except (binascii.Error, ValueError):
            return
        if len(plain) >= SHORTEST and plain.isprintable():
            yield plain
