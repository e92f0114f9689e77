"""Base64, CSV, gzip, JSON, URLs, YAML."""

from __future__ import annotations

import base64
import codecs
import csv
import gzip
import io
import json
import re
import zlib
from decimal import Decimal
from typing import Any
from urllib.parse import quote_plus, unquote_to_bytes

from language.conversion import format_number
from language.functions.contract import FunctionError, Parameter, Table, bounded, bounded_elements, registrar
from language.limits import MAX_DIGITS, MAX_ELEMENTS, MAX_NESTING, MAX_TEXT, TOO_DEEP, TOO_MANY_DIGITS
from language.types import STRING, Object
from language.values import ListValue, SetValue, number
from language.yaml import YamlError, load_documents

FUNCTIONS: Table = {}
function = registrar(FUNCTIONS)
_TEXT = Parameter("str", STRING)
MAX_BYTES = 64 * 1024 * 1024
_ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


@function("base64encode", _TEXT, result=STRING)
def base64encode(text: str) -> str:
    """base64encode(str): the text's UTF-8 in Base64."""
    return base64.b64encode(text.encode()).decode()


def from_base64(text: str, problem: str) -> bytes:
    """What is in Base64 here. Raises FunctionError of the first argument with the problem."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise FunctionError(problem, 0) from None


@function("base64decode", _TEXT, result=STRING)
def base64decode(text: str) -> str:
    """base64decode(str): the text that is UTF-8 in Base64 here."""
    try:
        return from_base64(text.replace("\n", "").replace("\r", ""), "failed to decode base64 data").decode()
    except UnicodeDecodeError:
        raise FunctionError("the result of decoding the provided string is not valid UTF-8", 0) from None


@function("base64gzip", _TEXT, result=STRING)
def base64gzip(text: str) -> str:
    """base64gzip(str): the text's UTF-8 compressed with gzip, in Base64."""
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


@function("base64gunzip", _TEXT, result=STRING)
def base64gunzip(text: str) -> str:
    """base64gunzip(str): what base64gzip made of a text. What would be over 64 MiB is an error."""
    packed = from_base64(text, "failed to decode base64 data")
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise FunctionError("failed to gunzip bytes", 0) from None
    if len(data) > MAX_BYTES:
        raise FunctionError(f"the text would be over {MAX_BYTES >> 20} MiB", 0)
    return _decoded(data, "utf-8")


@function("textencodebase64", _TEXT, Parameter("encoding", STRING), result=STRING)
def textencodebase64(text: str, encoding: str) -> str:
    """textencodebase64(str, encoding): the text in a character encoding of the IANA, in Base64."""
    try:
        return base64.b64encode(text.encode(_codec(encoding))).decode()
    except UnicodeEncodeError as failure:
        character = text[failure.start]
        raise FunctionError(
            f"the given string contains characters that cannot be represented: {character!r}", 0
        ) from None


@function("textdecodebase64", Parameter("source", STRING), Parameter("encoding", STRING), result=STRING)
def textdecodebase64(text: str, encoding: str) -> str:
    """textdecodebase64(str, encoding): the text that is in a character encoding of the IANA in Base64 here."""
    data = from_base64(text, "the given value is not valid Base64")
    return _decoded(data, _codec(encoding))


def _codec(name: str) -> str:
    """Python's name of an encoding; of UTF-16 without an order, the big-endian one, as the RFC has it."""
    plain = {"UTF-16": "utf-16-be", "UTF-8": "utf-8"}.get(name.upper(), name)
    try:
        found = codecs.lookup(plain)
    except (LookupError, ValueError):
        raise FunctionError(f'"{name}" is not a supported IANA encoding name or alias in this build', 1) from None
    if not getattr(found, "_is_text_encoding", True):
        raise FunctionError(f'"{name}" is not a character encoding', 1)
    return plain


def _decoded(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        raise FunctionError("the bytes are no text of this encoding", 0) from None


@function("csvdecode", _TEXT)
def csvdecode(text: str) -> Any:
    """csvdecode(str): the rows of a CSV file with a heading, as objects of texts."""
    rows: list[list[str]] = []
    fields = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), strict=True):
            fields += len(row)
            bounded_elements(fields)
            rows.append(row)
    except csv.Error as failure:
        raise FunctionError(f"invalid CSV: {failure}", 0) from None
    rows = [row for row in rows if row]
    if not rows:
        raise FunctionError("missing header line", 0)
    heading, *records = rows
    if len(set(heading)) < len(heading):
        twice = next(name for name in heading if heading.count(name) > 1)
        raise FunctionError(f'duplicate column name "{twice}"', 0)
    if any(len(record) != len(heading) for record in records):
        raise FunctionError("invalid CSV: a record has the wrong number of fields", 0)
    type_ = Object(dict.fromkeys(heading, STRING))
    return ListValue(type_, [dict(zip(heading, record, strict=True)) for record in records])


@function("urldecode", _TEXT, result=STRING)
def urldecode(text: str) -> str:
    """urldecode(str): what urlencode made of a text."""
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        raise FunctionError(f"invalid URL escape in {text!r}", 0)
    return _decoded(unquote_to_bytes(text.replace("+", " ")), "utf-8")


@function("urlencode", _TEXT, result=STRING)
def urlencode(text: str) -> str:
    """urlencode(str): escaped for the query of a URL."""
    return quote_plus(text, safe="")


def _volume(value: Any) -> int:
    """How many characters a value takes at least where it is written out; no more than too many are counted."""
    volume, rest = 0, [value]
    while rest and volume <= MAX_TEXT:
        part = rest.pop()
        if isinstance(part, dict):
            rest += [*part, *part.values()]
        elif isinstance(part, tuple | SetValue):
            rest += part
        volume += len(part) if isinstance(part, str) else 1
    return volume


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
    bounded(_volume(value))
    return encode_json(value)


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is not a value of JSON")


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS + 1:
        raise FunctionError(TOO_MANY_DIGITS, 0)
    return int(text)


_MARKS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[{\]},]', re.DOTALL)


def _extent(text: str) -> tuple[int, int]:
    """How many elements a JSON text may have at most, and how deep it is nested; past a limit no more is counted."""
    opened = text.count("[") + text.count("{")
    elements = opened + text.count(",")
    if opened <= MAX_NESTING and elements <= MAX_ELEMENTS:
        return elements, opened
    elements = depth = deepest = 0
    for found in _MARKS.finditer(text):
        mark = found.group()
        if mark in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in "]}":
            depth -= 1
        elements += mark in "[{,"
        if deepest > MAX_NESTING or elements > MAX_ELEMENTS:
            break
    return elements, deepest


@function("jsondecode", _TEXT)
def jsondecode(text: str) -> Any:
    """jsondecode(str): the value of a JSON text."""
    elements, depth = _extent(text)
    bounded_elements(elements)
    if depth > MAX_NESTING:
        raise FunctionError(TOO_DEEP, 0)
    try:
        return from_plain(json.loads(text, parse_int=_integer, parse_float=Decimal, parse_constant=_no_constant))
    except ValueError as failure:
        raise FunctionError(f"invalid JSON: {failure}", 0) from None


@function("yamldecode", Parameter("src", STRING))
def yamldecode(text: str) -> Any:
    """yamldecode(src): the value of a YAML document."""
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
    bounded(_volume(value))
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
