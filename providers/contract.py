"""The contract between the planner and every provider, ours and others'.

A `Provider` has resource kinds and is configured into a client; kinds hold no state and are called from many threads
with that client. Values are the language's plain Python values with `Unknown` inside where not known yet; `Sensitive`
marks are taken off before a provider sees them and put back by the paths that its kinds name.

Kept close to Terraform's plugin protocol v6, so that an adapter can run Terraform's providers behind it.
"""

from __future__ import annotations

import os
import threading
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Literal

from language.diagnostics import Diagnostic, Span
from providers.schema import Schema

Values = dict[str, Any]
ValuePath = tuple[str | int, ...]
Client = Any


class Clock:
    """Time as the machine has it. Tests hand in their own."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass(frozen=True)
class Environment:
    """All that a provider may take from outside: variables, the stack's folder, time and randomness.

    `outputs_of` gives the outputs of another stack by the type and the arguments of the backend that keeps its state,
    marked where they are sensitive; None where there is no state.
    """

    variables: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    directory: Path = Path()
    clock: Clock = field(default_factory=Clock)
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex
    outputs_of: Callable[[str, Values], Values | None] = lambda backend, config: None

    def timestamp(self) -> str:
        """Now, as RFC 3339 has it in UTC, to the second."""
        return datetime.fromtimestamp(self.clock.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Observed:
    """What exists: its values by the kind's schema, how to find it again, and small data of the kind's own.

    `identity` is enough to read or delete it (an id, an arn, a UID with its name). `private` is kept in state, shown
    to nobody, and must hold no secret.
    """

    values: Values
    identity: Mapping[str, Any]
    private: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Note:
    """Something a plan should say of a value: what drifted and who did it, or what is left to a controller."""

    kind: Literal["drift", "held", "conflict", "info"]
    path: ValuePath
    message: str
    by: str = ""


@dataclass(frozen=True)
class Planned:
    """What a kind makes of a proposal. `replace` names the values that force a new one; empty means in place.

    Values equal to the prior ones mean that nothing is to be done. `private` travels to create and update.
    """

    values: Values
    replace: tuple[ValuePath, ...] = ()
    notes: tuple[Note, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    private: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """The circumstances of one operation that changes something.

    `token` is the same for every attempt at one create, a crash between them included: services that take an
    idempotency token are given it. `tags` go on everything that can be tagged. `progress(message)` may be called at
    any time. `cancelled` is set when waiting should stop at the next safe point (a second interrupt).
    `private` is what the kind's plan gave.
    """

    address: str
    token: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    progress: Callable[[str], None] = lambda message: None
    clock: Clock = field(default_factory=Clock)
    cancelled: threading.Event = field(default_factory=threading.Event)
    private: Mapping[str, Any] = field(default_factory=dict)


class Kind(ABC):
    """What kinds of resources and of data sources share: the name of the type, and what a block of it may hold."""

    type: ClassVar[str]
    schema: ClassVar[Schema]

    def validate(self, config: Values) -> Sequence[tuple[ValuePath, str]]:
        """What is wrong with the configuration, by path, as far as it can be known offline."""
        return ()

    def sensitive_paths(self, values: Values) -> Iterable[ValuePath]:
        """Where secrets are in `values`, beyond what the configuration marked."""
        from providers.diff import sensitive_paths

        return sensitive_paths(self.schema, values)


class DataKind(Kind):
    """One type of data source: something that is read, and made by others."""

    @abstractmethod
    def read(self, client: Client, config: Values) -> Values:
        """The values of a (known) configuration, completed by what the service tells. Changes nothing anywhere.

        What is not there is an error, unless an empty answer is one. Marks that it puts on secrets stay. Raises a
        ProviderError.
        """


class ResourceKind(Kind):
    """One type of resource.

    `named`: a lost create can be found by a name the configuration gives, so its begin may be journalled with the
    next group; otherwise it is durable before the call leaves. `view`: the attribute that people read in a diff, when
    it is not the whole. `holds_data`: destroying it destroys data. `unstored`: attributes that are read anew each time
    and not worth keeping in the state. `import_names`: the parts of its identity that the id of an import is made of,
    with `import_separator` between them, as in Terraform.
    """

    named: ClassVar[bool] = False
    holds_data: ClassVar[bool] = False
    view: ClassVar[str | None] = None
    unstored: ClassVar[frozenset[str]] = frozenset()
    import_names: ClassVar[tuple[str, ...]] = ("id",)
    import_separator: ClassVar[str] = ":"

    def holds_data_in(self, values: Values) -> bool:
        """Whether destroying this very one destroys data."""
        return self.holds_data

    def plan(self, client: Client | None, prior: Observed | None, proposed: Values) -> Planned:
        """The values after applying `proposed`. `client` is None while the provider cannot be configured yet.

        `prior` is None for a create. Derived from the schema unless a kind knows better. Changes nothing anywhere.
        """
        from providers.diff import plan_by_schema

        return plan_by_schema(self.schema, prior, proposed)

    @abstractmethod
    def read(self, client: Client, priors: Sequence[Observed]) -> Sequence[Observed | None]:
        """What these are now, in their order; None for what is confirmed gone. As few calls as the service allows.

        Raises a ProviderError when it cannot tell.
        """

    def found_by_id(self, client: Client, id: str, config: Values) -> Observed | None:
        """What exists under the id of an import, or None. Raises Invalid for an id of another form.

        What the service does not tell of it is taken to be as in `config`.
        """
        from providers.errors import Invalid

        parts = id.split(self.import_separator, len(self.import_names) - 1)
        if len(parts) != len(self.import_names) or not all(parts):
            form = self.import_separator.join(name.upper() for name in self.import_names)
            raise Invalid("Invalid import id", f'The id of a {self.type} is written as {form}, and this is "{id}".')
        identity = dict(zip(self.import_names, parts, strict=True))
        told = {name: value for name, value in identity.items() if name in self.schema.attributes}
        values = {**self.schema.empty, **config, **told}
        return self.read(client, [Observed(values, identity)])[0]

    @abstractmethod
    def create(self, client: Client, planned: Values, call: Call) -> Observed:
        """Create and wait until it is usable. `Unknown` in `planned` is for the service to fill in."""

    @abstractmethod
    def update(self, client: Client, prior: Observed, planned: Values, call: Call) -> Observed:
        """Change in place what differs, and wait."""

    @abstractmethod
    def delete(self, client: Client, prior: Observed, call: Call) -> None:
        """Delete and wait until it is gone. Already gone is success."""

    @abstractmethod
    def find(self, client: Client, planned: Values, call: Call) -> Observed | None:
        """What a lost create with the same `call` left behind, by name, tag or token, waited for as create does."""


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
class NodePool:
    """A pool of nodes as the portable cluster names it. Memory in GiB, disk in GB."""

    name: str
    min: int
    max: int
    desired: int | None = None
    cpu: int | None = None
    memory_gb: int | None = None
    machine_type: str | None = None
    disk_gb: int | None = None
    spot: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Mapping[str, str], ...] = ()
    span: Span | None = None


@dataclass(frozen=True)
class ClusterSpec:
    """The portable cluster block, evaluated. `cloud` holds the values of the block that only this cloud has."""

    name: str
    full_name: str
    region: str
    version: str | None
    cidr: str
    node_pools: tuple[NodePool, ...]
    tags: Mapping[str, str]
    cloud: Values
    span: Span | None = None


@dataclass(frozen=True)
class Expansion:
    """What a block expands into, and its outputs (values with `Reference`s)."""

    resources: tuple[Expanded, ...]
    outputs: Mapping[str, Any] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True)
class ClusterToken:
    """A bearer token and when it ends, in seconds since the epoch."""

    token: str = field(repr=False)
    expires: float


@dataclass(frozen=True)
class ClusterAccess:
    """How to reach a cluster: its API's endpoint, its CA (PEM), fresh tokens; `identity` names this very cluster."""

    identity: str
    endpoint: str
    ca_certificate: str
    token: Callable[[], ClusterToken]


