"""The writer's side of a state: what is present, and the chain of segments and snapshots that makes it durable.

Every write is conditional, so that a writer who was overtaken is told and overwrites nothing:
- a segment takes the next free place upon the present snapshot;
- a snapshot replaces the one that was read, after a seal has taken the last place of the journal upon it. Whoever finds
  a seal there (its writer may have died before the snapshot) has to write the next snapshot himself before anything
  else.
Not made for many threads: one at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from language.tracing import logger
from state.backends.contract import Backend
from state.formats import FORMAT
from state.hiding import hidden
from state.replay import Replayed
from state.secrets import SENSITIVE
from state.segments import Header, encode_segment
from state.snapshot import Snapshot, encode

_LOG = logger("state")
_MANY_SEGMENTS = 500  # a reader fetches each of them
_MUCH_JOURNAL = 8 << 20


@dataclass(slots=True)
class Position:
    """Where the chain ends: upon which snapshot, how many segments, and whether the last one is a seal."""

    token: str | None
    lineage: str
    serial: int
    segments: int
    sealed: bool


class Ledger:
    """Writes for one manager.

    `last` is the snapshot that was read. `guard` raises when writing is not allowed any more; `present` gives what
    there is now.
    """

    def __init__(
        self,
        backend: Backend,
        position: Position,
        last: Snapshot,
        *,
        writer: str,
        guard: Callable[[], None],
        present: Callable[[int], Snapshot],
    ) -> None:
        self.position = position
        self._last = last
        self._backend = backend
        self._writer = writer
        self._guard = guard
        self._present = present
        self._unsure: tuple[Header, bytes] | None = None  # what failed to be appended may have arrived all the same
        self._journal_bytes = 0
        self._snapshot_bytes = 0

    def append(self, lines: list[bytes]) -> None:
        """Make these records durable. They are part of what `present` gives already."""
        self._settle()
        if self.position.token is None or self.position.sealed:
            self.fold()
            return
        self._add(lines, seal=False)
        limit = max(_MUCH_JOURNAL, 2 * self._snapshot_bytes)
        if self.position.segments >= _MANY_SEGMENTS or self._journal_bytes > limit:
            self.fold()

    def fold(self) -> None:
        """Write what is present as the next snapshot; the journal up to here is part of it and goes."""
        self.replace(self._present(self.position.serial + 1))

    def replace(self, snapshot: Snapshot) -> None:
        """Write this very snapshot in place of the present one and its journal."""
        self._settle()
        if self.position.token is not None and not self.position.sealed:
            self._add([], seal=True)
        data = encode(snapshot)
        self._guard()
        token = self._backend.write(data, self.position.token, self._earlier(snapshot, data))
        self._last = snapshot
        _LOG.debug("wrote snapshot %d, %d bytes, to %s", snapshot.serial, len(data), self._backend.identity)
        self.position = Position(token, snapshot.lineage, snapshot.serial, 0, False)
        self._journal_bytes, self._snapshot_bytes = 0, len(data)

    def _earlier(self, snapshot: Snapshot, data: bytes) -> bytes | None:
        """The last snapshot without what is secret by now; None where nothing in it is."""
        if SENSITIVE.encode() not in data or self.position.token is None:
            return None
        earlier = hidden(self._last, snapshot)
        return None if earlier is None else encode(earlier)

    def _add(self, lines: list[bytes], *, seal: bool) -> None:
        position = self.position
        header = Header(position.lineage, position.serial, position.segments, self._writer, seal, FORMAT)
        self._unsure = (header, encode_segment(header, lines))
        self._settle()

    def _settle(self) -> None:
        """Append what is to be appended, perhaps again: the same bytes under the same name do no harm."""
        if self._unsure is None:
            return
        header, data = self._unsure
        assert self.position.token is not None
        self._guard()
        self._backend.append(header.name, data, self.position.token)
        _LOG.debug("appended segment %s, %d bytes, to %s", header.name, len(data), self._backend.identity)
        self._unsure = None
        self.position.segments += 1
        self.position.sealed = header.seal
        self._journal_bytes += len(data)


def position_of(snapshot: Snapshot, replayed: Replayed, token: str | None) -> Position:
    """Where a chain ends that was just read."""
    return Position(token, snapshot.lineage, snapshot.serial, replayed.segments, replayed.sealed)
