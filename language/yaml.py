"""YAML as Kubernetes reads it: PyYAML's C parser with a resolver of our own, and the line of everything.

No sexagesimal numbers, no dates, no `=`, no tags of Python: plain scalars are YAML 1.2's, with 1.1's `yes` and `on`
left as texts. Duplicate keys are errors; what aliases may blow up to is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

MAX_NODES = 2_000_000
MAX_DEPTH = 200
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

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)(text)
    try:
        while loader.check_node():
            node: Any = loader.get_node()
            value = _Builder().build(node, 0)
            if value is not None:
                yield Document(value, node.start_mark.line + 1, node.end_mark.line + 1)
    except yaml.MarkedYAMLError as failure:
        mark = failure.problem_mark or failure.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise YamlError(failure.problem or str(failure), line, column) from None
    except yaml.YAMLError as failure:
        position = getattr(failure, "position", 0)
        line = text.count("\n", 0, position) + 1
        raise YamlError(f"not valid YAML: {getattr(failure, 'reason', failure)}", line, 1) from None
    finally:
        loader.dispose()


class _Builder:
    """A composed node to plain Python."""

    def __init__(self) -> None:
        self._nodes = 0

    def build(self, node: Any, depth: int) -> Any:
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            raise self._error(node, "the document is too large, or its aliases make it so")
        kind = node.id
        if kind == "scalar":
            return node.value if node.style else plain(node.value)
        if kind == "sequence":
            return [self.build(item, depth + 1) for item in node.value]
        made: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.id != "scalar":
                raise self._error(key_node, "a key has to be a text")
            name = key_node.value
            if name == "<<" and not key_node.style:
                self._merge(made, value_node, depth)
                continue
            if name in made:
                raise self._error(key_node, f"the key {name!r} is there twice")
            made[name] = self.build(value_node, depth + 1)
        return made

    def _merge(self, made: dict[str, Any], node: Any, depth: int) -> None:
        sources = node.value if node.id == "sequence" else [node]
        for source in sources:
            value = self.build(source, depth + 1)
            if not isinstance(value, dict):
                raise self._error(source, "<< takes a map or a list of maps")
            for name, member in value.items():
                made.setdefault(name, member)

    def _error(self, node: Any, problem: str) -> YamlError:
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
