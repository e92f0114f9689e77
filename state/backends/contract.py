"""What a backend has to be able to do: hold one snapshot, a chain of journal segments, and one lock. Nothing else.

The bytes mean nothing here. What a backend must guarantee, and `tests/state/conformance.py` checks, is that
- `write` replaces the snapshot whole or not at all, and only the one that the token names;
- `append` fills a name once, and fails when the snapshot has been replaced since the token was given;
- `read` returns a snapshot and the segments that were there at one and the same time;
- a lock has one holder, who is told when it is no longer his.
"""

from __future__ import annotations

import os
import shlex
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from language.diagnostics import Diagnostic, FreeholdError, error
from state import codec

MAXIMUM_BYTES = 1 << 30
"""No snapshot and no journal is read beyond this."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a backend holds. `token` names this very snapshot (an ETag, a generation); None when there is none."""

    snapshot: bytes | None
    journal: tuple[bytes, ...]
    token: str | None


@dataclass(frozen=True, slots=True)
class Copy:
    """An earlier snapshot: what it is called, when it was written (RFC 3339), and the command that puts it back."""

    name: str
    written: str
    restore: str
    data: bytes


def copy_in(path: Path, data: bytes) -> Copy:
    """The copy that is in a file. Raises OSError."""
    written = datetime.fromtimestamp(os.lstat(path).st_mtime, UTC).isoformat(timespec="seconds")
    return Copy(str(path), written, f"freehold state push {shlex.quote(str(path))}", data)


@dataclass(frozen=True, slots=True)
class Remains:
    """What there is of a state beside its snapshot.

    `copies`: the newest first. `names`: of what shows that there was a snapshot. `removal` says what has to be removed
    for the place to be a new one.
    """

    copies: tuple[Copy, ...]
    names: tuple[str, ...]
    removal: str


@dataclass(frozen=True, slots=True)
class LockInfo:
    """Who holds a lock and for what; Terraform's fields, and `ttl`: after so many seconds without renewal it is free.

    `created` is a time of RFC 3339. A `ttl` of 0: the lock ends with its holder's process. `first`: when it was taken,
    there was nothing of a state.
    """

    id: str
    operation: str = ""
    who: str = ""
    version: str = ""
    created: str = ""
    path: str = ""
    info: str = ""
    ttl: float = 0
    first: bool = field(default=False, compare=False)

    def to_bytes(self) -> bytes:
        """JSON with Terraform's names."""
        given = {_JSON_NAMES[name]: value for name, value in asdict(self).items() if name != "first" or value}
        return codec.dumps(given)

    @classmethod
    def from_bytes(cls, data: bytes) -> LockInfo:
        """What `to_bytes` wrote; of anything else, as much as can be understood."""
        try:
            value = codec.loads(data)
        except codec.Malformed:
            value = None
        if not isinstance(value, dict):
            return cls(id="")
        given = {name: value.get(key) for name, key in _JSON_NAMES.items()}
        ttl, first = given.pop("ttl"), given.pop("first") is True
        texts = {name: text if isinstance(text, str) else "" for name, text in given.items()}
        seconds = float(ttl) if isinstance(ttl, int | Decimal) and 0 <= ttl <= _LONGEST else 0
        return cls(**texts, ttl=seconds, first=first)


_LONGEST = 10**9
"""Seconds that a lock may be said to hold; what says more is damaged."""
_ACRONYMS = {"id": "ID", "ttl": "TTL"}
_JSON_NAMES = {item.name: _ACRONYMS.get(item.name, item.name.capitalize()) for item in fields(LockInfo)}


class StaleWrite(FreeholdError):
    """The snapshot is not the one that was read any more, or another writer filled the place in the journal."""

    def __init__(self, identity: str) -> None:
        super().__init__(
            [
                error(
                    "The state has changed since it was read",
                    f"Another run wrote to {identity} in the meantime; this one wrote nothing over it.",
                    advice="Let the other run finish, then plan again.",
                )
            ]
        )


class Locked(FreeholdError):
    """Somebody else holds the lock."""

    def __init__(self, identity: str, holder: LockInfo) -> None:
        self.holder = holder
        super().__init__([_locked(identity, holder)])


class LockLost(FreeholdError):
    """The lock is not ours any more: it was not renewed in time, or it was forced."""

    def __init__(self, identity: str, why: str) -> None:
        self.why = why
        super().__init__(
            [
                error(
                    "The lock of the state is lost",
                    f"{identity}: {why}. Nothing more is written, since another run may be writing now.",
                    advice="Let the other run finish, then plan again: what was in flight is found by then.",
                )
            ]
        )


class Backend(ABC):
    """One place for one state. Used by one manager; `renew` comes from a thread of its own, all else from one at a
    time.

    Every method may raise FreeholdError with what a person can do when the place does not answer or refuses.
    """

    identity: str
    """Stable text that names where, such as `s3://bucket/key`; saved plans hold it."""

    @abstractmethod
    def read(self) -> Stored:
        """The snapshot, and all segments in the order of their names."""

    @abstractmethod
    def remains(self) -> Remains:
        """What is left where the snapshot is missing or damaged; asked for then alone."""

    @abstractmethod
    def write(self, data: bytes, if_token: str | None, earlier: bytes | None = None) -> str:
        """Replace the snapshot that `if_token` names (None: there is none yet) and return the new one's token.

        `earlier` is what a backup has to be, where that may not be what is replaced: something in it is secret by now.
        The segments that were there before are discarded, at once or later: they build upon what was replaced, so that
        nobody reads them any more. Raises StaleWrite.
        """

    @abstractmethod
    def append(self, name: str, segment: bytes, if_token: str) -> None:
        """Add a segment, durably, under a name that is greater than all before. The same bytes again are no error.

        Raises StaleWrite when the name is taken, or the snapshot is not the one that `if_token` names.
        """

    @abstractmethod
    def lock(self, info: LockInfo, ttl: float) -> None:
        """Take the lock for `ttl` seconds, also when its holder is gone. Raises Locked."""

    @abstractmethod
    def renew(self, lock_id: str, ttl: float) -> None:
        """Hold it `ttl` seconds longer, if it is still ours. Raises LockLost."""

    @abstractmethod
    def unlock(self, lock_id: str) -> None:
        """Release the lock of this id, whoever holds it. Raises LockLost when it is another's or nobody's."""


def _locked(identity: str, holder: LockInfo) -> Diagnostic:
    message = (
        ("ID", holder.id),
        ("operation", holder.operation),
        ("who", holder.who),
        ("since", holder.created),
        ("freehold", holder.version),
        ("info", holder.info),
    )
    waits = "It ends with the process that holds it"
    if holder.ttl:
        waits = f"It is free {holder.ttl:g} seconds after its holder stops renewing it"
    return error(
        "The state is locked",
        f"Another run holds the lock of {identity}.",
        advice=f"Wait for it, or let it be waited for with -lock-timeout=5m. {waits}; "
        f"if you know that it is gone: `freehold force-unlock {holder.id or 'ID'}`.",
        values=tuple((name, value) for name, value in message if value),
    )
