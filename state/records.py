"""What can happen to a state, one record a happening. The journal is a sequence of them; `replay` applies them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from state.codec import DEEPEST, dumps
from state.fields import TEXT, WHOLE, either, many, mapping, optional, record, union
from state.resources import OUTPUT, RESOURCE, OutputState, ResourceState, key_of
from state.values import ATTRIBUTES, PLAIN

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Begin:
    """A call is about to leave. Without a later Done or Failed of the same id it is in flight, perhaps for ever.

    `identity` and `token` are what finds its outcome again: a name or tag that the provider chose beforehand, or the
    idempotency token of the call. `planned` is what was to become of it, sealed; null at the paths in `unknown`. `at`
    is a time of RFC 3339. `handle` is what the service gave for an operation that goes on without us. `dependencies`
    are addresses that what it makes depends on.
    """

    id: str
    address: str
    action: str
    type: str
    provider: str
    identity: Mapping[str, Any] | None = None
    token: str = ""
    planned: Mapping[str, Any] | None = None
    at: str = ""
    deposed: str | None = None
    unknown: tuple[Path, ...] = ()
    handle: Mapping[str, Any] | None = None
    dependencies: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The key in the snapshot of what it is about."""
        return key_of(self.address, self.deposed)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The service goes on with the call by itself, and `handle` asks for it. Of several the last one holds.

    `planned` and `unknown` as in Begin.
    """

    id: str
    handle: Mapping[str, Any]
    planned: Mapping[str, Any] | None = None
    unknown: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """It succeeded. `resource` takes the place of what it was about; None: that is gone.

    `predecessor` is kept beside it, deposed, when a replacement was created first.
    """

    id: str
    resource: ResourceState | None = None
    predecessor: ResourceState | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """It failed. `resource` is what there is of it all the same (a tainted one, say); None: nothing changed."""

    id: str
    error: str
    resource: ResourceState | None = None
    predecessor: ResourceState | None = None


@dataclass(frozen=True, slots=True)
class Put:
    """Something is known without a call of ours: refreshed, imported, or moved (`instead_of` is the key it leaves)."""

    resource: ResourceState
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Drop:
    """What was under this key is no longer ours to know: forgotten, or found to be gone."""

    key: str


@dataclass(frozen=True, slots=True)
class Outputs:
    """All outputs of the stack, and what its checks said (address to pass, fail, error or unknown)."""

    outputs: Mapping[str, OutputState] = field(default_factory=dict)
    checks: Mapping[str, str] = field(default_factory=dict)


Record: TypeAlias = Begin | Accepted | Done | Failed | Put | Drop | Outputs

_PATHS = many(many(either(TEXT, WHOLE)))
BEGIN = record(
    Begin,
    id=TEXT,
    address=TEXT,
    action=TEXT,
    type=TEXT,
    provider=TEXT,
    identity=optional(PLAIN),
    token=TEXT,
    planned=optional(ATTRIBUTES),
    at=TEXT,
    deposed=optional(TEXT),
    unknown=_PATHS,
    handle=optional(PLAIN),
    dependencies=many(TEXT),
)
RECORD = union(
    begin=BEGIN,
    accepted=record(Accepted, id=TEXT, handle=PLAIN, planned=optional(ATTRIBUTES), unknown=_PATHS),
    done=record(Done, id=TEXT, resource=optional(RESOURCE), predecessor=optional(RESOURCE)),
    failed=record(Failed, id=TEXT, error=TEXT, resource=optional(RESOURCE), predecessor=optional(RESOURCE)),
    put=record(Put, resource=RESOURCE, instead_of=TEXT),
    drop=record(Drop, key=TEXT),
    outputs=record(Outputs, outputs=mapping(OUTPUT), checks=mapping(TEXT)),
)
"""An object of one key, the record's kind."""


def encode_record(record: Record) -> bytes:
    """Its line in a journal. Raises FreeholdError for a call that is to be made with values nested too deeply; how one
    came out can be written whatever it is."""
    raw = RECORD.encode(record)
    return dumps(raw) if isinstance(record, Begin) else dumps(raw, deepest=DEEPEST)
