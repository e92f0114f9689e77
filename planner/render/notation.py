"""How values are written: resources as HCL writes them, Kubernetes objects as YAML does. Secrets are masked here."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, Protocol

from language.conversion import format_number
from language.functions.encoding import encode_json
from language.overriding import override
from language.values import SENSITIVE, Sensitive, SetValue, Unknown
from state.secrets import Digest

UNKNOWN = "(known after apply)"
SECRET = "(sensitive value)"  # noqa: S105 - what is shown instead of one
PASSING = "(ephemeral value)"

_LARGEST_JSON = 64 * 1024
_IDENTIFIER = re.compile(r"[A-Za-z_][\w-]*\Z", re.ASCII)
_YAML_1_1 = frozenset({"y", "n", "yes", "no", "on", "off"})
"""Words that older readers of YAML take for a bool."""
_UNESCAPED = {"\\u003c": "<", "\\u003e": ">", "\\u0026": "&"}


def hcl(value: Any) -> str:
    """A value on one line, as HCL writes it."""
    if isinstance(value, Sensitive | Digest):
        return SECRET if isinstance(value, Digest) or value.marks & SENSITIVE else PASSING
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, str):
        return _quoted(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | Decimal):
        return format_number(value)
    if isinstance(value, dict):
        members = ", ".join(f"{hcl_key(name)} = {hcl(member)}" for name, member in value.items())
        return f"{{ {members} }}" if members else "{}"
    return "[" + ", ".join(hcl(element) for element in value) + "]"


def hcl_key(name: str) -> str:
    """The name of an attribute or the key of a map: quoted where it is no identifier."""
    return name if _IDENTIFIER.match(name) else _quoted(name)


def yaml(value: Any) -> str:
    """A value on one line, as YAML writes it."""
    if isinstance(value, str) and value and not _needs_quotes(value):
        return value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{yaml(name)}: {_flow(member)}" for name, member in value.items()) + "}"
    if isinstance(value, tuple | SetValue):
        return "[" + ", ".join(_flow(element) for element in value) + "]"
    return hcl(value)


def _flow(value: Any) -> str:
    """Inside brackets, commas and brackets have to be quoted as well."""
    return _quoted(value) if isinstance(value, str) and re.search(r"[,\[\]{}]", value) else yaml(value)


def _needs_quotes(text: str) -> bool:
    from language.yaml import plain

    if text != text.strip() or "\n" in text or text[0] in "&*!|>'\"%@`{[#,?-:" or ": " in text or " #" in text:
        return True
    return text.lower() in _YAML_1_1 or not isinstance(plain(text), str) or text.endswith(":")


def _quoted(text: str) -> str:
    quoted = encode_json(text)
    for escaped, plain in _UNESCAPED.items():
        quoted = quoted.replace(escaped, plain)
    return quoted


def is_container(value: Any) -> bool:
    """Whether it has parts to show on lines of their own."""
    return isinstance(value, dict | tuple | SetValue) and len(value) > 0


class Notation(Protocol):
    """What a difference has to know of the way in which values are written."""

    aligned: bool
    """Whether the values of one body stand below each other."""

    def scalar(self, value: Any) -> str:
        """Any value on one line."""

    def pair(self, name: str, width: int) -> str:
        """What stands before a value on one line."""

    def opening(self, name: str, value: Any) -> str:
        """The first line of a member with parts."""

    def closing(self, value: Any) -> str:
        """Its last line, or an empty text."""

    def element(self, value: Any) -> str:
        """An element of a list on one line."""

    def text_bounds(self, name: str) -> tuple[str, str]:
        """The lines around a text of several lines."""

    def opened(self, value: Any) -> Any:
        """The value as it is shown: a text that holds JSON is shown as what it holds."""

    def is_empty(self, value: Any) -> bool:
        """Whether it says no more than its absence."""


class Hcl(Notation):
    """Values as HCL."""

    aligned = True

    @override
    def scalar(self, value: Any) -> str:
        return f"jsonencode({hcl(value.value)})" if isinstance(value, Encoded) else hcl(value)

    @override
    def pair(self, name: str, width: int) -> str:
        return f"{hcl_key(name):<{width}} = "

    @override
    def opening(self, name: str, value: Any) -> str:
        return f"{hcl_key(name)} = {self._bracket(value)}"

    @override
    def closing(self, value: Any) -> str:
        if isinstance(value, Encoded):
            return f"{self.closing(value.value)})"
        return "}" if isinstance(value, dict) else "]"

    @override
    def element(self, value: Any) -> str:
        return f"{hcl(value)},"

    @override
    def text_bounds(self, name: str) -> tuple[str, str]:
        return f"{hcl_key(name)} = <<-EOT", "EOT"

    @override
    def opened(self, value: Any) -> Any:
        if not isinstance(value, str) or value[:1] not in ("{", "[") or len(value) > _LARGEST_JSON:
            return value
        try:
            decoded = json.loads(value, parse_float=Decimal, object_hook=dict)
        except (ValueError, RecursionError):
            return value
        plain = _tuples(decoded)
        return Encoded(plain) if is_container(plain) else value

    @override
    def is_empty(self, value: Any) -> bool:
        return value is None or (isinstance(value, dict | tuple | SetValue) and not len(value))

    def _bracket(self, value: Any) -> str:
        if isinstance(value, Encoded):
            return f"jsonencode({self._bracket(value.value)}"
        return "{" if isinstance(value, dict) else "["


class Outputs(Hcl):
    """Of outputs an empty collection is told as any other value."""

    @override
    @override
    def is_empty(self, value: Any) -> bool:
        return value is None


class Yaml(Notation):
    """Values as YAML, for manifests."""

    aligned = False

    @override
    def scalar(self, value: Any) -> str:
        return yaml(value)

    @override
    def pair(self, name: str, width: int) -> str:
        return f"{yaml(name)}: "

    @override
    def opening(self, name: str, value: Any) -> str:
        return f"{yaml(name)}:"

    @override
    def closing(self, value: Any) -> str:
        return ""

    @override
    def element(self, value: Any) -> str:
        return f"- {yaml(value)}"

    @override
    def text_bounds(self, name: str) -> tuple[str, str]:
        return f"{yaml(name)}: |", ""

    @override
    def opened(self, value: Any) -> Any:
        return value

    @override
    def is_empty(self, value: Any) -> bool:
        return value is None


class Encoded:
    """A text that holds JSON, as the value that it holds."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _tuples(member) for name, member in value.items()}
    if isinstance(value, list):
        return tuple(_tuples(element) for element in value)
    return value
