"""What exists before the plan: what the state knows of it, and what was read of it just now.

Reading costs calls a kind, not an object: all resources of one type and one client are one request. Clouds are read
first; a cluster is only asked for its objects when it was not found to be gone. Unreachable is never "gone".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from graph.addresses import block_of
from language.diagnostics import Diagnostics, FreeholdError, error
from language.marks import unmark_deep
from language.types import ANY
from language.values import Sensitive, Unknown, contains_sensitive
from planner.desired.desired import CLUSTER_PREFIX
from planner.evaluation.marking import marked, without_secrets
from planner.evaluation.stored import reopen, restore
from planner.events import Event, Refreshing
from planner.prior.clients import Clients, diagnostic_of
from planner.prior.moves import renamed
from planner.prior.settling import left_to_settle
from providers import Registry
from providers.contract import Client, Clock, Observed, ResourceKind, ValuePath, Values
from providers.contract.diff import without_write_only
from providers.contract.errors import ProviderError
from state.records import Begin
from state.snapshot import ResourceState, Snapshot

CLUSTER = "cluster"
"""The type of the record that keeps how a cluster is reached: its host, its outputs, and its anchor's address."""

_REACHED_BY = ("name", "endpoint", "ca_certificate", "kubeconfig", "context")


@dataclass
class Prior:
    """By the state's keys: what was stored, and what exists by now (None: confirmed gone). Values hold marks.

    `position` tells which state it was, to the last write, `fresh` that there was none; `moved` what was somewhere else
    in it, by its address now; of that `found` are what no `moved` block says, by the address before.
    `sent`: what interrupted updates sent secrets in.
    `running`: what an interrupted apply began and the service goes on with, by the key of what it is about; what it is
    to make stands in the place of what exists.
    """

    snapshot: Snapshot
    position: str = ""
    fresh: bool = False
    moved: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, str] = field(default_factory=dict)
    stored: dict[str, Observed] = field(default_factory=dict)
    observed: dict[str, Observed | None] = field(default_factory=dict)
    sent: dict[str, Values] = field(default_factory=dict)
    running: dict[str, Begin] = field(default_factory=dict)

    def resources(self) -> Mapping[str, ResourceState]:
        """All but the records of clusters."""
        return {key: resource for key, resource in self.snapshot.resources.items() if resource.type != CLUSTER}

    def clusters(self) -> dict[str, Values]:
        """How each cluster is reached, by its address. Raises FreeholdError for a damaged state."""
        return {each.address: _reach(each) for each in self.snapshot.resources.values() if each.type == CLUSTER}

    def live(self, key: str) -> Observed | None:
        """What exists under a key, as far as it is known."""
        return self.observed[key] if key in self.observed else self.stored.get(key)

    def below(self, block: str) -> dict[str, Values]:
        """The values of what exists below a block, by the rest of the address."""
        keys = (key for key, each in self.resources().items() if each.deposed is None and block_of(key) == block)
        found = ((key, self.live(key)) for key in keys)
        return {key[len(block) + 1 :]: without_secrets(live.values) for key, live in found if live is not None}

    def relocated(self, places: Mapping[str, str]) -> Prior:
        """The same with other addresses, by the old ones."""
        snapshot = renamed(self.snapshot, places)
        keys = dict(zip(self.snapshot.resources, snapshot.resources, strict=True))
        flying = zip(self.snapshot.in_flight, snapshot.in_flight, strict=True)
        keys |= {before.key: after.key for before, after in flying}
        running = {begin.key: begin for begin in snapshot.in_flight}
        return replace(
            self,
            snapshot=snapshot,
            moved={**self.moved, **{new: self.moved.get(old, old) for old, new in places.items()}},
            found=places,
            stored={keys.get(key, key): each for key, each in self.stored.items()},
            observed={keys.get(key, key): each for key, each in self.observed.items()},
            sent={keys.get(key, key): each for key, each in self.sent.items()},
            running={keys[key]: running[keys[key]] for key in self.running},
        )

    def is_missing(self, key: str) -> bool:
        """Whether it was in state and was found to be gone."""
        return key in self.observed and self.observed[key] is None


def _reach(resource: ResourceState) -> Values:
    """The host, the outputs and the anchor of a cluster, as an apply recorded them. Raises FreeholdError."""
    found = {name: restore(value) for name, value in resource.attributes.items()}
    outputs = found.get("outputs")
    texts = [found.get("host"), found.get("anchor")]
    if isinstance(outputs, dict):
        texts += [outputs[name] for name in _REACHED_BY if outputs.get(name) is not None]
    if not isinstance(outputs, dict) or not all(isinstance(text, str | Sensitive) for text in texts):
        detail = (
            f"What it keeps of {resource.address} does not tell how that is reached: host, outputs or anchor are wrong."
        )
        raise FreeholdError([error("The state is damaged", detail, address=resource.address)])
    return found


