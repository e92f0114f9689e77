"""What is appended to a journal at a time: some records under a header that says by whom and upon what.

A segment belongs to the snapshot of one lineage and serial (its base) and has a number there. Its name holds both, so
that names sort as they are to be read, and two writers who want the same place collide. The last segment of a base is a
seal: after it nothing may follow but the next snapshot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from state import codec
from state.codec import Malformed
from state.fields import FLAG, TEXT, WHOLE, many, record
from state.formats import format_of, upgraded
from state.records import RECORD, Record


@dataclass(frozen=True, slots=True)
class Header:
    """`writer` is the id of the lock under which it was written, `base` the serial of the snapshot it builds upon."""

    lineage: str
    base: int
    sequence: int
    writer: str
    seal: bool = False
    format: int = 1

    @property
    def name(self) -> str:
        """As backends have it: the numbers sort as texts."""
        return f"{self.base:012d}-{self.sequence:08d}"


_HEADER = record(Header, lineage=TEXT, base=WHOLE, sequence=WHOLE, writer=TEXT, seal=FLAG, format=WHOLE)
_RECORDS = many(RECORD)


def encode_segment(header: Header, lines: Sequence[bytes]) -> bytes:
    """The header and the records, each already JSON, a line each."""
    return b"\n".join((codec.dumps(_HEADER.encode(header)), *lines))


def decode_segment(data: bytes, place: str) -> tuple[Header, tuple[Record, ...]]:
    """Raises Malformed; FreeholdError for what a newer freehold wrote, where `place` names where that is."""
    head, *lines = data.split(b"\n")
    raw = codec.parse(head)
    format_of(raw, place, default=1)
    header = _HEADER.decode(raw)
    raws = codec.parse(b"[" + b",".join(lines) + b"]")
    if len(raws) != len(lines):
        raise Malformed("has a line that is no record")
    return header, _RECORDS.decode(upgraded(raws, header.format))
