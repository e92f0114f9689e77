"""Named segments in one file, one after the other, such that a torn end is told from damage.

A frame is a line `@name length checksum`, the bytes, and a line feed. What does not parse at the end of the file was
being written when the machine stopped, and is no loss: nobody was told that it was kept. The same before a frame that
does parse is damage, and so is another byte in the place of the line feed. (No line of a segment begins with `@`: they
are JSON.)
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

_HEAD = re.compile(rb"(?m)^@([0-9A-Za-z-]{1,64}) ([0-9]{1,10}) ([0-9a-f]{8})\n")


class Damaged(ValueError):
    """A frame in the middle is broken."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A record of a segment as it was read, up to the offset `end`."""

    name: str
    segment: bytes
    end: int
    """Where in the file the next frame begins."""


def encode_frame(name: str, segment: bytes) -> bytes:
    """One frame."""
    return b"@%s %d %08x\n%s\n" % (name.encode(), len(segment), zlib.crc32(segment), segment)


def decode_frames(data: bytes) -> list[Frame]:
    """All frames of a file; a torn one at its end is left out. Raises Damaged."""
    frames: list[Frame] = []
    at = 0
    while frame := _frame_at(data, at):
        frames.append(frame)
        at = frame.end
    unended = _frame_at(data, at, lenient=True)
    if unended and data[unended.end - 1 :].strip(b"\0"):  # a torn write leaves nothing behind a segment, or zeros
        raise Damaged(f"the segment at byte {at} does not end as it was written")
    for head in _HEAD.finditer(data, at):
        if _frame_at(data, head.start()):
            raise Damaged(f"at byte {at} there is no intact segment, but there are some after it")
    return frames


def _frame_at(data: bytes, at: int, *, lenient: bool = False) -> Frame | None:
    head = _HEAD.match(data, at)
    if head is None:
        return None
    end = head.end() + int(head[2])
    segment = data[head.end() : end]
    if len(segment) < int(head[2]) or zlib.crc32(segment) != int(head[3], 16) or end == len(data):
        return None
    if data[end : end + 1] != b"\n" and not lenient:
        return None
    return Frame(head[1].decode(), segment, end + 1)
