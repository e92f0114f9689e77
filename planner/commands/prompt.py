"""The console at a terminal: a prompt with history and completion; from a pipe, an expression a line."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from planner.commands.console import Console, is_open
from planner.render.outlet import say
from planner.render.session import Session

MAX_LINE = 64 * 1024
_KEPT = 1000
"""Lines of history."""


def converse(console: Console, session: Session) -> int:
    """Answer until the input ends, or `exit`. Gives the exit code: from a pipe, the first error ends it with 1."""
    if sys.stdin.isatty():
        with _remembered(console):
            _ask(console, session)
        return 0
    for line in _lines(sys.stdin):
        if line == "exit":
            break
        answer, problems = console.answer(line)
        if problems:
            session.failed(problems, console.sources)
        if problems.has_errors:
            return 1
        say(answer)
    return 0


def _lines(stream: TextIO) -> Iterator[str]:
    while line := stream.readline(MAX_LINE + 1):
        if line.strip():
            yield line.strip()


def _ask(console: Console, session: Session) -> None:
    while True:
        try:
            text = input("> ")
            while is_open(text):
                text += "\n" + input("  ")
        except KeyboardInterrupt:
            say()
            continue
        except EOFError:
            say()
            return
        if text.strip() in ("exit", "quit"):
            return
        if text.strip() in ("help", "?"):
            say("Type an expression, as it would stand in a file; exit ends this. Tab completes names.")
        elif text.strip():
            answer, problems = console.answer(text)
            if problems:
                session.failed(problems, console.sources)
            if not problems.has_errors:
                say(answer)


@contextlib.contextmanager
def _remembered(console: Console) -> Iterator[None]:
    """Lines that can be edited, completed, and found again the next time; without readline, plain ones."""
    try:
        import readline
    except ImportError:
        yield
        return
    place = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "freehold" / "console-history"
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.touch(mode=0o600)
        readline.read_history_file(place)
    readline.set_history_length(_KEPT)
    readline.set_completer_delims(" \t\n()[]{},+-*/%!<>=&|?:\"'")
    readline.set_completer(lambda text, state: [*console.completions(text), None][state])
    readline.parse_and_bind("tab: complete")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            readline.write_history_file(place)
            place.chmod(0o600)
