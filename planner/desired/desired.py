"""What the configuration asks for: every instance, from whatever block, in one form.

Resources give their instances, clusters what their cloud expands them into, apps their objects. From here on the
planner makes no difference between them. What a data block looks up is `DataInstance`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from language.diagnostics import Span
from planner.configuration.blocks import Data, Lifecycle
from providers.contract import DataKind, Provider, ResourceKind, ValuePath, Values

CLUSTER_PREFIX = "kubernetes@"
"""What the key of a client of a cluster's objects begins with; the cluster's address follows."""


@dataclass(frozen=True, slots=True)
class DesiredInstance:
    """One instance that is to exist with these values (marks inside).

    `client`: the key of the configured provider. `depends_on`: addresses of instances and blocks. `ignore`: paths whose
    prior values are kept.
    """

    address: str
    type: str
    block: str
    kind: ResourceKind
    provider: Provider
    client: str
    values: Values
    depends_on: tuple[str, ...] = ()
    ignore: tuple[ValuePath, ...] = ()
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class DataInstance:
    """One instance of a data block, with the values that its configuration sets (marks inside)."""

    address: str
    data: Data
    block: str
    kind: DataKind
    provider: Provider
    client: str
    values: Values
