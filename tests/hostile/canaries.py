"""Secrets that are recognised wherever they turn up, in whatever a command printed, wrote, logged or started."""

from __future__ import annotations

import base64
import json
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

FORMS = {
    "plain": "canary-{}-7hK2mQ9x",
    "quotes": "canary-{}-\"q\\u'o${{t}}%&+e",
    "lines": "canary-{}-first\nsecond-canary-{}-line",
    "unicode": "canary-{}-grün-日本-é",
}
"""What a secret may be made of."""
_SHORTEST = 8


def forms(secret: str) -> set[bytes]:
    """How a secret may stand in bytes: as it is, each line of it, in JSON, in a URL, in base64 at any place of it."""
    found = set()
    for text in {secret, *secret.split("\n")}:
        if len(text) < _SHORTEST:
            continue
        escaped = (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], repr(text)[1:-1])
        plain = {text, text.upper(), *escaped, json.dumps(escaped[0])[1:-1], quote(text, safe=""), quote_plus(text)}
        found |= {each.encode() for each in plain}
        data = text.encode()
        for before in range(3):
            whole = base64.b64encode(bytes(before) + data)
            found |= {part for part in (whole[4 * (before > 0) : -4],) if len(part) >= _SHORTEST}
    return found


def leaks(secret: str, data: bytes) -> bytes | None:
    """The form of the secret that is in the data, or in what is compressed in it."""
    return next((form for each in (data, _unpacked(data)) for form in forms(secret) if form in each), None)


def _unpacked(data: bytes) -> bytes:
    """What a plan file has behind its first line."""
    try:
        return zlib.decompressobj().decompress(data.partition(b"\n")[2])
    except zlib.error:
        return b""


def files(room: Path, inputs: set[Path]) -> Iterator[tuple[Path, bytes]]:
    """Every file below, but for what was put in."""
    for path in sorted(room.rglob("*")):
        if path.is_file() and path not in inputs:
            yield path, path.read_bytes()


_STARTED: list[bytes] = []


def _audited(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"):
        _STARTED.append(repr(arguments).encode("utf-8", "surrogateescape"))


sys.addaudithook(_audited)


def started() -> list[bytes]:
    """Arguments and environment of every process that this one started, since it was asked last."""
    found, _STARTED[:] = list(_STARTED), []
    return found
