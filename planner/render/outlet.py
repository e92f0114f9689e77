"""The one place where text leaves for a terminal, a file or another program.

What is printed has parts that others wrote: keys, values, error messages of servers, names of files. So nothing leaves
that a terminal would take for more than text. And what a listener prints must not fail the work that it reports: a
stream whose reader goes away (`| head`), or whose disk is full, takes no apply along, so from then on nothing more is
written. The latter is told at the end, by `lost_output`.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any, TextIO, cast

from language.overriding import override

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # what terminals obey, but for tabs and the ends of lines
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what turns the direction of text
    "\u2028\u2029\ufeff\U000e0000-\U000e007f\ud800-\udfff]"  # other ends of lines, tags, halves of characters
)


_NOBODY = (errno.EPIPE, errno.EIO)
"""How it is said that nobody reads: a pipe whose reader, a terminal that is gone."""
_LOST: list[OSError] = []
"""Why standard output took no more."""


def complete_streams() -> None:
    """Give the process the standard streams that it was started without, so that no file takes their numbers: what is
    written there is lost."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY)  # takes the lowest number, which is this one
    sys.stdin = sys.stdin or open(0, closefd=False)  # noqa: SIM115 - for as long as the process lives
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115


def lost_output() -> OSError | None:
    """Why something that was written to standard output did not arrive, where somebody may wait for it."""
    for stream in (sys.stdout, sys.stderr):
        if not stream.closed:  # as the language server's is, once it has ended
            Outlet(stream).flush()
    found, _LOST[:] = (_LOST[0] if _LOST else None), []
    return found


def safe(text: str) -> str:
    """The text with each character that a terminal would obey written as JSON writes it."""
    return _UNSAFE.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def outlet(stream: IO[str]) -> TextIO:
    """The stream for programs, as one that takes everything; on a terminal the text is made safe."""
    return cast("TextIO", Outlet(stream, plain=stream.isatty()))


def say(text: str = "", *, error: bool = False, end: str = "\n") -> None:
    """Print a text for people."""
    stream = Outlet(sys.stderr if error else sys.stdout)
    stream.write(safe(text) + end)
    stream.flush()


def console(stream: IO[str], *, no_color: bool) -> Console:
    """A console for people: styles and movements are rich's, every text is made safe."""
    from rich.console import Console
    from rich.segment import Segment

    class SafeConsole(Console):
        @override
        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
            for segment in super().render(renderable, options):
                yield segment if segment.control else Segment(safe(segment.text), segment.style)

    file = cast("IO[str]", Outlet(stream))
    return SafeConsole(file=file, no_color=no_color or None, highlight=False, emoji=False, markup=False)


class Outlet:
    """A text stream that takes everything; passes all else on to the stream behind it. `plain`: makes texts safe."""

    def __init__(self, stream: IO[str], *, plain: bool = False) -> None:
        self._stream = stream
        self._plain = plain

    def write(self, text: str) -> int:
        """Write, or drop the text when it is taken no more."""
        try:
            self._stream.write(safe(text) if self._plain else text)
        except OSError as failure:
            self._give_up(failure)
        return len(text)

    def flush(self) -> None:
        """Flush what is still taken."""
        try:
            self._stream.flush()
        except OSError as failure:
            self._give_up(failure)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _give_up(self, failure: OSError) -> None:
        """Let all that is still to be written, at the interpreter's end too, go nowhere."""
        if failure.errno not in _NOBODY and self._stream is sys.stdout:
            _LOST.append(failure)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
