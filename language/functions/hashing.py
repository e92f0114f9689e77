"""Digests of texts: base64sha256, md5, sha1, sha256, sha512."""

from __future__ import annotations

import base64
import hashlib
from functools import partial

from language.functions.contract import Parameter, Table, registrar
from language.types import STRING

FUNCTIONS: Table = {}
function = registrar(FUNCTIONS)
_TEXT = Parameter("str", STRING)


def _hex(algorithm: str, text: str) -> str:
    return hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()


for _name in ("md5", "sha1", "sha256", "sha512"):
    function(_name, _TEXT, result=STRING)(partial(_hex, _name))


@function("base64sha256", _TEXT, result=STRING)
def base64sha256(text: str) -> str:
    """base64sha256(str): the SHA-256 of the text's UTF-8, in Base64."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
