"""What a block expands into: resources whose values may refer to each other's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from language.diagnostics import Diagnostic, Span
from providers.contract.values import ValuePath, Values


@dataclass(frozen=True)
class Reference:
    """Inside an expansion's values: the value at `path` of another resource of the same expansion.

    `then` turns it into what is needed (an issuer URL into a host), and is not called while it is unknown.
    """

    name: str
    path: ValuePath
    then: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Expanded:
    """One resource that a block expands into. `name` is its address below the block: "aws_subnet.private-a"."""

    name: str
    type: str
    values: Values
    depends_on: tuple[str, ...] = ()
    ignore_changes: tuple[ValuePath, ...] = ()
    prevent_destroy: bool = False
    span: Span | None = None


@dataclass(frozen=True)
class Expansion:
    """What a block expands into, and its outputs (values with `Reference`s)."""

    resources: tuple[Expanded, ...]
    outputs: Mapping[str, Any] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()

    def item(self, name: str) -> Expanded | None:
        """The resource of that name."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> Mapping[str, Expanded]:
        return {item.name: item for item in self.resources}
