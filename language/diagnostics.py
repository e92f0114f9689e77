"""What is wrong, where, and what to do about it: the one form of it in every room.

Diagnostics are collected beside values, so that one run reports all that is wrong; `FreeholdError` carries them to the
edge where nothing can go on.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, KeysView, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source file: lines and columns from 1, offsets in characters from 0, the end exclusive."""

    file: str
    start_line: int
    start_column: int
    end_line: int
    end_column: int
    start: int = 0
    end: int = 0

    def holds(self, other: Span) -> bool:
        """Whether the other one begins in it."""
        return self.file == other.file and self.start <= other.start < self.end


@dataclass(frozen=True)
class Diagnostic:
    """One thing that is wrong. `values` are the references that matter, and what is said of each: ("var.a", "is 3")."""

    severity: Severity
    summary: str
    detail: str = ""
    span: Span | None = None
    address: str = ""
    advice: str = ""
    values: tuple[tuple[str, str], ...] = ()


def error(summary: str, detail: str = "", span: Span | None = None, **more: Any) -> Diagnostic:
    """An error; `more` are the other fields of Diagnostic."""
    return Diagnostic("error", summary, detail, span, **more)


def warning(summary: str, detail: str = "", span: Span | None = None, **more: Any) -> Diagnostic:
    """A warning; `more` are the other fields of Diagnostic."""
    return Diagnostic("warning", summary, detail, span, **more)


class Diagnostics(list[Diagnostic]):
    """A list that is passed along and added to."""

    def error(self, summary: str, detail: str = "", span: Span | None = None, **more: Any) -> None:
        """Add an error."""
        self.append(error(summary, detail, span, **more))

    def warning(self, summary: str, detail: str = "", span: Span | None = None, **more: Any) -> None:
        """Add a warning."""
        self.append(warning(summary, detail, span, **more))

    @property
    def has_errors(self) -> bool:
        """Whether any of them is an error."""
        return any(diagnostic.severity == "error" for diagnostic in self)

    def raise_errors(self) -> None:
        """Raise FreeholdError with all of these when any is an error."""
        if self.has_errors:
            raise FreeholdError(self)


class FreeholdError(Exception):
    """The only exception that crosses a room's border for something a user can cause."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(f"{d.summary}: {d.detail}" if d.detail else d.summary for d in self.diagnostics))


@dataclass
class Sources:
    """The texts that spans point into, by file name."""

    _texts: dict[str, str] = field(default_factory=dict)
    _lines: dict[str, list[str]] = field(default_factory=dict, repr=False, compare=False)
    """Of the files that diagnostics pointed into."""

    def add(self, file: str, text: str) -> None:
        """Keep the text of a file, in place of an older one."""
        self._texts[file] = text
        self._lines.pop(file, None)

    def add_all(self, texts: Mapping[str, str]) -> None:
        """Keep the texts of several files, by name."""
        for file, text in texts.items():
            self.add(file, text)

    def text(self, file: str) -> str | None:
        """The whole text of a file, or None when it is not known."""
        return self._texts.get(file)

    def line(self, file: str, number: int) -> str | None:
        """The line without its end, or None when it is not known."""
        text = self._texts.get(file)
        if text is None:
            return None
        if file not in self._lines:
            self._lines[file] = text.split("\n")
        lines = self._lines[file]
        return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else None

    def files(self) -> KeysView[str]:
        """The names of all files that are known."""
        return self._texts.keys()


class Lines:
    """Offsets of one text to lines and columns. Computed for the first span, not while parsing."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self._starts: list[int] | None = None

    def span(self, start: int, end: int) -> Span:
        """The span of characters `start` to `end` (exclusive)."""
        if self._starts is None:
            self._starts = [0]
            at = self.text.find("\n")
            while at >= 0:
                self._starts.append(at + 1)
                at = self.text.find("\n", at + 1)
        first = bisect.bisect_right(self._starts, start) - 1
        last = bisect.bisect_right(self._starts, end) - 1
        return Span(
            self.file,
            first + 1,
            start - self._starts[first] + 1,
            last + 1,
            end - self._starts[last] + 1,
            start,
            end,
        )


def format_plain(diagnostic: Diagnostic, sources: Sources | None = None) -> str:
    """A diagnostic as text without colour: the heading, the place with its line and a caret, the detail, the advice."""
    parts = [f"{diagnostic.severity.capitalize()}: {diagnostic.summary}"]
    span = diagnostic.span
    if span is not None:
        place = f"  on {span.file} line {span.start_line}:"
        line = sources.line(span.file, span.start_line) if sources else None
        if line is not None:
            until = span.end_column if span.end_line == span.start_line else len(line) + 1
            label = f"{span.start_line:4}: "
            caret = " " * (len(label) + span.start_column - 1) + "^" * max(1, until - span.start_column)
            place += f"\n{label}{line}\n{caret}"
        parts.append(place)
    elif diagnostic.address:
        parts.append(f"  with {diagnostic.address}")
    parts += [text for text in (diagnostic.detail, diagnostic.advice) if text]
    return "\n\n".join(parts)
