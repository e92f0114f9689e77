"""The state as a whole at one moment, as data and as bytes.

`format` is raised when an older freehold could misread what a newer one wrote (`state.formats`). `serial` grows with
each snapshot of one `lineage`, the name that a state keeps for life.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from language.diagnostics import FreeholdError, error
from state import codec
from state.codec import DEEPEST, Malformed
from state.fields import TEXT, WHOLE, Codec, many, mapping, record
from state.formats import FORMAT, format_of, upgraded
from state.records import BEGIN, Begin
from state.resources import OUTPUT, RESOURCE, OutputState, ResourceState, Status, key_of
from state.secrets import is_key

__all__ = ["FORMAT", "OutputState", "ResourceState", "Snapshot", "Status", "decode", "encode", "key_of"]

_CHECKSUM = re.compile(rb',"checksum":"sha256:([0-9a-f]{64})"}\s*\Z')


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What there is. `resources` by key (address; deposed ones apart), `in_flight` what began and was not heard of
    since.

    `digest_key` is the key of the digests in it; `checks` maps addresses to pass, fail, error or unknown; `version` is
    the freehold that wrote it.
    """

    lineage: str
    digest_key: str
    serial: int = 0
    resources: Mapping[str, ResourceState] = field(default_factory=dict)
    outputs: Mapping[str, OutputState] = field(default_factory=dict)
    checks: Mapping[str, str] = field(default_factory=dict)
    in_flight: tuple[Begin, ...] = ()
    version: str = ""
    format: int = FORMAT

    def same_content(self, other: Snapshot) -> bool:
        """Whether both say the same, whoever wrote them."""
        return replace(self, version="") == replace(other, version="")


class DamagedState(FreeholdError):
    """What is there is no state, or not the one that was written."""


def _key(raw: Any) -> str:
    if not is_key(TEXT.decode(raw)):
        raise Malformed("is no key")
    return str(raw)


_RESOURCES = many(RESOURCE)
_SNAPSHOT = record(
    Snapshot,
    lineage=TEXT,
    digest_key=Codec(_key),
    serial=WHOLE,
    resources=Codec(lambda raw: _by_key(_RESOURCES.decode(raw))),
    outputs=mapping(OUTPUT),
    checks=mapping(TEXT),
    in_flight=many(BEGIN),
    version=TEXT,
    format=WHOLE,
)


def encode(snapshot: Snapshot) -> bytes:
    """JSON with a line for each resource, sorted by key: small, and readable as a difference.

    Behind them stands the SHA-256 of all that is before it.
    """
    fields = _SNAPSHOT.encode(replace(snapshot, resources={}, format=FORMAT))
    head = {"format": FORMAT, "version": snapshot.version, **fields, "count": len(snapshot.resources)}
    lines = (codec.dumps(RESOURCE.encode(each), deepest=DEEPEST) for _, each in sorted(snapshot.resources.items()))
    data = codec.dumps(head, deepest=DEEPEST)[:-1] + b',"resources":[\n' + b",\n".join(lines) + b"\n]"
    return data + b',"checksum":"sha256:%s"}\n' % hashlib.sha256(data).hexdigest().encode()


def decode(data: bytes, place: str = "the state", *, edited: bool = False) -> Snapshot:
    """The snapshot that `encode` wrote; `place` names where the bytes are from.

    One that was `edited` is taken whatever its checksum and its count. Raises FreeholdError: the format is newer than
    this freehold; DamagedState.
    """
    try:
        raw = codec.parse(data)
        format_ = format_of(raw, place)
        if format_ > 1 and not edited:
            _check_whole(data, raw)
        fields = upgraded({name: item for name, item in raw.items() if name not in _SEALS[format_]}, format_)
        return _SNAPSHOT.decode(fields)
    except Malformed as cause:
        raise DamagedState(
            [
                error(
                    "The state is damaged",
                    f"What is in {place} is no state of freehold: {cause}.",
                    advice="Put an intact copy in its place, with `freehold state push`.",
                )
            ]
        ) from cause


_SEALS: Mapping[int, tuple[str, ...]] = {1: (), 2: ("checksum", "count")}
"""What a format has besides the snapshot, by its number."""


def _check_whole(data: bytes, raw: dict[str, Any]) -> None:
    """Raise Malformed where the bytes are not all, or others than were written."""
    found = _CHECKSUM.search(data)
    if found is None or hashlib.sha256(data[: found.start()]).hexdigest().encode() != found[1]:
        raise Malformed("is not what was written (its checksum is another)")
    if type(raw.get("resources")) is list and raw.get("count") != len(raw["resources"]):
        raise Malformed("is not the number of resources", ("count",))


def _by_key(resources: tuple[ResourceState, ...]) -> dict[str, ResourceState]:
    by_key = {resource.key: resource for resource in resources}
    if len(by_key) != len(resources):
        raise Malformed("has two resources of one address")
    return by_key