class ClusterHost(ABC):
    """The part of a cloud's provider that makes portable clusters."""

    schema: ClassVar[Schema]
    """What the cloud's own block inside `cluster` may hold."""

    @abstractmethod
    def expand(self, spec: ClusterSpec) -> Expansion:
        """The resources of the cluster, with outputs `name`, `endpoint`, `ca_certificate` (PEM) and more. Offline."""

    @abstractmethod
    def access(self, client: Client, outputs: Values) -> ClusterAccess:
        """How to reach the cluster that has these (known) outputs."""


@dataclass(frozen=True)
class ManifestSource:
    """Manifests of an app: an object written in the configuration, or a text of YAML documents from a file."""

    span: Span | None
    value: Any = None
    text: str | None = None
    file: str = ""


@dataclass(frozen=True)
class ObjectRule:
    """What the app says of one object: `key` is "apps/Deployment/web" or "apps/Deployment/namespace/web"."""

    key: str
    ready: Mapping[str, Any] | None = None
    ignore_changes: tuple[str, ...] = ()
    prevent_destroy: bool = False
    span: Span | None = None


@dataclass(frozen=True)
class AppSpec:
    """The app block, evaluated."""

    name: str
    namespace: str | None
    sources: tuple[ManifestSource, ...]
    rules: tuple[ObjectRule, ...]
    wait: bool = True
    timeout: float = 600.0
    force_conflicts: bool = False
    adopt: bool = False
    span: Span | None = None


