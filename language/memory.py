"""When garbage is collected: not while structures grow that survive, which took longer than building them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

RARELY = (500_000, 10, 10)
"""Objects that are new until they are looked through, and how often the older ones are."""


def collect_rarely() -> None:
    """For a whole process: most of what a command makes is needed to its end."""
    gc.set_threshold(*RARELY)


@contextmanager
def gc_paused(*, for_good: bool = False) -> Iterator[None]:
    """While something is built that is all survivors; with `for_good` to the end of the process."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            if for_good:
                gc.freeze()
            gc.enable()
