"""What the state knows of one resource and of one output. The smallest pieces; snapshot and journal are made of
them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from state.codec import Malformed
from state.shapes import Types, checked, to_object

Status = Literal["ready", "tainted"]


def key_of(address: str, deposed: str | None) -> str:
    """Under what a resource is kept: its address, and apart from it each of its deposed predecessors."""
    return f"{address} (deposed {deposed})" if deposed else address


@dataclass(frozen=True, slots=True)
class ResourceState:
    """One resource as it was last seen.

    `attributes` are plain values; a Digest stands where a secret was. `identity` is what finds it again. `private` is
    the provider's own (digests of what was last applied and seen, say). `deposed` names an object that was replaced and
    is still to be deleted. `dependencies` are addresses, kept for the order of destruction.
    `created` is when freehold created it, as RFC 3339; empty where it did not, or does not know.
    """

    address: str
    type: str
    provider: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    identity: Mapping[str, Any] | None = None
    dependencies: tuple[str, ...] = ()
    status: Status = "ready"
    deposed: str | None = None
    schema_version: int = 0
    private: Mapping[str, Any] = field(default_factory=dict)
    create_before_destroy: bool = False
    created: str = ""

    @property
    def key(self) -> str:
        """Its key in a snapshot."""
        return key_of(self.address, self.deposed)

    def to_json(self) -> dict[str, Any]:
        """As an object; what has its default is left out."""
        return to_object(self)


@dataclass(frozen=True, slots=True)
class OutputState:
    """One output of the stack: its value (a Digest if it is sensitive) and its type, encoded as cty does in JSON."""

    value: Any
    type: Any = "dynamic"
    sensitive: bool = False

    def to_json(self) -> dict[str, Any]:
        return to_object(self)


_MAPPING, _MAYBE_MAPPING, _MAYBE_TEXT = (dict,), (dict, type(None)), (str, type(None))
_RESOURCE_TYPES: Types = {
    "address": (str,),
    "type": (str,),
    "provider": (str,),
    "attributes": _MAPPING,
    "identity": _MAYBE_MAPPING,
    "dependencies": (tuple,),
    "status": (str,),
    "deposed": _MAYBE_TEXT,
    "schema_version": (int,),
    "private": _MAPPING,
    "create_before_destroy": (bool,),
    "created": (str,),
}
_OUTPUT_TYPES: Types = {"value": (object,), "type": (object,), "sensitive": (bool,)}


def resource_from(value: Any) -> ResourceState:
    """The resource that `to_json` wrote. Raises Malformed."""
    resource = ResourceState(**checked(value, ResourceState, _RESOURCE_TYPES, "resource"))
    if resource.status not in ("ready", "tainted"):
        raise Malformed(f"{resource.key} has the status {resource.status!r}")
    return resource


def output_from(value: Any) -> OutputState:
    """The output that `to_json` wrote. Raises Malformed."""
    return OutputState(**checked(value, OutputState, _OUTPUT_TYPES, "output"))