class AppHost(ABC):
    """The part of the Kubernetes provider that turns apps into objects."""

    @abstractmethod
    def expand(self, spec: AppSpec, brought: frozenset[str]) -> Expansion:
        """Every object of the app. Its namespace is added unless it is in `brought` or one of the manifests."""

    @abstractmethod
    def namespaces(self, spec: AppSpec) -> frozenset[str]:
        """The namespaces that the app's own manifests bring."""

    @abstractmethod
    def order(self, objects: Mapping[str, Values]) -> Iterable[tuple[str, str]]:
        """Which of a cluster's objects (address -> values) come before which: (before, after) pairs, without cycles.

        CRDs before their objects, namespaces before their contents, what is referred to before what refers.
        """

    @abstractmethod
    def connect(self, access: ClusterAccess, environment: Environment) -> Client:
        """A client for a cluster that a cloud's provider gives access to."""

    @abstractmethod
    def reach(self, client: Client) -> None:
        """Ask the cluster something small. Raises Unreachable or AccessDenied, once for all of its objects."""


class Provider(ABC):
    """A provider: its block's schema, its kinds, and how it is configured."""

    name: ClassVar[str]
    source: ClassVar[str]
    """Its address in Terraform's registry, which policies and scanners know: "registry.terraform.io/hashicorp/aws"."""
    schema: ClassVar[Schema] = Schema()

    @property
    @abstractmethod
    def kinds(self) -> Mapping[str, ResourceKind]:
        """By type name."""

    @property
    def data_kinds(self) -> Mapping[str, DataKind]:
        """By type name."""
        return {}

    @abstractmethod
    def configure(self, config: Values, environment: Environment) -> Client:
        """A client that many threads may use. Raises AccessDenied or Unreachable with advice; makes no calls itself
        beyond what credentials need."""

    def identity(self, client: Client) -> str:
        """Whose account, or which cluster, the client acts on: a saved plan is for this alone."""
        return self.source

    @property
    def clusters(self) -> ClusterHost | None:
        return None

    @property
    def apps(self) -> AppHost | None:
        return None
