"""YAML as Kubernetes reads it: PyYAML's C parser with a resolver of our own, and the line of everything.

No sexagesimal numbers, no dates, no `=`, no tags of Python: plain scalars are YAML 1.2's, with 1.1's `yes` and `on`
left as texts. Duplicate keys are errors; what aliases may blow up to is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from language.limits import MAX_DIGITS, MAX_NESTING

MAX_NODES = 2_000_000
"""Of one document, what its aliases repeat counted as often."""
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_OCTAL, _HEXADECIMAL = re.compile(r"0o?[0-7]+\Z"), re.compile(r"0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, Any] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class YamlError(Exception):
    """A document cannot be read; `line` and `column` from 1."""

    def __init__(self, problem: str, line: int, column: int) -> None:
        super().__init__(f"line {line}, column {column}: {problem}")
        self.problem = problem
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Document:
    """One document: its value (dict, list and scalars) and the line that it begins at."""

    value: Any
    line: int
    end_line: int


def load_documents(text: str) -> Iterator[Document]:
    """Every document of a text, empty ones left out. Raises YamlError."""
    import yaml  # only where it is called, to start faster

    try:
        loader = _loader()(text)
    except yaml.YAMLError as failure:
        raise _unreadable(text, failure) from None
    try:
        while loader.check_node():
            node: Any = loader.get_node()
            _measured(node)
            value = _build(node)
            if value is not None:
                yield Document(value, node.start_mark.line + 1, node.end_mark.line + 1)
    except yaml.MarkedYAMLError as failure:
        mark = failure.problem_mark or failure.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise YamlError(failure.problem or str(failure), line, column) from None
    except yaml.YAMLError as failure:
        raise _unreadable(text, failure) from None
    finally:
        loader.dispose()


def _unreadable(text: str, failure: Any) -> YamlError:
    line = text.count("\n", 0, getattr(failure, "position", 0)) + 1
    return YamlError(f"not valid YAML: {getattr(failure, 'reason', failure)}", line, 1)


@cache
def _loader() -> Any:
    """PyYAML's parser, whose nodes have a tag only where one is written."""
    import yaml

    class Loader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
        def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
            return ""

    return Loader


def _measured(root: Any) -> None:
    """Refuse a document that is too deep or too large, what aliases repeat counted as often, before it is built."""
    sizes: dict[int, int] = {}
    pending = [(root, 0, False)]
    open_nodes: set[int] = set()
    while pending:
        node, depth, inner_measured = pending.pop()
        if inner_measured:
            open_nodes.discard(id(node))
            sizes[id(node)] = 1 + sum(sizes[id(inner)] for inner in _inner(node))
            if sizes[id(node)] > MAX_NODES:
                raise _error(node, "the document is too large, or its aliases make it so")
        elif node.id == "scalar":
            sizes[id(node)] = 1
        elif id(node) in open_nodes:
            raise _error(node, "an alias names what it stands in")
        elif depth >= MAX_NESTING:
            raise _error(node, f"the document is nested more than {MAX_NESTING:,} deep")
        elif id(node) not in sizes:
            open_nodes.add(id(node))
            pending.append((node, depth, True))
            pending += [(inner, depth + 1, False) for inner in _inner(node)]


def _inner(node: Any) -> list[Any]:
    return node.value if node.id == "sequence" else [each for pair in node.value for each in pair]


def _build(node: Any) -> Any:
    """A composed node as plain Python."""
    kind = node.id
    if kind == "scalar":
        return _scalar(node)
    if kind == "sequence":
        return [_build(item) for item in node.value]
    made: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if key_node.id != "scalar":
            raise _error(key_node, "a key has to be a text")
        name = key_node.value
        if name == "<<" and not key_node.style:
            _merge(made, value_node)
            continue
        if name in made:
            raise _error(key_node, f"the key {name!r} is there twice")
        made[name] = _build(value_node)
    return made


def _scalar(node: Any) -> Any:
    if not node.tag:
        if node.style:
            return node.value
        if len(node.value) > MAX_DIGITS and _NUMERIC.match(node.value):
            raise _error(node, f"a number has at most {MAX_DIGITS:,} digits")
        return plain(node.value)
    wanted = _TAGGED.get(node.tag)
    if wanted is None:
        raise _error(node, f"the tag {node.tag} is not supported")
    value = node.value if wanted is str else plain(node.value)
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise _error(node, f"the value is not of its tag {node.tag}")
    return value


_NUMERIC = re.compile(r"[-+]?[0-9.]")
_TAGGED: dict[str, Any] = {
    f"tag:yaml.org,2002:{name}": wanted
    for name, wanted in {
        "str": str, "int": int, "float": int | Decimal, "bool": bool, "null": type(None),
    }.items()
}  # fmt: skip


def _merge(made: dict[str, Any], node: Any) -> None:
    sources = node.value if node.id == "sequence" else [node]
    for source in sources:
        value = _build(source)
        if not isinstance(value, dict):
            raise _error(source, "<< takes a map or a list of maps")
        for name, member in value.items():
            made.setdefault(name, member)


def _error(node: Any, problem: str) -> YamlError:
    return YamlError(problem, node.start_mark.line + 1, node.start_mark.column + 1)


def plain(text: str) -> Any:
    """What an unquoted scalar is."""
    if text in _WORDS:
        return _WORDS[text]
    first = text[0]
    if not (first.isdigit() or first in "+-."):
        return text
    if _INTEGER.match(text):
        return int(text)
    if _OCTAL.match(text):
        return int(text.replace("o", ""), 8)
    if _HEXADECIMAL.match(text):
        return int(text, 16)
    if _FLOAT.match(text) and any(character.isdigit() for character in text):
        value = Decimal(text)
        return int(value) if value == value.to_integral_value() and abs(value.adjusted()) < 400 else value
    return text
