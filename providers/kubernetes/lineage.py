"""Which stack an object is of: labels on its own metadata, the lineage of its state, its name and the app's.

They are put on what is applied, and are no part of what is planned, compared or shown. managedFields do not tell it: an
object without fields has none, and one stack's are another's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from providers.contract import Call, ValuePath, Values
from providers.kubernetes.deletion import deletion
from providers.kubernetes.foreign import mapping, mappings

LINEAGE, STACK, APP = LABELS = ("freehold/lineage", "freehold/stack", "freehold/app")
_LONGEST = 63
_APP = re.compile(r"(?:.*?\.)?app\.([\w-]+)(?:\[[^\]]*\])?(?=/|$)")


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an object is, as far as it tells: labels of a stack, and who wrote it. `deletion`: since when it is being
    deleted, and what holds it."""

    lineage: str
    stack: str
    managers: tuple[str, ...]
    deletion: str

    def is_stack_of(self, call: Call) -> bool:
        """Whether the stack that calls made it."""
        return bool(self.lineage) and self.lineage == _lineage(call.lineage)

    @property
    def text(self) -> str:
        """The owner as people read it."""
        if self.lineage:
            return f'the stack "{self.stack}" (lineage {self.lineage})' if self.stack else f"lineage {self.lineage}"
        return " and ".join(self.managers) or "somebody who left no name"


def owner_of(live: Values) -> Owner:
    """Whose a live object is, or one of which only the metadata is known."""
    labels = mapping(live, "metadata", "labels")
    managers = {str(entry.get("manager")) for entry in mappings(live, "metadata", "managedFields")}
    lineage, stack = (str(labels.get(name) or "") for name in (LINEAGE, STACK))
    return Owner(lineage, stack, tuple(sorted(managers)), deletion(live))


def labels_of(call: Call) -> dict[str, str]:
    """The labels of what a call makes."""
    app = _APP.match(call.address)
    values = (_lineage(call.lineage), label_value(call.stack), label_value(app.group(1)) if app else "")
    return {name: value for name, value in zip(LABELS, values, strict=True) if value}


def label_value(text: str) -> str:
    """A text cut to what a label's value may be: 63 letters, digits, "-", "_" and ".", the outer ones alphanumeric."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text).strip("-_.")[:_LONGEST].rstrip("-_.")


def _lineage(lineage: str) -> str:
    """A lineage in a label; one that would have to be cut is not told from others by what is left of it."""
    if label_value(lineage) == lineage:
        return lineage
    return hashlib.blake2b(lineage.encode(), digest_size=16).hexdigest()


def labelled(manifest: Values, labels: Mapping[str, str]) -> Values:
    """The manifest with labels beside its own."""
    if not labels:
        return manifest
    metadata = manifest["metadata"]
    return {**manifest, "metadata": {**metadata, "labels": {**(metadata.get("labels") or {}), **labels}}}


def is_own_label(path: ValuePath) -> bool:
    """Whether a path is that of a label that tells whose the object is."""
    return path[:2] == ("metadata", "labels") and len(path) == 3 and path[2] in LABELS


def reserved(manifest: Any) -> Iterator[tuple[ValuePath, str]]:
    """What is wrong with a manifest that sets such a label itself, by path."""
    for name in LABELS:
        if name in mapping(manifest, "metadata", "labels"):
            problem = f'The label "{name}" is put on every object by freehold, and cannot be set. Take it out.'
            yield ("metadata", "labels", name), problem
