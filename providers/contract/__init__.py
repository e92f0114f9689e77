"""The contract between the planner and every provider, ours and others'.

A `Provider` has resource kinds and is configured into a client; kinds hold no state and are called from many threads
with that client. Values are the language's plain Python values with `Unknown` inside where not known yet; `Sensitive`
marks are taken off before a provider sees them and put back by the paths that its kinds name.

Read `values` (what crosses the border), `environment` (what comes in from outside), `errors` (what may go wrong),
`diff` (planning that follows from a schema), `kind` and `data`, then `expansion`, `cluster` and `app`, and `provider`.

Kept close to Terraform's plugin protocol v6, so that an adapter can run Terraform's providers behind it.
"""

from providers.contract.app import (
    APP,
    AppExpansion,
    AppHost,
    AppObject,
    AppSource,
    AppSpec,
    Capabilities,
    DeferredObject,
    ObjectRule,
    Pins,
    Rendered,
    SourceConfig,
)
from providers.contract.cluster import (
    ClientCertificate,
    ClusterAccess,
    ClusterHost,
    ClusterSpec,
    ClusterToken,
    NodePool,
)
from providers.contract.data import DataKind
from providers.contract.environment import Clock, Environment
from providers.contract.expansion import Expanded, Expansion, Reference
from providers.contract.kind import Call, Kind, ResourceKind
from providers.contract.provider import Provider
from providers.contract.values import Client, ClientT, Contents, Note, Observed, Planned, ValuePath, Values

__all__ = [
    "APP",
    "AppExpansion",
    "AppHost",
    "AppObject",
    "AppSource",
    "AppSpec",
    "Call",
    "Capabilities",
    "Client",
    "ClientCertificate",
    "ClientT",
    "Clock",
    "ClusterAccess",
    "ClusterHost",
    "ClusterSpec",
    "ClusterToken",
    "Contents",
    "DataKind",
    "DeferredObject",
    "Environment",
    "Expanded",
    "Expansion",
    "Kind",
    "NodePool",
    "Note",
    "ObjectRule",
    "Observed",
    "Pins",
    "Planned",
    "Provider",
    "Reference",
    "Rendered",
    "ResourceKind",
    "SourceConfig",
    "ValuePath",
    "Values",
]
