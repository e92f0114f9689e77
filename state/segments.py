"""What is appended to a journal at a time: some records under a header that says by whom and upon what.

A segment belongs to the snapshot of one lineage and serial (its base) and has a number there. Its name holds both, so
that names sort as they are to be read, and two writers who want the same place collide. The last segment of a base is a
seal: after it nothing may follow but the next snapshot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from state import codec, secrets
from state.codec import Malformed
from state.records import Record, record_from
from state.shapes import Types, checked, to_object

_TYPES: Types = {"lineage": (str,), "base": (int,), "sequence": (int,), "writer": (str,), "seal": (bool,)}


@dataclass(frozen=True, slots=True)
class Header:
    """`writer` is the id of the lock under which it was written, `base` the serial of the snapshot it builds upon."""

    lineage: str
    base: int
    sequence: int
    writer: str
    seal: bool = False

    @property
    def name(self) -> str:
        return f"{self.base:012d}-{self.sequence:08d}"


def encode_segment(header: Header, lines: Sequence[bytes]) -> bytes:
    """The header and the records, each already JSON, a line each."""
    return b"\n".join((codec.dumps(to_object(header)), *lines))


def decode_segment(data: bytes) -> tuple[Header, list[Record]]:
    """Raises Malformed."""
    head, *lines = data.split(b"\n")
    header = Header(**checked(codec.loads(head), Header, _TYPES, "journal segment"))
    if not lines:
        return header, []
    records = codec.loads(b"[" + b",".join(lines) + b"]", secrets.revive)
    if len(records) != len(lines):
        raise Malformed("a journal segment has a line that is no record")
    return header, [record_from(record) for record in records]
