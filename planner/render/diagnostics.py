"""Diagnostics for people: a bar in the margin, the place, the line with a caret, what to do. And as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from language.diagnostics import Diagnostic, Sources, Span

if TYPE_CHECKING:
    from rich.console import Console

_STYLES = {"error": "red", "warning": "yellow"}


def render(diagnostics: Iterable[Diagnostic], sources: Sources | None, console: Console) -> None:
    """Print them, in the order of their places within a file."""
    from rich.text import Text

    for diagnostic in ordered(diagnostics):
        style = _STYLES[diagnostic.severity]
        console.print(Text("╷", style=style))
        title = Text.assemble(("│ ", style), (f"{diagnostic.severity.capitalize()}: ", f"bold {style}"))
        console.print(title.append(diagnostic.summary, "bold"), soft_wrap=True)
        for line in _body(diagnostic, sources):
            console.print(Text.assemble(("│ ", style), *line), soft_wrap=True)
        console.print(Text("╵", style=style))


def ordered(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Each once, by file and line; those without a place as they came, first."""
    once = list(dict.fromkeys(diagnostics))
    return sorted(once, key=lambda d: (d.span.file, d.span.start_line, d.span.start_column) if d.span else ("", 0, 0))


def _body(diagnostic: Diagnostic, sources: Sources | None) -> Iterable[list[tuple[str, str]]]:
    span = diagnostic.span
    if diagnostic.address:
        yield [("", "")]
        yield [(f"  with {diagnostic.address}" + ("," if span else ""), "")]
    if span is not None:
        if not diagnostic.address:
            yield [("", "")]
        yield [(f"  on {span.file} line {span.start_line}:", "")]
        yield from _snippet(span, sources)
    for label, value in diagnostic.values:
        yield [(f"    {label} is {value}", "dim")]
    for text in (diagnostic.detail, diagnostic.advice):
        if text:
            yield [("", "")]
            for line in text.split("\n"):
                yield [(line, "")]


def _snippet(span: Span, sources: Sources | None) -> Iterable[list[tuple[str, str]]]:
    line = sources.line(span.file, span.start_line) if sources else None
    if line is None:
        return
    if len(line) > 300:
        line = line[:300] + "..."
    start = min(span.start_column - 1, len(line))
    end = min(span.end_column - 1, len(line)) if span.end_line == span.start_line else len(line)
    label = f"{span.start_line:4}: "
    yield [(label, "dim"), (line[:start], ""), (line[start:end], "underline"), (line[end:], "")]
    yield [(" " * (len(label) + start) + "^" * max(1, end - start), "bold")]


def to_json(diagnostic: Diagnostic, sources: Sources | None) -> dict[str, Any]:
    """As Terraform's machine-readable diagnostics are."""
    detail = "\n\n".join(text for text in (diagnostic.detail, diagnostic.advice) if text)
    made: dict[str, Any] = {"severity": diagnostic.severity, "summary": diagnostic.summary, "detail": detail}
    if diagnostic.address:
        made["address"] = diagnostic.address
    span = diagnostic.span
    if span is not None:
        made["range"] = {
            "filename": span.file,
            "start": {"line": span.start_line, "column": span.start_column, "byte": span.start},
            "end": {"line": span.end_line, "column": span.end_column, "byte": span.end},
        }
        line = sources.line(span.file, span.start_line) if sources else None
        if line is not None:
            made["snippet"] = {
                "context": None,
                "code": line,
                "start_line": span.start_line,
                "highlight_start_offset": span.start_column - 1,
                "highlight_end_offset": span.end_column - 1 if span.end_line == span.start_line else len(line),
                "values": [{"traversal": name, "statement": f"is {value}"} for name, value in diagnostic.values],
            }
    return made
