"""A command of freehold in this process: what leaves it as bytes, and what holds of every one, whatever it met.

It ends, with an exit code that is documented, without a traceback, and prints nothing that a terminal would obey but
freehold's own colours.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any
from unittest import mock

import cli
from language.overriding import override

SECONDS = 30.0
"""Of the wall clock, which a command has to end in."""
OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)
OURS = re.compile(r"\x1b\[(?:0|1|2|3|4|22|9?[0-7]|[0-9;]+)?m")
"""Colours and styles: the only sequences that a line of ours has."""


class Stream(io.TextIOWrapper):
    """What standard output is to a program: UTF-8, strictly on standard output; bytes are kept. `tty`: a terminal."""

    def __init__(self, errors: str, tty: bool) -> None:
        self.kept = io.BytesIO()
        self._tty = tty
        super().__init__(self.kept, encoding="utf-8", errors=errors, newline="", write_through=True)

    @override
    def isatty(self) -> bool:
        return self._tty


@dataclass(frozen=True)
class Ran:
    """How a command ended: its exit code, and the bytes of standard output and standard error."""

    code: int
    stdout: bytes
    stderr: bytes
    arguments: tuple[str, ...] = ()

    @property
    def out(self) -> str:
        return self.stdout.decode()

    @property
    def text(self) -> str:
        """All that a person would have seen."""
        return (self.stdout + self.stderr).decode()

    @property
    def words(self) -> str:
        """The same on one line, without frames and ends of lines, which depend on the terminal's width."""
        return " ".join(OURS.sub("", self.text).replace("│", " ").split())

    @override
    def __str__(self) -> str:
        return f"freehold {' '.join(self.arguments)}: {self.code}\n{self.text}"


@dataclass
class Freehold:
    """Runs commands in a folder, each as a process of its own would; `ran` has them all.

    Raises AssertionError where one breaks what holds of every one.
    """

    folder: Path
    ran: list[Ran] = field(default_factory=list)

    def write(self, text: str, name: str = "main.hcl") -> Path:
        """A file of the stack."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def __call__(
        self,
        *arguments: str,
        code: int | None = None,
        terminal: bool = False,
        stdin: bytes = b"",
        raw: bool = False,
    ) -> Ran:
        """Run a command. `code`: the exit code that it has to have; `terminal`: it prints onto one, in colours; `raw`:
        what it prints is for programs, and may hold anything, as with -json where it goes into a file."""
        streams = Stream("strict", terminal), Stream("backslashreplace", terminal)
        given = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
        begun = monotonic()  # the real one, also where time is driven
        with mock.patch.multiple(sys, stdout=streams[0], stderr=streams[1], stdin=given), _threads_watched() as failed:
            ended = cli.main(list(arguments))
        took = monotonic() - begun
        ran = Ran(ended, *(stream.kept.getvalue() for stream in streams), arguments)
        self.ran.append(ran)
        assert not failed, f"a thread failed with {failed[0]!r}\n{ran}"
        assert took < SECONDS, f"it took {took:.0f} s\n{ran}"
        assert "Traceback" not in ran.text, ran
        assert ended in ((0, 1, 2, 3) if code is None else (code,)), ran
        if not raw and (terminal or "-json" not in arguments):
            no_control(ran, live=terminal)
        return ran


_LIVE = re.compile(r"\x1b\[(?:\d*[AK]|1;1H|\?25[lh])|\r(?=\x1b\[|\n|$)")
"""What a live view does besides: it goes up lines, clears them, and hides the cursor meanwhile."""


def no_control(ran: Ran, *, live: bool = False) -> None:
    """Nothing that a command printed is more than text and colours; `live`: a live view may have moved the cursor."""
    text = OURS.sub("", ran.text)
    found = OBEYED.search(_LIVE.sub("", text) if live else text)
    assert found is None, f"{found[0]!r} reaches the terminal\n{ran.text!r}"


@contextlib.contextmanager
def _threads_watched() -> Iterator[list[Any]]:
    """The failures of threads that nobody caught meanwhile."""
    failed: list[Any] = []
    with mock.patch.object(threading, "excepthook", lambda given: failed.append(given.exc_value)):
        yield failed


@contextlib.contextmanager
def shortened_time() -> Iterator[list[float]]:
    """Sleeping takes no time, and the clocks that are asked know of it: the seconds of each sleep.

    A command that would go on for an hour of them fails at once.
    """
    slept: list[float] = []
    real = {name: getattr(time, name) for name in ("time", "monotonic", "sleep")}
    total = 0.0

    def sleep(seconds: float) -> None:
        nonlocal total
        slept.append(seconds)
        total += seconds
        assert total < 3600, f"it sleeps for {seconds:.0f} s, after {total - seconds:.0f} s"
        real["sleep"](min(seconds, 0.001))

    with mock.patch.multiple(
        time, sleep=sleep, time=lambda: real["time"]() + total, monotonic=lambda: real["monotonic"]() + total
    ):
        yield slept
