"""Styled lines, and how they get to a console: in large pieces, folded where a terminal ends, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from planner.render.outlet import safe

if TYPE_CHECKING:
    from rich.console import Console
    from rich.segment import Segment

Styled: TypeAlias = list[tuple[str, str]]
"""A line: texts with the name of their style, "" for none. Holds no newline."""

_AT_ONCE = 500
_NARROWEST = 40


def write(console: Console, lines: Iterable[Styled]) -> None:
    """Print the lines. On a terminal, one that is too long goes on below its own indentation."""
    left = iter(lines)
    if console.is_terminal:
        from rich.segment import Segments

        while chunk := list(islice(left, _AT_ONCE)):
            console.print(Segments(_segments(console, chunk, console.width)), end="", soft_wrap=True)
        return
    while chunk := list(islice(left, _AT_ONCE)):  # there is nothing to style: a log of many lines takes half the time
        console.file.write(safe("".join(f"{_on_one_line(''.join(text for text, _ in line))}\n" for line in chunk)))
        console.file.flush()


def texts(console: Console, lines: Iterable[str]) -> None:
    """Print lines that have no style."""
    write(console, ([(line, "")] for line in lines))


def _segments(console: Console, lines: Iterable[Styled], width: int) -> Iterator[Segment]:
    from rich.segment import Segment

    for line in lines:
        for row in folded(line, width):
            for text, style in row:
                if text:
                    yield Segment(_on_one_line(text), console.get_style(style) if style else None)
            yield Segment.line()


def _on_one_line(text: str) -> str:
    return text.replace("\n", "\\n")


def folded(line: Styled, width: int) -> Iterator[Styled]:
    """The line in rows of at most `width` cells, broken behind a space where there is one in the second half."""
    from rich.cells import cell_len

    text = "".join(part for part, _ in line)
    if width < _NARROWEST or cell_len(text) <= width:
        yield line
        return
    hang = min(len(text) - len(text.lstrip()) + 4, width // 2)
    first, room = True, width
    while line:
        row, line = _split(line, _break(line, room))
        yield row if first else [(" " * hang, ""), *row]
        first, room = False, width - hang


def _break(line: Styled, room: int) -> int:
    """How many characters of the line go into `room` cells."""
    from rich.cells import cell_len

    text = "".join(part for part, _ in line)
    if cell_len(text) <= room:
        return len(text)
    at = min(len(text), room)
    while at > 1 and cell_len(text[:at]) > room:
        at -= 1
    space = text.rfind(" ", at // 2, at)
    return space + 1 if space > 0 else at


def _split(line: Styled, at: int) -> tuple[Styled, Styled]:
    """The first `at` characters and the rest."""
    head: Styled = []
    for index, (text, style) in enumerate(line):
        if len(text) > at:
            return [*head, (text[:at], style)], [(text[at:], style), *line[index + 1 :]]
        head.append((text, style))
        at -= len(text)
    return head, []
