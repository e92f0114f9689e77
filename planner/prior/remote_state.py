"""The outputs of another stack, from where its state is kept: freehold's own states, and Terraform's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from language.diagnostics import FreeholdError, error
from language.types import decode
from language.values import Sensitive, contains
from planner.evaluation.stored import restore
from planner.prior.backends import opened_by
from state import codec, snapshot
from state.backends.contract import Stored
from state.codec import Malformed
from state.recovery import refuse_missing
from state.replay import replay
from state.secrets import Digest

_TERRAFORM = 4
"""The version of the format in which Terraform keeps its states since 0.12."""


def outputs_of(
    backend: str, config: dict[str, Any], directory: Path, variables: Mapping[str, str]
) -> dict[str, Any] | None:
    """The outputs, marked where they are sensitive; None where there is no state. Raises FreeholdError.

    Of secrets freehold's states have only digests: such outputs are left out.
    """
    opened = opened_by(backend, config, directory, variables)
    stored = opened.read()
    if stored.snapshot is None:
        refuse_missing(opened, stored.journal)
        return None
    theirs = _terraform(stored.snapshot, opened.identity)
    outputs = _own(stored, opened.identity) if theirs is None else theirs
    return {name: value for name, value in outputs.items() if not contains(value, Digest)}


def _own(stored: Stored, place: str) -> dict[str, Any]:
    assert stored.snapshot is not None
    start = snapshot.decode(stored.snapshot, place)
    present = replay(start, stored.journal, place).present.snapshot(start.serial, start.version)
    return {name: _value(each.value, each.type, each.sensitive) for name, each in present.outputs.items()}


def _terraform(data: bytes, place: str) -> dict[str, Any] | None:
    """The outputs of a state of Terraform's; None for what is none."""
    try:
        found = codec.loads(data)
    except Malformed:
        return None
    if not isinstance(found, dict) or "terraform_version" not in found:
        return None
    if found.get("version") != _TERRAFORM:
        detail = f"What is in {place} has version {found.get('version')} of Terraform's format."
        raise FreeholdError([error("Unsupported state", detail, advice="Apply it with Terraform 0.12 or newer.")])
    outputs: dict[str, Any] = found.get("outputs") or {}
    try:
        return {n: _value(each["value"], each["type"], each.get("sensitive")) for n, each in outputs.items()}
    except (AttributeError, KeyError, TypeError, ValueError) as cause:
        detail = f"The outputs of the state of Terraform in {place} are not as its format has them."
        raise FreeholdError([error("The state is damaged", detail)]) from cause


def _value(value: Any, encoded: Any, sensitive: Any) -> Any:
    restored = restore(value, decode(encoded))
    return Sensitive(restored) if sensitive else restored
