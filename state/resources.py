"""What the state knows of one resource and of one output. The smallest pieces; snapshot and journal are made of
them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from state.fields import ENCODED_TYPE, FLAG, TEXT, WHOLE, choice, many, optional, record
from state.values import ATTRIBUTES, PLAIN, STORED

Status = Literal["ready", "tainted"]


def key_of(address: str, deposed: str | None) -> str:
    """Under what a resource is kept: its address, and apart from it each of its deposed predecessors."""
    return f"{address} (deposed {deposed})" if deposed else address


@dataclass(frozen=True, slots=True)
class ResourceState:
    """One resource as it was last seen.

    `attributes` are in the state's form (`state.values`): a Digest stands where a secret was. `identity` is what finds
    it again. `private` is the provider's own (digests of what was last applied and seen, say). `deposed` names an
    object that was replaced and is still to be deleted. `dependencies` are addresses, kept for the order of
    destruction.
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


@dataclass(frozen=True, slots=True)
class OutputState:
    """One output of the stack: its value (a Digest if it is sensitive) and its type, encoded as cty does in JSON."""

    value: Any
    type: Any = "dynamic"
    sensitive: bool = False


RESOURCE = record(
    ResourceState,
    address=TEXT,
    type=TEXT,
    provider=TEXT,
    attributes=ATTRIBUTES,
    identity=optional(PLAIN),
    dependencies=many(TEXT),
    status=choice(Status),
    deposed=optional(TEXT),
    schema_version=WHOLE,
    private=PLAIN,
    create_before_destroy=FLAG,
    created=TEXT,
)
OUTPUT = record(OutputState, value=STORED, type=ENCODED_TYPE, sensitive=FLAG)
