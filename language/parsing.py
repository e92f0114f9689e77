"""From texts and files to bodies, in native syntax or in JSON, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

from language.body import Body, RawAttributes, RawBlocks
from language.cache import ParseCache
from language.diagnostics import Diagnostics, Lines, Sources, Span
from language.expressions import Expression
from language.memory import gc_paused
from language.syntax.parser import TooDeep, parse_one_expression, parse_text

JSON_ENDING = ".json"
NO_CACHE = ParseCache(None)


def parse(text: str, file: str, cache: ParseCache = NO_CACHE) -> tuple[Body, Diagnostics]:
    """The body of a text in native syntax, and what is wrong with it. What is without fault is kept in the cache."""
    lines = Lines(file, text)
    diagnostics = Diagnostics()
    with gc_paused():
        tree = cache.get(text)
        if tree is None:
            try:
                tree = parse_text(text, lines, diagnostics)
            except TooDeep:
                return Body((), (), lines), diagnostics
            if diagnostics:
                from language.syntax.recovery import recover  # only where something is wrong, to start faster

                tree = recover(text, lines, tree, diagnostics)
            else:
                cache.put(text, tree)
        attributes, blocks = tree
        return Body(attributes, blocks, lines), diagnostics


def parse_raw(text: str, file: str) -> tuple[RawAttributes, RawBlocks, Diagnostics]:
    """As `parse`, as the plain tuples that the parser makes."""
    diagnostics = Diagnostics()
    with gc_paused():
        try:
            return *parse_text(text, Lines(file, text), diagnostics), diagnostics
        except TooDeep:
            return (), (), diagnostics


def decoded(data: bytes, file: str) -> tuple[str, Diagnostics]:
    """The text of a file's bytes, which are UTF-8 with or without a byte order mark, or what is wrong with them."""
    diagnostics = Diagnostics()
    try:
        return data.decode("utf-8-sig"), diagnostics
    except UnicodeDecodeError as failure:
        line = data.count(b"\n", 0, failure.start) + 1
        detail = f"The file is not UTF-8 text: line {line} holds the byte 0x{data[failure.start]:02x}."
        diagnostics.error("Invalid character encoding", detail, Span(file, line, 1, line, 1))
        return "", diagnostics


def parse_bytes(
    data: bytes, file: str, sources: Sources | None = None, cache: ParseCache = NO_CACHE
) -> tuple[Body, Diagnostics]:
    """As `parse`, of a file's bytes; in JSON syntax where its name says so."""
    text, diagnostics = decoded(data, file)
    if diagnostics.has_errors:
        return Body((), (), Lines(file, "")), diagnostics
    if sources is not None:
        sources.add(file, text)
    if file.endswith(JSON_ENDING):
        from language import json_body  # only for a file in JSON, to start faster

        return json_body.parse(text, file)
    return parse(text, file, cache)


def parse_file(
    path: Path, file: str, sources: Sources | None = None, cache: ParseCache = NO_CACHE
) -> tuple[Body, Diagnostics]:
    """As `parse_bytes`, of a file; `file` is how diagnostics name it. Raises OSError."""
    return parse_bytes(path.read_bytes(), file, sources, cache)


def parse_expression(text: str, file: str) -> tuple[Expression, Diagnostics]:
    """A text that is one expression."""
    diagnostics = Diagnostics()
    lines = Lines(file, text)
    return Expression(parse_one_expression(text, lines, diagnostics), lines), diagnostics
