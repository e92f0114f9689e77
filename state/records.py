"""What can happen to a state, one record a happening. The journal is a sequence of them; `replay` applies them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from state.codec import Malformed
from state.resources import OutputState, ResourceState, key_of, output_from, resource_from
from state.shapes import Types, checked, to_object

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Begin:
    """A call is about to leave. Without a later Done or Failed of the same id it is in flight, perhaps for ever.

    `identity` and `token` are what finds its outcome again: a name or tag that the provider chose beforehand, or the
    idempotency token of the call. `planned` is what was to become of it, sealed; null at the paths in `unknown`. `at`
    is a time of RFC 3339. `handle` is what the service gave for an operation that goes on without us.
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

    def to_json(self) -> dict[str, Any]:
        return to_object(self)

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


Kind = TypeVar("Kind", bound="Record")
Record = Begin | Accepted | Done | Failed | Put | Drop | Outputs

_KINDS: dict[str, type[Record]] = {
    "begin": Begin,
    "accepted": Accepted,
    "done": Done,
    "failed": Failed,
    "put": Put,
    "drop": Drop,
    "outputs": Outputs,
}
_NAMES: dict[type[Record], str] = {kind: name for name, kind in _KINDS.items()}

_TEXT, _OBJECT = (str,), (dict,)
_TYPES: Types = {
    **dict.fromkeys(
        ("id", "address", "action", "type", "provider", "token", "at", "error", "instead_of", "key"), _TEXT
    ),
    **dict.fromkeys(("identity", "planned", "handle", "resource", "predecessor", "outputs", "checks"), _OBJECT),
    "deposed": _TEXT,
    "unknown": (tuple,),
}
_READ: dict[str, Callable[[Any], Any]] = {
    "resource": resource_from,
    "predecessor": resource_from,
    "outputs": lambda value: {name: output_from(item) for name, item in value.items()},
}


def record_to_json(record: Record) -> dict[str, Any]:
    """As an object of one key, the record's kind."""
    return {_NAMES[type(record)]: to_object(record)}


def record_from(value: Any) -> Record:
    """The record that `record_to_json` wrote. Raises Malformed."""
    if not isinstance(value, dict) or len(value) != 1:
        raise Malformed("a record is no object of one key")
    ((name, fields),) = value.items()
    if name not in _KINDS:
        raise Malformed(f"there is a record of the unknown kind {name!r}")
    return _read(_KINDS[name], fields, f"record of the kind {name!r}")


def begin_from(value: Any) -> Begin:
    """A begin as a snapshot keeps it. Raises Malformed."""
    return _read(Begin, value, "call in flight")


def _read(kind: type[Kind], value: Any, what: str) -> Kind:
    types = {name: _TYPES[name] for name in kind.__dataclass_fields__}
    fields = checked(value, kind, types, what)
    return kind(**{name: _READ[name](item) if name in _READ else item for name, item in fields.items()})
