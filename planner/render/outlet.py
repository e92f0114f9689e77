"""Where text leaves: a stream whose reader may go away (`| head`) without taking an apply along.

What a listener prints must not fail the work that it tells of; so once nobody reads, nothing is written any more.
"""

from __future__ import annotations

import os
from typing import IO, Any, TextIO, cast


def outlet(stream: IO[str]) -> TextIO:
    """The stream, as one that takes everything."""
    return cast("TextIO", Outlet(stream))


class Outlet:
    """A text stream that takes everything; passes all else on to the stream behind it."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, or drop the text when nobody reads any more."""
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            self._give_up()
            return len(text)

    def flush(self) -> None:
        """Flush, if anybody still reads."""
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._give_up()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _give_up(self) -> None:
        """Let all that is still to be written, at the interpreter's end too, go nowhere."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
