"""What a terminal shows while work goes on: what runs and for how long, what is next, how much is done.

Lines of what is over scroll away above. The view is drawn from a thread of rich's a few times a second, whatever the
number of events.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from planner.evaluation.durations import format_duration
from planner.events import Completed, Errored, Event, Interrupted, Progressed, Refreshing, Skipped, Started
from planner.plan.plan import Operation, Plan
from planner.render.lines import Lines, interrupted
from planner.render.theme import WORDS
from planner.render.upcoming import Upcoming

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_PER_SECOND = 8
_LISTED = 12
_NEXT = 3


class LiveView:
    """A listener with a live view of an apply. `clock` gives seconds, from whenever."""

    def __init__(self, console: Console, plan: Plan, clock: Callable[[], float] = time.monotonic) -> None:
        from rich.live import Live

        self._console = console
        self._lines = Lines(console)
        self._clock = clock
        self._begun = clock()
        self._upcoming = Upcoming(plan)
        self._done = 0
        self._interrupts = 0
        self._running: dict[Operation, tuple[float, str]] = {}
        self._lock = threading.RLock()  # a signal's handler may come in between
        self._live = Live(
            get_renderable=self.view,
            console=console,
            refresh_per_second=_PER_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def __call__(self, event: Event) -> None:
        """Redraw what is shown. From any thread."""
        with self._lock:
            printed = self._take(event)
        if printed:
            self._lines(event)

    def _take(self, event: Event) -> bool:
        """Keep the view up with an event; whether it is also a line that stays."""
        match event:
            case Started(address, verb):
                self._running[address, verb] = (self._clock(), "")
                self._upcoming.begin((address, verb))
                return False
            case Progressed(address, verb, _, _, message):
                begun, old = self._running.get((address, verb), (self._clock(), ""))
                self._running[address, verb] = (begun, message or old)
                return False
            case Skipped(address, verb):
                self._upcoming.begin((address, verb))
                self._done += 1
            case Completed(address, verb) | Errored(address, verb):
                self._running.pop((address, verb), None)
                self._done += (address, verb) in self._upcoming
            case Interrupted(times):
                self._interrupts = times
                return False
        return True

    def close(self) -> None:
        """Take the view off the screen, and say what was skipped."""
        self._live.stop()
        self._lines.close()

    def view(self) -> RenderableType:
        """What is drawn: rows of what runs, what is next, and a bar."""
        from rich.console import Group
        from rich.text import Text

        with self._lock:
            running, done, interrupts = list(self._running.items()), self._done, self._interrupts
            upcoming = [address for address, _ in self._upcoming.next(_NEXT)]
        parts: list[RenderableType] = list(self._rows(running))
        waiting = self._upcoming.total - done - len(running)
        if upcoming and not interrupts:
            more = waiting - len(upcoming)
            text = "  next: " + ", ".join(upcoming) + (f" and {more} more" if more > 0 else "")
            parts.append(Text(text, style="dim", no_wrap=True, overflow="ellipsis"))
        parts.append(self._bar(done, len(running), waiting))
        if interrupts:
            ((text, style),) = interrupted(interrupts)
            parts.append(Text(text, style=style))
        return Group(*parts)

    def _rows(self, running: list[tuple[Operation, tuple[float, str]]]) -> Iterator[Text]:
        """A row for each that runs: the longest running first."""
        from rich.text import Text

        now = self._clock()
        frame = _FRAMES[int(now * _PER_SECOND) % len(_FRAMES)]
        listed = running[:_LISTED]
        room = min(max((len(address) for (address, _), _ in listed), default=0), self._console.width // 2)
        for (address, verb), (begun, message) in listed:
            words = WORDS[verb]
            said = f"{words.doing.lower()}: {message}" if message else words.doing.lower()
            name = address if len(address) <= room else f"…{address[1 - room :]}"
            row = Text.assemble(
                (frame, words.style), f" {name:<{room}} {format_duration(now - begun):>6}  ", (said, "dim")
            )
            row.no_wrap, row.overflow = True, "ellipsis"
            yield row
        if len(running) > _LISTED:
            yield Text(f"  and {len(running) - _LISTED} more", "dim")

    def _bar(self, done: int, running: int, waiting: int) -> Table:
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        total = self._upcoming.total
        since = format_duration(self._clock() - self._begun)
        text = f"{done} of {total} done, {running} running, {waiting} waiting, {since}"
        bar = Table.grid(padding=(0, 1))
        bar.add_row("", ProgressBar(total=max(1, total), completed=done, width=24), Text(text, "dim"))
        return bar


class Reading:
    """A listener while a plan is made: on a terminal, how much is being read."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lines = Lines(console)
        self._status: Any = None
        self._count = 0
        self._lock = threading.RLock()  # a signal's handler may come in between

    def __call__(self, event: Event) -> None:
        """Count what was refreshed; print all else as lines."""
        if not isinstance(event, Refreshing):
            self._lines(event)
            return
        if not self._console.is_terminal or event.done:
            return
        from rich.text import Text

        with self._lock:
            self._count += event.count
            text = Text(f"Reading what exists: {self._count}, last {event.type}", "dim")
            if self._status is None:
                self._status = self._console.status(text)
                self._status.start()
            self._status.update(text)

    def close(self) -> None:
        """Take the status off the screen."""
        with self._lock:
            if self._status is not None:
                self._status.stop()
                self._status = None
        self._lines.close()
