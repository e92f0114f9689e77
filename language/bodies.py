"""The whole of what somebody sends, read within limits: whoever sends it may never end, or be no one that was asked."""

from __future__ import annotations

import time
from collections.abc import Callable

LARGEST = 256 << 20
"""Bytes: more than a page of a cluster's list, 500 objects of at most 1.5 MiB each, ever had."""
LONGEST = 300.0
"""Seconds."""
_PART = 1 << 16


class Excessive(Exception):
    """What is sent is larger, or takes longer, than any answer."""


def whole(read: Callable[[int], bytes]) -> bytes:
    """All that `read`, which gives at most so many bytes as soon as there are any, has to give. Raises Excessive."""
    parts, size, begun = [], 0, time.monotonic()
    while part := read(_PART):
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            raise Excessive(f"the answer is larger than {LARGEST >> 20} MiB")
        if time.monotonic() - begun > LONGEST:
            raise Excessive(f"the answer has not ended after {LONGEST:.0f} seconds")
    return b"".join(parts)
