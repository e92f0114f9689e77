"""Functions that read and write Terraform's own syntax, as its built-in provider has them."""

from __future__ import annotations

import re
from typing import Any

from language.conversion import format_number
from language.expressions import Expression
from language.formatting.layout import format_tokens
from language.formatting.tokens import tokens_of
from language.functions.contract import FunctionError, Parameter, Table, registrar
from language.parsing import parse
from language.scope import Scope
from language.syntax import nodes
from language.types import STRING
from language.values import SetValue

_ESCAPED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_FILE = "<decode_tfvars argument>"
FUNCTIONS: Table = {}
_function = registrar(FUNCTIONS)


@_function("encode_expr", Parameter("value"), result=STRING)
def encode_expr(value: Any) -> str:
    """encode_expr(value): the value as an expression."""
    return _formatted(f"value = {_written(value)}\n").removeprefix("value = ").rstrip("\n")


@_function("encode_tfvars", Parameter("value"), result=STRING)
def encode_tfvars(value: Any) -> str:
    """encode_tfvars(object): the content of a file that sets a variable by each attribute."""
    if not isinstance(value, dict):
        raise FunctionError("it takes an object, whose attributes are the names of variables")
    for name in value:
        if not _is_identifier(name):
            raise FunctionError(f'"{name}" is no name of a variable')
    return _formatted("".join(f"{name} = {_written(value[name])}\n" for name in sorted(value)))


@_function("decode_tfvars", Parameter("src", STRING))
def decode_tfvars(src: str) -> Any:
    """decode_tfvars(text): an object of what a file with this content sets. Nothing can be referred to or called."""
    body, problems = parse(src, _FILE)
    for block in body.blocks:
        problems.error("Unexpected block", "Blocks are not allowed here.", block.type_span)
    found = {}
    for name, attribute in body.attributes.items():
        if _calls(attribute.expression):
            problems.error("Function calls not allowed", "Functions may not be called here.", attribute.expression.span)
        else:
            found[name] = attribute.expression.evaluate(Scope.constant(), problems)
    if problems:
        first = problems[0]
        where = f"line {first.span.start_line}: " if first.span else ""
        raise FunctionError(f"{where}{first.summary}; {first.detail}")
    return found


def _written(value: Any) -> str:
    """A known value as an expression, not yet in standard format."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return _quoted(value)
        case dict():
            members = "".join(f"{_key(name)} = {_written(value[name])}\n" for name in sorted(value))
            return f"{{\n{members}}}" if members else "{}"
        case tuple() | SetValue():
            return f"[{', '.join(_written(element) for element in value)}]"
    return format_number(value)


def _key(name: str) -> str:
    return name if _is_identifier(name) else _quoted(name)


def _is_identifier(name: str) -> bool:
    return name[:1] != "-" and name.replace("-", "_").isidentifier()


def _quoted(text: str) -> str:
    plain = re.sub(r"([$%])(?=\{)", r"\1\1", text)
    return f'"{"".join(char if char.isprintable() and char not in _ESCAPED else _escape(char) for char in plain)}"'


def _escape(char: str) -> str:
    code = ord(char)
    return _ESCAPED.get(char) or (f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}")


def _formatted(text: str) -> str:
    """The text in standard format; it need not parse, since a key may be written as the word `for` is."""
    return format_tokens(tokens_of(text))


def _calls(expression: Expression) -> bool:
    """Whether a function is called anywhere in an expression."""
    rest: list[Any] = [expression.node]
    while rest:
        node = rest.pop()
        if isinstance(node, tuple | list):
            if node and node[0] == nodes.CALL:
                return True
            rest += node
    return False
