"""Diagnostics for people - the place, its line with a caret, what to do - and as Terraform's JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from language.diagnostics import Diagnostic, Sources, Span
from planner.render.paint import Styled, folded, write

if TYPE_CHECKING:
    from rich.console import Console

_STYLES = {"error": "red", "warning": "yellow"}
_LONGEST_LINE = 300
_BESIDE = 13
"""Columns of a row that a line's number and what tells that it goes on take."""
_NARROWEST = 20
_MOST_LINES = 6
_WIDEST = 100


def render(diagnostics: Iterable[Diagnostic], sources: Sources | None, console: Console) -> None:
    """Print them, in the order of their places."""
    width = min(console.width, _WIDEST) - 2 if console.is_terminal else 0
    snippets = Snippets(sources)
    for diagnostic in ordered(diagnostics):
        write(console, _framed(diagnostic, snippets, width))


def ordered(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Each once, by file and line; those without a place as they came, first."""
    once = list(dict.fromkeys(diagnostics))
    return sorted(once, key=lambda d: (d.span.file, d.span.start_line, d.span.start_column) if d.span else ("", 0, 0))


class Snippets:
    """The lines that spans point to, and the block that each stands in. Reads a file's blocks once."""

    def __init__(self, sources: Sources | None) -> None:
        self._sources = sources
        self._headers: dict[str, list[tuple[int, str]]] = {}

    def lines(self, span: Span) -> list[str]:
        """The lines from the span's first to its last, no more than a few; none where the file is not known."""
        if self._sources is None:
            return []
        last = span.end_line - (span.end_column <= 1 and span.end_line > span.start_line)
        numbers = range(span.start_line, min(last, span.start_line + _MOST_LINES - 1) + 1)
        found = (self._sources.line(span.file, number) for number in numbers)
        return [line for line in found if line is not None]

    def context(self, span: Span) -> str | None:
        """The header of the block that the span is in, as `resource "aws_vpc" "main"`."""
        found = None
        for start, header in self._blocks(span.file):
            if start > span.start:
                break
            found = header
        return found

    def byte(self, span: Span, at: int) -> int:
        """The offset in bytes of the character at an offset."""
        text = self._sources.text(span.file) if self._sources else None
        return len(text[:at].encode()) if text is not None else at

    def _blocks(self, file: str) -> list[tuple[int, str]]:
        if file not in self._headers:
            text = self._sources.text(file) if self._sources and file.endswith((".hcl", ".tf")) else None
            self._headers[file] = list(_block_headers(text, file)) if text is not None else []
        return self._headers[file]


def _block_headers(text: str, file: str) -> Iterator[tuple[int, str]]:
    from language.parsing import parse

    body, _ = parse(text, file)
    for block in body.blocks:
        yield block.span.start, " ".join([block.type, *(f'"{label}"' for label in block.labels)])


# -- for people -------------------------------------------------------------------------------------------------------


def _framed(diagnostic: Diagnostic, snippets: Snippets, width: int) -> Iterator[Styled]:
    style = _STYLES[diagnostic.severity]
    yield [("╷", style)]
    longest = max(width - _BESIDE, _NARROWEST) if width else _LONGEST_LINE
    for line in _lines(diagnostic, snippets, longest):
        for row in folded(line, width) if width else (line,):
            yield [("│ ", style), *row] if row else [("│", style)]
    yield [("╵", style)]


def _lines(diagnostic: Diagnostic, snippets: Snippets, longest: int) -> Iterator[Styled]:
    style = _STYLES[diagnostic.severity]
    yield [(f"{diagnostic.severity.capitalize()}: ", f"bold {style}"), (diagnostic.summary, "bold")]
    span = diagnostic.span
    if diagnostic.address or span is not None:
        yield []
    if diagnostic.address:
        yield [(f"  with {diagnostic.address}" + ("," if span else ""), "")]
    if span is not None:
        context = snippets.context(span)
        yield [(f"  on {span.file} line {span.start_line}" + (f", in {context}:" if context else ":"), "")]
        yield from _snippet(span, snippets.lines(span), longest)
    yield from _values(diagnostic)
    for text in (diagnostic.detail, diagnostic.advice):
        if text:
            yield []
            for line in text.split("\n"):
                yield [(line, "")]


def _snippet(span: Span, lines: list[str], longest: int) -> Iterator[Styled]:
    for offset, line in enumerate(lines):
        start = span.start_column - 1 if offset == 0 else len(line) - len(line.lstrip())
        end = span.end_column - 1 if span.start_line + offset == span.end_line else len(line)
        yield from _marked(f"{span.start_line + offset:4}: ", line, start, end, longest)


def _marked(label: str, line: str, start: int, end: int, longest: int) -> Iterator[Styled]:
    """A line of the source, as much of it as stays on one row, and carets under a part of it."""
    line, start = line.replace("\t", " "), min(start, len(line))
    end = min(max(end, start), len(line))
    if len(line) > longest:
        skipped = max(0, min(start - longest // 3, len(line) - longest))
        more = "..." if skipped + longest < len(line) else ""
        line = ("..." if skipped else "") + line[skipped : skipped + longest] + more
        start, end = start - skipped + 3 * bool(skipped), end - skipped + 3 * bool(skipped)
        end = min(end, len(line))
    yield [(label, "dim"), (line[:start], ""), (line[start:end], "bold"), (line[end:], "")]
    yield [(" " * (len(label) + start) + "^" * max(1, end - start), "bold")]


def _values(diagnostic: Diagnostic) -> Iterator[Styled]:
    """The references that matter, and what is said of their values."""
    if not diagnostic.values:
        return
    yield [("    ├────────────────", "dim")]
    for name, value in diagnostic.values:
        yield [("    │ ", "dim"), (name, "bold"), (f" {value}", "")]


# -- for programs -----------------------------------------------------------------------------------------------------


def to_json(diagnostics: Iterable[Diagnostic], sources: Sources | None) -> list[dict[str, Any]]:
    """As Terraform's machine-readable diagnostics are. Lines and columns count from one, bytes from zero."""
    snippets = Snippets(sources)
    return [_one_json(diagnostic, snippets) for diagnostic in ordered(diagnostics)]


def _one_json(diagnostic: Diagnostic, snippets: Snippets) -> dict[str, Any]:
    detail = "\n\n".join(text for text in (diagnostic.detail, diagnostic.advice) if text)
    made: dict[str, Any] = {"severity": diagnostic.severity, "summary": diagnostic.summary, "detail": detail}
    if diagnostic.address:
        made["address"] = diagnostic.address
    span = diagnostic.span
    if span is None:
        return made
    made["range"] = {
        "filename": span.file,
        "start": {"line": span.start_line, "column": span.start_column, "byte": snippets.byte(span, span.start)},
        "end": {"line": span.end_line, "column": span.end_column, "byte": snippets.byte(span, span.end)},
    }
    lines = snippets.lines(span)
    if lines:
        made["snippet"] = _snippet_json(diagnostic, span, lines, snippets)
    return made


def _snippet_json(diagnostic: Diagnostic, span: Span, lines: list[str], snippets: Snippets) -> dict[str, Any]:
    code = "\n".join(lines)
    start = len(lines[0][: span.start_column - 1].encode())
    length = snippets.byte(span, span.end) - snippets.byte(span, span.start)
    return {
        "context": snippets.context(span),
        "code": code,
        "start_line": span.start_line,
        "highlight_start_offset": start,
        "highlight_end_offset": min(start + length, len(code.encode())),
        "values": [{"traversal": name, "statement": value} for name, value in diagnostic.values],
    }