class Reader:
    """Reads what the state names, in batches."""

    def __init__(
        self,
        registry: Registry,
        clients: Clients,
        clock: Clock,
        listener: Callable[[Event], None],
        parallelism: int,
    ) -> None:
        self._registry = registry
        self._clients = clients
        self._clock = clock
        self._listener = listener
        self._parallelism = parallelism

    def read(self, snapshot: Snapshot, *, refresh: bool, diagnostics: Diagnostics) -> Prior:
        """What the state knows, and with `refresh` what exists. What cannot be read is reported."""
        prior = Prior(snapshot)
        for key, resource in prior.resources().items():
            prior.stored[key] = self._stored(resource, diagnostics)
        for begin in snapshot.in_flight:
            if begin.action == "update" and begin.planned is not None:
                prior.sent[begin.key] = _restored(self._registry.kind(begin.type), begin.planned)
        self._ask_running(prior, diagnostics)
        if refresh:
            groups = self._groups(prior)
            clouds = {group: keys for group, keys in groups.items() if not group[0].startswith(CLUSTER_PREFIX)}
            self._read_groups(prior, clouds, diagnostics)
            clusters = {group: keys for group, keys in groups.items() if group not in clouds}
            self._read_groups(prior, self._reachable(prior, clusters), diagnostics)
        return prior

    def _stored(self, resource: ResourceState, diagnostics: Diagnostics) -> Observed:
        kind = self._registry.kind(resource.type)
        attributes, private = resource.attributes, resource.private
        if kind is not None and resource.schema_version != kind.schema.version:
            attributes, private = _upgraded(kind, resource, diagnostics)
        return Observed(_restored(kind, attributes), resource.identity or {}, private)

    def _ask_running(self, prior: Prior, diagnostics: Diagnostics) -> None:
        """Which of the operations that were interrupted go on. They are asked for their status, and no more."""
        for begin in prior.snapshot.in_flight:
            kind = self._registry.kind(begin.type)
            if begin.handle is None or kind is None:
                continue
            try:
                running = kind.is_running(client_of(self._clients, prior, begin.provider), begin.handle)
            except ProviderError as failure:
                diagnostics.append(diagnostic_of(failure, begin.address))
            except FreeholdError as failure:
                diagnostics.extend(failure.diagnostics)
            else:
                if running:
                    prior.running[begin.key] = begin
                    prior.observed[begin.key] = _to_be(kind, begin, prior.stored.get(begin.key))

    def _groups(self, prior: Prior) -> dict[tuple[str, str], list[str]]:
        groups: dict[tuple[str, str], list[str]] = {}
        for key, resource in prior.resources().items():
            if key not in prior.running:
                groups.setdefault((resource.provider, resource.type), []).append(key)
        return groups

    def _reachable(self, prior: Prior, groups: dict[tuple[str, str], list[str]]) -> dict[tuple[str, str], list[str]]:
        """The groups whose clusters are there; the contents of a cluster that is gone are gone with it."""
        left = {}
        clusters = prior.clusters()
        for group, keys in groups.items():
            anchor = clusters.get(group[0].removeprefix(CLUSTER_PREFIX), {}).get("anchor")
            if anchor and prior.is_missing(anchor):
                prior.observed.update(dict.fromkeys(keys))
            else:
                left[group] = keys
        return left

    def _read_groups(self, prior: Prior, groups: dict[tuple[str, str], list[str]], diagnostics: Diagnostics) -> None:
        if not groups:
            return
        with ThreadPoolExecutor(min(self._parallelism, len(groups)), thread_name_prefix="read") as pool:
            for problems in pool.map(lambda item: self._read_group(prior, *item), groups.items()):
                diagnostics.extend(problems)

    def _read_group(self, prior: Prior, group: tuple[str, str], keys: list[str]) -> Diagnostics:
        problems = Diagnostics()
        key, type_ = group
        kind = self._registry.kind(type_)
        if kind is None:
            detail = f'The state holds resources of type "{type_}", and no provider here knows it.'
            problems.error("Unknown resource type in state", detail, address=keys[0])
            return problems
        self._listener(Refreshing(key, type_, len(keys)))
        try:
            client = client_of(self._clients, prior, key)
            found = self._found(kind, client, prior, keys)
        except ProviderError as failure:
            problems.append(diagnostic_of(failure, keys[0]))
        except FreeholdError as failure:
            problems.extend(failure.diagnostics)
        else:
            for each, observed in found.items():
                known = (prior.stored[each].values, prior.sent.get(each))
                prior.observed[each] = None if observed is None else _observed(kind, observed, *known)
        self._listener(Refreshing(key, type_, len(keys), done=True))
        return problems

    def _found(
        self, kind: ResourceKind, client: Client, prior: Prior, keys: Sequence[str]
    ) -> dict[str, Observed | None]:
        """What there is by now. What was created a moment ago and is not listed is asked for again, for as long as that
        may take."""
        found: dict[str, Observed | None] = {}
        while True:
            found |= zip(keys, kind.read(client, [_readable(prior.stored[key]) for key in keys]), strict=True)
            created = {key: prior.snapshot.resources[key].created for key in keys if found[key] is None}
            left = {key: left_to_settle(kind, since, self._clock) for key, since in created.items()}
            keys = [key for key, seconds in left.items() if seconds]
            if not keys:
                return found
            self._clock.sleep(min(1.0, max(left.values())))


