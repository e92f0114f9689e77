"""A state that is missing or damaged is no new one: what is left of it, and how it is put back."""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from language.diagnostics import Diagnostic, FreeholdError, error
from state.backends.contract import MAXIMUM_BYTES, Backend, Copy, Remains, copy_in
from state.codec import Malformed
from state.files import NotAFile, read_file
from state.segments import decode_segment
from state.snapshot import DamagedState, Snapshot, decode

_SERIAL = re.compile(rb'"serial":([0-9]{1,18})[,}]')
_HEAD = 4096
"""Bytes of a snapshot in which its serial stands."""


class MissingState(FreeholdError):
    """There is no snapshot, or an older one than there was, and something that is left of one."""


def refuse_missing(backend: Backend, journal: Sequence[bytes], rescued: Path | None = None) -> None:
    """Raise MissingState where something is left of the snapshot that is not there; `rescued` is where one is put that
    the backend does not take."""
    remains = backend.remains()
    if rescued is not None:
        remains = _with_rescued(remains, rescued)
    newest = _snapshot_of(remains.copies[0]) if remains.copies else None
    if journal or remains.names or (newest is not None and newest.resources):
        raise MissingState([_missing(backend.identity, "It is not there", remains, journal)])


def _with_rescued(remains: Remains, path: Path) -> Remains:
    try:
        copy = copy_in(path, read_file(path, MAXIMUM_BYTES))
    except (OSError, NotAFile):
        return remains
    removal = " and ".join(filter(None, (remains.removal, f"`rm {shlex.quote(str(path))}`")))
    return Remains((copy, *remains.copies), (copy.name, *remains.names), removal)


def refuse_older(backend: Backend, snapshot: Snapshot, newest: int, journal: Sequence[bytes]) -> None:
    """Raise MissingState where the journal builds upon a `newest` serial that this snapshot has not reached."""
    if newest > snapshot.serial:
        why = f"There is one of serial {snapshot.serial} in its place"
        raise MissingState([_missing(backend.identity, why, backend.remains(), journal)])


def refuse_losing(incoming: Snapshot, newest: int, place: str) -> None:
    """Raise where the journal recorded more, upon a newer snapshot than the one that is put back."""
    if newest > incoming.serial:
        detail = (
            f"The journal in {place} builds upon serial {newest}, and the state pushed has serial {incoming.serial}: "
            "what was made in between would be forgotten."
        )
        advice = f"Push the state of serial {newest} if there is one. To go without what was recorded: -force."
        raise FreeholdError([error("The state is older than its journal", detail, advice=advice)])


def with_way_back(failure: DamagedState, backend: Backend, data: bytes) -> DamagedState:
    """The same error, with the serial of what is damaged and how it is put back."""
    remains = backend.remains()
    serial = _SERIAL.search(data[:_HEAD])
    last = f" Its serial was {int(serial[1])}." if serial else ""
    return DamagedState(
        error(each.summary, each.detail + last + _left(remains, ()), advice=_advice(remains, damaged=True))
        for each in failure.diagnostics
    )


def _missing(place: str, why: str, remains: Remains, journal: Sequence[bytes]) -> Diagnostic:
    detail = f"{place}: {why}, and without it everything would be planned anew.{_left(remains, journal)}"
    return error("The state is missing", detail, advice=_advice(remains, damaged=False))


def _left(remains: Remains, journal: Sequence[bytes]) -> str:
    lines = [f"  - {copy.name}: {_serial(copy)}, written {copy.written}" for copy in remains.copies]
    lines += [f"  - {name}" for name in remains.names if all(name != copy.name for copy in remains.copies)]
    base = max(_bases(journal), default=None)
    if base is not None:
        lines.append(f"  - a journal of what was done upon serial {base}")
    return "\nThere is:\n" + "\n".join(lines) if lines else ""


def _advice(remains: Remains, *, damaged: bool) -> str:
    ways = [copy.restore for copy in remains.copies[:1]]
    back = f"Put it back: `{ways[0]}`" if ways else "Put it back from a copy of your own: `freehold state push FILE`"
    edited = " If somebody edited it: `freehold state pull`, and `freehold state push -force FILE`." if damaged else ""
    return f"{back}.{edited} To begin anew: {remains.removal}. What exists is then nobody's."


def _serial(copy: Copy) -> str:
    snapshot = _snapshot_of(copy)
    return f"serial {snapshot.serial}" if snapshot is not None else "damaged"


def _snapshot_of(copy: Copy) -> Snapshot | None:
    try:
        return decode(copy.data)
    except FreeholdError:
        return None


def _bases(journal: Sequence[bytes]) -> Iterator[int]:
    """The serials that the segments build upon which can be read."""
    for segment in journal:
        with contextlib.suppress(Malformed, FreeholdError):
            yield decode_segment(segment, "")[0].base
