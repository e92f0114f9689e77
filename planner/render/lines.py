"""An apply as plain lines, for pipes and logs: a start, a word every ten seconds, an end; what was skipped at the end.

The live view uses the same lines for what is over.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from planner.evaluation.durations import format_duration
from planner.events import Completed, Errored, Event, Interrupted, Progressed, Skipped, Started, Waiting
from planner.plan.plan import Operation
from planner.render.paint import Styled, write
from planner.render.theme import WORDS, counted

if TYPE_CHECKING:
    from rich.console import Console

_EVERY = 9.5
"""Seconds between two words of one operation; a little less than the clock's ten."""
_NAMED = 5
_IDENTITY = 32
"""Characters of an identity on a terminal; a log has it whole."""


class Lines:
    """A listener that prints lines."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.RLock()  # a signal's handler may come in between
        self._messages: dict[Operation, str] = {}
        self._reported: dict[Operation, float] = {}
        self._skipped: dict[str, list[str]] = {}

    def __call__(self, event: Event) -> None:
        """Print the event's line, if it has one. From any thread."""
        with self._lock:
            line = self._line(event)
            if line is not None:
                write(self._console, [line])

    def close(self) -> None:
        """Say what was not done, and why."""
        with self._lock:
            for cause, addresses in self._skipped.items():
                write(self._console, [skipped(cause, addresses)])
            self._skipped.clear()

    def _line(self, event: Event) -> Styled | None:
        match event:
            case Started(address, verb):
                return [(f"{address}: ", "bold"), (f"{WORDS[verb].doing}...", "")]
            case Progressed():
                return self._progressed(event)
            case Completed():
                return completed(event, _IDENTITY if self._console.is_terminal else None)
            case Errored():
                return errored(event)
            case Skipped(address, _, cause):
                self._skipped.setdefault(cause, []).append(address)
            case Waiting():
                return waiting(event)
            case Interrupted(times):
                return interrupted(times)
        return None

    def _progressed(self, event: Progressed) -> Styled | None:
        """A provider may speak often; what it said last is told every ten seconds."""
        operation = (event.address, event.verb)
        if event.message:
            self._messages[operation] = event.message
        if event.elapsed - self._reported.get(operation, 0.0) < _EVERY:
            return None
        self._reported[operation] = event.elapsed
        said = self._messages.get(operation, "")
        text = f"{WORDS[event.verb].still}... [{format_duration(event.elapsed)} elapsed]"
        return [(f"{event.address}: ", "bold"), (text, ""), (f" {said}" if said else "", "dim")]


def completed(event: Completed, longest: int | None = None) -> Styled:
    """What is said of an operation that is done; the end of an identity that is longer than `longest`."""
    words = WORDS[event.verb]
    identity = event.identity
    if longest and len(identity) > longest:
        identity = f"…{identity[-longest:]}"
    done, style = ("Unchanged", "") if event.unchanged else (words.done, words.style)
    return [
        (f"{event.address}: ", "bold"),
        (f"{done} after {format_duration(event.elapsed)}", style),
        (f" [{identity}]" if identity else "", "dim"),
    ]


def errored(event: Errored) -> Styled:
    """What is said of one that failed; the whole diagnostic comes at the end."""
    failed = f"{WORDS[event.verb].failed} after {format_duration(event.elapsed)}: "
    return [(f"{event.address}: ", "bold"), (failed, "bold red"), (event.diagnostic.summary, "red")]


def skipped(cause: str, addresses: list[str]) -> Styled:
    """What was not begun, for one cause."""
    names = ", ".join(addresses[:_NAMED])
    more = f" and {len(addresses) - _NAMED} more" if len(addresses) > _NAMED else ""
    why = f"{cause} failed" if cause else "the run was interrupted"
    return [(f"Skipped {counted(len(addresses), 'operation')}, since {why}: ", "yellow"), (names + more, "")]


def waiting(event: Waiting) -> Styled:
    """What is said while the state is locked."""
    return [(f"Waiting for the state's lock, held by {event.holder}...", "yellow")]


def interrupted(times: int) -> Styled:
    """What is said after Ctrl-C."""
    if times > 1:
        return [("Giving up on what is in flight; the next apply finds out what became of it.", "bold red")]
    return [("Interrupted: finishing what is in flight, starting nothing new; press again to give up.", "bold yellow")]
