"""An apply as it goes: on a terminal a live view of what runs, elsewhere a line for each start, end and ten seconds."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from planner.durations import shown
from planner.events import (
    Completed,
    Errored,
    Event,
    Interrupted,
    Progressed,
    Refreshing,
    Skipped,
    Started,
    Waiting,
)
from planner.plan import Operation, Plan, operations
from planner.render.theme import WORDS

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_LISTED = 12


class Lines:
    """Plain lines, for pipes and logs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._messages: dict[Operation, str] = {}
        self._told: dict[Operation, float] = {}

    def __call__(self, event: Event) -> None:
        line = self._line(event)
        if line is not None:
            with self._lock:
                self._console.print(line, soft_wrap=True, highlight=False)

    def _line(self, event: Event) -> Text | None:
        from rich.text import Text

        match event:
            case Started(address, verb):
                return Text.assemble((f"{address}: ", "bold"), f"{WORDS[verb].doing}...")
            case Progressed(address, verb, _, elapsed, message):
                return self._progress((address, verb), elapsed, message)
            case Completed():
                return completed(event)
            case Errored(address, verb, _, elapsed, diagnostic):
                words = WORDS[verb]
                return Text.assemble(
                    (f"{address}: ", "bold"), (f"{words.failed} after {shown(elapsed)}: ", "red"), diagnostic.summary
                )
            case Skipped(address, _, cause):
                reason = f"{cause} failed" if cause else "the run was interrupted"
                return Text.assemble((f"{address}: ", "bold"), (f"Skipped, since {reason}", "yellow"))
            case Waiting(holder, left):
                return Text(f"Waiting for the state's lock, held by {holder}; up to {shown(left)} more...", style="yellow")
            case Interrupted(times):
                return interrupted(times)
        return None

    def _progress(self, operation: Operation, elapsed: float, message: str) -> Text | None:
        """A provider may speak often; a line every ten seconds is enough."""
        from rich.text import Text

        if message:
            self._messages[operation] = message
        if elapsed - self._told.get(operation, 0.0) < 9.0:
            return None
        self._told[operation] = elapsed
        note = self._messages.get(operation, "")
        words = WORDS[operation[1]]
        text = f"{words.still}... [{shown(elapsed)} elapsed]" + (f" {note}" if note else "")
        return Text.assemble((f"{operation[0]}: ", "bold"), text)

    def close(self) -> None:
        """Nothing is left on the screen that would have to go."""


def completed(event: Completed) -> Any:
    """The line of an operation that is done."""
    from rich.text import Text

    words = WORDS[event.verb]
    identity = f" [{event.identity}]" if event.identity else ""
    return Text.assemble(
        (f"{event.address}: ", "bold"), (f"{words.done} after {shown(event.elapsed)}", words.style), (identity, "dim")
    )


def interrupted(times: int) -> Any:
    """What is said after Ctrl-C."""
    from rich.text import Text

    if times > 1:
        return Text("Giving up on what is in flight. The next apply finds out what became of it.", style="bold red")
    return Text("Interrupted: what is in flight finishes, nothing new starts. Press again to give up.", style="bold yellow")


class Live:
    """What runs and for how long, how much is done, what waits; finished lines stay above."""

    def __init__(self, console: Console, plan: Plan) -> None:
        from rich.live import Live as RichLive

        self._console = console
        self._lines = Lines(console)
        self._total = sum(len(operations(step)) for step in plan.steps)
        self._done = 0
        self._running: dict[Operation, tuple[float, str]] = {}
        self._lock = threading.Lock()
        self._live = RichLive(
            get_renderable=self._view, console=console, refresh_per_second=8, transient=True, redirect_stderr=False
        )
        self._live.start()

    def __call__(self, event: Event) -> None:
        match event:
            case Started(address, verb):
                with self._lock:
                    self._running[address, verb] = (time.monotonic(), "")
                return
            case Progressed(address, verb, _, _, message):
                with self._lock:
                    begun, old = self._running.get((address, verb), (time.monotonic(), ""))
                    self._running[address, verb] = (begun, message or old)
                return
            case Completed(address, verb) | Errored(address, verb) | Skipped(address, verb):
                with self._lock:
                    self._running.pop((address, verb), None)
                    self._done += 1
        self._lines(event)

    def _view(self) -> Any:
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        with self._lock:
            running, done = list(self._running.items()), self._done
        now = time.monotonic()
        frame = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"[int(now * 10) % 10]
        table = Table.grid(padding=(0, 1), expand=False)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, overflow="ellipsis")
        table.add_column(no_wrap=True, justify="right")
        table.add_column(no_wrap=True, overflow="ellipsis", style="dim")
        for (address, verb), (begun, message) in running[:_LISTED]:
            words = WORDS[verb]
            table.add_row(
                Text(frame, style=words.style), Text(address), Text(shown(now - begun), style="dim"), Text(message or words.doing.lower())
            )
        if len(running) > _LISTED:
            table.add_row("", Text(f"and {len(running) - _LISTED} more", style="dim"), "", "")
        waiting = self._total - done - len(running)
        bar = Table.grid(padding=(0, 1))
        bar.add_row(
            ProgressBar(total=max(1, self._total), completed=done, width=32),
            Text(f"{done} of {self._total} done, {len(running)} running, {waiting} waiting", style="dim"),
        )
        return Group(table, bar)

    def close(self) -> None:
        """Take the view off the screen."""
        self._live.stop()


class Quiet:
    """While a plan is made: how much is being read, on a terminal."""

    def __init__(self, console: Console) -> None:
        self._lines = Lines(console)
        self._console = console
        self._status: Any = None
        self._count = 0
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        if not isinstance(event, Refreshing):
            self._lines(event)
            return
        if not self._console.is_terminal or event.done:
            return
        with self._lock:
            self._count += event.count
            if self._status is None:
                self._status = self._console.status("")
                self._status.start()
            self._status.update(f"[dim]Reading {self._count} objects ({event.type})[/dim]")

    def close(self) -> None:
        """Take the status off the screen."""
        with self._lock:
            if self._status is not None:
                self._status.stop()
                self._status = None
