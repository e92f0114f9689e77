"""Base64, JSON, URLs, YAML."""

from __future__ import annotations

import base64
import binascii
import json
from decimal import Decimal
from typing import Any
from urllib.parse import quote_plus

from language.functions.contract import FunctionError, Parameter, Table, registrar
from language.types import STRING, format_number
from language.values import SetValue, number

FUNCTIONS: Table = {}
function = registrar(FUNCTIONS)
_TEXT = Parameter("str", STRING)
_ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


@function("base64encode", _TEXT, result=STRING)
def base64encode(text: str) -> str:
    """base64encode(str): the text's UTF-8 in Base64."""
    return base64.b64encode(text.encode()).decode()


@function("base64decode", _TEXT, result=STRING)
def base64decode(text: str) -> str:
    """base64decode(str): the text that is UTF-8 in Base64 here."""
    try:
        return base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True).decode()
    except binascii.Error:
        raise FunctionError("failed to decode base64 data", 0) from None
    except UnicodeDecodeError:
        raise FunctionError("the result of decoding the provided string is not valid UTF-8", 0) from None


@function("urlencode", _TEXT, result=STRING)
def urlencode(text: str) -> str:
    """urlencode(str): escaped for the query of a URL."""
    return quote_plus(text, safe="")


def encode_json(value: Any) -> str:
    """JSON as Go writes it: keys sorted, no spaces, exact numbers, HTML escaped."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).translate(_ESCAPED)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | Decimal):
        return format_number(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{encode_json(name)}:{encode_json(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, tuple | SetValue):
        return "[" + ",".join(encode_json(element) for element in value) + "]"
    raise FunctionError(f"a {type(value).__name__} has no JSON")


def from_plain(value: Any) -> Any:
    """What a JSON or YAML decoder gives, as values of the language."""
    if isinstance(value, list):
        return tuple(from_plain(element) for element in value)
    if isinstance(value, dict):
        return {str(name): from_plain(member) for name, member in value.items()}
    if isinstance(value, float):
        return number(Decimal(repr(value)))
    return number(value) if isinstance(value, Decimal) else value


@function("jsonencode", Parameter("val", null=True), result=STRING)
def jsonencode(value: Any) -> str:
    """jsonencode(val): as JSON."""
    return encode_json(value)


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is not a value of JSON")


@function("jsondecode", _TEXT)
def jsondecode(text: str) -> Any:
    """jsondecode(str): the value of a JSON text."""
    try:
        return from_plain(json.loads(text, parse_float=Decimal, parse_constant=_no_constant))
    except RecursionError:
        raise FunctionError("the JSON is nested too deep", 0) from None
    except ValueError as failure:
        raise FunctionError(f"invalid JSON: {failure}", 0) from None


@function("yamldecode", Parameter("src", STRING))
def yamldecode(text: str) -> Any:
    """yamldecode(src): the value of a YAML document."""
    from language.yaml import YamlError, load_documents

    try:
        documents = list(load_documents(text))
    except YamlError as failure:
        raise FunctionError(f"on line {failure.line}, column {failure.column}: {failure.problem}", 0) from None
    if len(documents) > 1:
        raise FunctionError("only one YAML document is expected", 0)
    if not documents and not text.strip():
        raise FunctionError("a document is expected, and the text is empty", 0)
    return from_plain(documents[0].value) if documents else None


@function("yamlencode", Parameter("value", null=True), result=STRING)
def yamlencode(value: Any) -> str:
    """yamlencode(value): as YAML, keys and texts quoted, as Terraform writes it."""
    ending = "" if isinstance(value, str | dict | tuple | SetValue) else "...\n"
    return "".join(_yaml(value, 0)) + ending


def _yaml(value: Any, depth: int) -> list[str]:
    pad = "  " * depth
    if isinstance(value, dict) and value:
        lines = []
        for name in sorted(value):
            inner = value[name]
            nested = isinstance(inner, dict | tuple | SetValue) and len(inner)
            head = f"{pad}{json.dumps(name, ensure_ascii=False)}:"
            lines.append(f"{head}\n" if nested else f"{head} {_scalar(inner, pad)}\n")
            lines += _yaml(inner, depth if isinstance(inner, tuple | SetValue) else depth + 1) if nested else []
        return lines
    if isinstance(value, tuple | SetValue) and len(value):
        lines = []
        for element in value:
            if isinstance(element, dict | tuple | SetValue) and len(element):
                inner = _yaml(element, depth + 1)
                lines += [f"{pad}- {inner[0].lstrip()}", *inner[1:]]
            else:
                lines.append(f"{pad}- {_scalar(element, pad)}\n")
        return lines
    return [f"{_scalar(value, '')}\n"]


def _scalar(value: Any, pad: str) -> str:
    if not isinstance(value, str):
        return encode_json(value)
    lines = value.removesuffix("\n").split("\n")
    if "\n" not in value or any(line.endswith(" ") or "\t" in line for line in lines):
        return json.dumps(value, ensure_ascii=False)
    head = "|2" if value[0] in " \n" else "|"
    keep = "-" if not value.endswith("\n") else "+" if value == "\n" or value.endswith("\n\n") else ""
    return head + keep + "".join(f"\n{pad}  {line}" if line else "\n" for line in lines)
