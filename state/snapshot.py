"""The state as a whole at one moment, as data and as bytes.

`format` is raised when an older freehold could misread what a newer one wrote; older formats are read for ever, newer
ones are refused. `serial` grows with each snapshot of one `lineage`, the name that a state keeps for life.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from language.diagnostics import Diagnostic, FreeholdError, error
from state import codec, secrets
from state.codec import Malformed
from state.records import Begin, begin_from
from state.resources import OutputState, ResourceState, Status, key_of, output_from, resource_from
from state.shapes import Types, checked

__all__ = ["FORMAT", "OutputState", "ResourceState", "Snapshot", "Status", "decode", "encode", "key_of"]

FORMAT = 1

_TYPES: Types = {
    "format": (int,),
    "version": (str,),
    "lineage": (str,),
    "serial": (int,),
    "digest_key": (str,),
    "outputs": (dict,),
    "checks": (dict,),
    "in_flight": (tuple,),
    "resources": (tuple,),
}


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


def encode(snapshot: Snapshot) -> bytes:
    """JSON with a line for each resource, sorted by key: small, and readable as a difference."""
    head: dict[str, Any] = {name: getattr(snapshot, name) for name in _TYPES if name != "resources"}
    resources = (codec.dumps(resource) for _, resource in sorted(snapshot.resources.items()))
    return codec.dumps(head)[:-1] + b',"resources":[\n' + b",\n".join(resources) + b"\n]}\n"


def decode(data: bytes, place: str = "the state") -> Snapshot:
    """The snapshot that `encode` wrote; `place` names where the bytes are from.

    Raises FreeholdError: the format is newer than this freehold, or the bytes are damaged.
    """
    try:
        return _snapshot(codec.loads(data, secrets.revive), place)
    except Malformed as cause:
        raise FreeholdError(
            [
                error(
                    "The state is damaged",
                    f"What is in {place} is no state of freehold: {cause}.",
                    advice="Put an intact copy in its place: an earlier version of the object if the bucket keeps "
                    "versions, freehold.state.backup beside a local one, or your own copy with `freehold state push`.",
                )
            ]
        ) from cause


def _snapshot(value: Any, place: str) -> Snapshot:
    if not isinstance(value, dict) or not isinstance(value.get("format"), int):
        raise Malformed("it has no format number")
    if value["format"] > FORMAT:
        raise FreeholdError([_too_new(value, place)])
    fields = checked(value, Snapshot, _TYPES, "state")
    resources = [resource_from(item) for item in fields.get("resources", ())]
    by_key = {resource.key: resource for resource in resources}
    if len(by_key) != len(resources):
        raise Malformed("it has two resources of one address")
    fields["resources"] = by_key
    fields["outputs"] = {name: output_from(item) for name, item in fields.get("outputs", {}).items()}
    fields["in_flight"] = tuple(begin_from(item) for item in fields.get("in_flight", ()))
    return Snapshot(**fields)


def _too_new(value: dict[str, Any], place: str) -> Diagnostic:
    writer = value.get("version")
    by = f" by freehold {writer}" if isinstance(writer, str) and writer else ""
    return error(
        "The state was written by a newer freehold",
        f"What is in {place} has format {value['format']}, written{by}; this freehold reads formats up to {FORMAT}.",
        advice="Upgrade freehold" + (f" to {writer} or newer." if by else "."),
    )