def client_of(clients: Clients, prior: Prior, key: str) -> Client:
    """The client that the state's resources were made with. Raises FreeholdError."""
    if not key.startswith(CLUSTER_PREFIX):
        return clients.cloud(key)
    address = key.removeprefix(CLUSTER_PREFIX)
    record = prior.clusters().get(address)
    client = clients.cluster(address, record["host"], record["outputs"]) if record else None
    if client is None:
        problems = Diagnostics()
        problems.error("Unknown cluster", f"The state does not tell how {address} is reached.", address=address)
        raise FreeholdError(problems)
    return client


def _upgraded(
    kind: ResourceKind, resource: ResourceState, diagnostics: Diagnostics
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The values and private data that an older version of the kind's schema stored, as this one has them."""
    version, newest = resource.schema_version, kind.schema.version
    before = {name: restore(value) for name, value in resource.attributes.items()}
    if version > newest:
        detail = f"It was stored under version {version} of its schema, and the newest that is known here is {newest}."
        advice = "Use the provider that wrote it, or a newer one."
        diagnostics.error("Resource is newer than its provider", detail, address=resource.address, advice=advice)
        return before, resource.private
    try:
        values, private = kind.upgrade(version, without_secrets(before), resource.private)
    except ProviderError as failure:
        diagnostics.append(diagnostic_of(failure, resource.address))
        return before, resource.private
    known = {name: value for name, value in values.items() if name in kind.schema.type.attributes}
    return as_marked(known, before), private


def _readable(stored: Observed) -> Observed:
    """For a provider's eyes: what is kept as a digest is unknown."""
    values = without_secrets(stored.values)
    return stored if values is stored.values else replace(stored, values=values)


def _observed(kind: ResourceKind, observed: Observed, *known: Values | None) -> Observed:
    """What was read as it is kept: with the marks of what is known of it, and without what is never kept."""
    values = without_write_only(kind.schema, observed.values)
    paths: tuple[ValuePath, ...] = ()
    for each in known:
        if contains_sensitive(each):
            values = as_marked(values, each)
            paths = unmark_deep(values)[1]
    values = marked(kind, values, paths)
    return observed if values is observed.values else replace(observed, values=values)


def as_marked(read: Any, stored: Any) -> Any:
    """What was read with the marks that were stored; what the provider could not tell stays as it was stored."""
    if isinstance(stored, Sensitive):
        return stored if isinstance(read, Unknown) else Sensitive(read)
    if isinstance(read, dict) and isinstance(stored, dict):
        return {name: as_marked(member, stored.get(name)) for name, member in read.items()}
    if isinstance(read, tuple) and isinstance(stored, tuple) and len(read) == len(stored):
        return tuple(as_marked(one, other) for one, other in zip(read, stored, strict=True))
    return read


def _restored(kind: ResourceKind | None, attributes: Mapping[str, Any]) -> Values:
    """Attributes in the state's form as values of the kind's types."""
    members = kind.schema.type.attributes if kind else {}
    values = {name: restore(value, members.get(name, ANY)) for name, value in attributes.items()}
    return {**dict.fromkeys(members), **values}


def _to_be(kind: ResourceKind, begin: Begin, stored: Observed | None) -> Observed | None:
    """What an operation is to make."""
    if begin.action == "delete" or begin.planned is None:
        return None
    values: Values = reopen(_restored(kind, begin.planned), begin.unknown)
    return Observed(values, begin.identity or {}, stored.private if stored else {})
