"""A type of resource, and the circumstances of an operation on one."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Generic

from language.diagnostics import Diagnostic
from language.schema import Schema
from providers.contract.diff import plan_by_schema, sensitive_paths
from providers.contract.environment import Clock
from providers.contract.errors import Invalid, NotFound
from providers.contract.values import ClientT, Contents, Observed, Planned, ValuePath, Values


@dataclass(frozen=True)
class Call:
    """The circumstances of one operation that changes something.

    `token` is the same for every attempt at one create, a crash between them included: services that take an
    idempotency token are given it. `tags` are those of `Provider.tags`. `progress(message)` may be called at
    any time. `cancelled` is set when waiting should stop at the next safe point (a second interrupt).
    `private` is what the kind's plan gave. `stack` and `lineage` are those of the state that this is recorded in.
    `accepted(handle)` keeps what the service gave for an operation that it goes on with by itself (an operation's name,
    an update's id), for `is_running` and `resume`: small, plain JSON, no secret. To be called with the answer, before
    the operation is waited for; of several the last one holds.
    """

    address: str
    token: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    progress: Callable[[str], None] = lambda message: None
    clock: Clock = field(default_factory=Clock)
    cancelled: threading.Event = field(default_factory=threading.Event)
    private: Mapping[str, Any] = field(default_factory=dict)
    stack: str = ""
    lineage: str = ""
    accepted: Callable[[Mapping[str, Any]], None] = lambda handle: None


def key_of(parts: Iterable[Any]) -> tuple[str, ...] | None:
    """A key of these parts, or None where there are none, or not all are known texts."""
    key = tuple(parts)
    return key if key and all(isinstance(part, str) for part in key) else None


class Kind(ABC):
    """What kinds of resources and of data sources share: the name of the type, and what a block of it may hold."""

    type: str
    schema: Schema
    copies: Mapping[str, str] = MappingProxyType({})
    """Attributes whose values come back in other ones: what is sensitive in the first is so in the second."""

    def validate(self, config: Values) -> Sequence[tuple[ValuePath, str]]:
        """What is wrong with the configuration, by path, as far as it can be known offline."""
        return ()

    def sensitive_paths(self, values: Values) -> Iterable[ValuePath]:
        """Where secrets are in `values`, beyond what the configuration marked."""
        return sensitive_paths(self.schema, values)


class ResourceKind(Kind, Generic[ClientT]):
    """One type of resource.

    `view`: the attribute that people read in a diff, when
    it is not the whole. `holds_data`: destroying it destroys data. `unstored`: attributes that are read anew each time
    and not worth keeping in the state. `import_names`: the parts of its identity that the id of an import is made of,
    with `import_separator` between them, as in Terraform. `key_names`: the attributes that the service takes for its
    identity, where it does not give an id. `contained_in`: the types of what it cannot outlive, each before the
    attributes that hold the key of that. `settling`: seconds after a request within which the service may not list yet
    what it made.
    """

    holds_data: bool = False
    view: str | None = None
    unstored: frozenset[str] = frozenset()
    import_names: tuple[str, ...] = ("id",)
    import_separator: str = ":"
    key_names: tuple[str, ...] = ()
    settling: float = 10.0
    contained_in: tuple[tuple[str, ...], ...] = ()

    def key(self, values: Values) -> tuple[str, ...] | None:
        """What the service takes for the identity of one with these values: two with one key are the same thing.

        None where the service gives an id, and while it is not known.
        """
        return key_of(values.get(name) for name in self.key_names)

    def container_key(self, values: Values) -> tuple[str, ...] | None:
        """By what `containers` of others name one with these values."""
        key = self.key(values)
        return None if key is None else (self.type, *key)

    def containers(self, values: Values) -> Iterable[tuple[str, ...]]:
        """The container keys of what one with these values cannot outlive: it goes with that, or has to go before."""
        keys = (key_of((type, *map(values.get, names))) for type, *names in self.contained_in)
        return [key for key in keys if key is not None]

    def owner(self, observed: Observed) -> str | None:
        """The lineage of the state that it was made under, where it tells."""
        return None

    def upgrade(self, version: int, values: Values, private: Mapping[str, Any]) -> tuple[Values, Mapping[str, Any]]:
        """What was stored under an older version of the schema, as this one has it, and the private data.

        The types of `values` are those that they were stored with; what only a digest was kept of is Unknown.
        """
        return values, private

    def holds_data_in(self, values: Values) -> bool:
        """Whether destroying this very one destroys data."""
        return self.holds_data

    def plan(self, client: ClientT | None, prior: Observed | None, proposed: Values, config: Values) -> Planned:
        """The values after applying `proposed`. `client` is None while the provider cannot be configured yet.

        `prior` is None for a create. `config` is what the configuration sets: null where it is silent, Unknown where
        that is not known yet, write-only attributes included, which are null in all other values. Derived from the
        schema unless a kind knows better. Changes nothing anywhere. Raises NotKnownYet where a value decides too much.
        """
        return plan_by_schema(self.schema, prior, proposed)

    def plan_replacement(self, client: ClientT | None, prior: Observed, proposed: Values, config: Values) -> Planned:
        """As `plan` for a create, which `prior` is deleted for."""
        return self.plan(client, None, proposed, config)

    def plan_delete(self, client: ClientT | None, prior: Observed) -> Sequence[Diagnostic]:
        """What is to be said of its deletion; an error refuses it. Changes nothing anywhere.

        `client` is None where it cannot be had.
        """
        return ()

    def is_container(self, identity: Mapping[str, Any]) -> bool:
        """Whether things that are not in the state may go with this very one: then `contents` is asked."""
        return False

    def contents(
        self, client: ClientT, identities: Sequence[Mapping[str, Any]], known: Sequence[Mapping[str, Any]]
    ) -> Sequence[Contents]:
        """What each of these containers holds, less what belongs to what is known: the identities of all that the state
        has of this client. Changes nothing anywhere. Raises a ProviderError when it cannot tell.
        """
        return [Contents()] * len(identities)

    def node_labels(self, values: Values) -> Mapping[str, str]:
        """The labels of the nodes of clusters that one with these values makes; none for what makes none."""
        return {}

    @abstractmethod
    def read(self, client: ClientT, priors: Sequence[Observed]) -> Sequence[Observed | None]:
        """What these are now, in their order; None for what is confirmed gone. As few calls as the service allows.

        Raises a ProviderError when it cannot tell.
        """

    def found_by_id(self, client: ClientT, id: str, config: Values) -> Observed | None:
        """What exists under the id of an import, or None. Raises Invalid for an id of another form.

        What the service does not tell of it is taken to be as in `config`.
        """
        parts = id.split(self.import_separator, len(self.import_names) - 1)
        if len(parts) != len(self.import_names) or not all(parts):
            form = self.import_separator.join(name.upper() for name in self.import_names)
            raise Invalid("Invalid import id", f'The id of a {self.type} is written as {form}, and this is "{id}".')
        identity = dict(zip(self.import_names, parts, strict=True))
        reported = {name: value for name, value in identity.items() if name in self.schema.attributes}
        values = {**self.schema.empty, **config, **reported}
        return self.read(client, [Observed(values, identity)])[0]

    @abstractmethod
    def create(self, client: ClientT, planned: Values, config: Values, call: Call) -> Observed:
        """Create and wait until it is usable. `Unknown` in `planned` is for the service to fill in.

        `config` is as in `plan`, by now all known.
        """

    @abstractmethod
    def update(self, client: ClientT, prior: Observed, planned: Values, config: Values, call: Call) -> Observed:
        """Change in place what differs, and wait."""

    @abstractmethod
    def delete(self, client: ClientT, prior: Observed, call: Call) -> None:
        """Delete and wait until it is gone. Already gone is success."""

    @abstractmethod
    def find(self, client: ClientT, planned: Values, call: Call) -> Observed | None:
        """What a lost create with the same `call` left behind, by name, tag or token, waited for as create does."""

    def is_running(self, client: ClientT, handle: Mapping[str, Any]) -> bool:
        """Whether the service still goes on with what it gave the handle for. Not so, too, when it does not know it."""
        return False

    def resume(self, client: ClientT, handle: Mapping[str, Any], call: Call) -> None:
        """Wait for what the service gave the handle for, as the call that began it would have.

        Raises Failed where it fails, and NotFound where the service does not know it any more.
        """
        raise NotFound("Unknown operation", f"A {self.type} has no operations that go on by themselves.")

    def lane(self, values: Values) -> str | None:
        """What the changes of this one share with others, where that takes one at a time: a cluster's updates."""
        return None
