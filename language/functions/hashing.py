"""Digests of texts and files: base64sha256, filesha512 and their kin."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import partial

from language.functions.contract import Parameter, Table, registrar
from language.types import STRING

FUNCTIONS: Table = {}
function = registrar(FUNCTIONS)
_TEXT = Parameter("str", STRING)


def hexadecimal(algorithm: str, data: bytes) -> str:
    """md5(str), sha1(str), sha256(str), sha512(str): the digest, in hexadecimal."""
    return hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()


def in_base64(algorithm: str, data: bytes) -> str:
    """base64sha256(str), base64sha512(str): the digest, in Base64."""
    return base64.b64encode(hashlib.new(algorithm, data).digest()).decode()


DIGESTS = {
    **{name: partial(hexadecimal, name) for name in ("md5", "sha1", "sha256", "sha512")},
    **{f"base64{name}": partial(in_base64, name) for name in ("sha256", "sha512")},
}
"""By the name of the function of a text; that of a file is the same after "file"."""


def _of_text(digest: Callable[[bytes], str], text: str) -> str:
    return digest(text.encode())


for _name, _digest in DIGESTS.items():
    _form = "Base64" if _name.startswith("base64") else "hexadecimal"
    _about = f"{_name}(str): the {_name.removeprefix('base64').upper()} digest of the text's UTF-8, in {_form}."
    function(_name, _TEXT, result=STRING, about=_about)(partial(_of_text, _digest))
