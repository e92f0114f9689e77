"""Runs a plan: exactly its operations, in the order of its edges, many at a time.

Nothing is derived anew. What was unknown is filled in from what came out; where a known value would be another one
now, that is an error before the call. Every operation is journalled before it leaves and after it came back.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from graph.addresses import block_of, unkeyed
from graph.digraph import Digraph
from graph.walk import Walk
from language.diagnostics import Diagnostic, Diagnostics, FreeholdError, error
from language.marks import mark_paths, unmark_deep
from language.values import Unknown, is_wholly_known
from planner.apply.resolving import Pending, settable
from planner.desired.wanted import CLUSTER_PREFIX
from planner.evaluation.conditions import CheckResult
from planner.evaluation.stored import Different, Secrets, fill, restore, store
from planner.events import Completed, Errored, Event, Progressed, Skipped, Started, Verb
from planner.plan.build import Built
from planner.plan.checks import concluding, postconditions, preconditions
from planner.plan.outputs import recorded
from planner.plan.plan import Operation, Plan, operations
from planner.plan.steps import Adopt, Create, Delete, Forget, Import, NoOp, Read, Replace, Step, Update
from planner.prior.clients import diagnostic_of
from planner.prior.data_reader import identity_of
from planner.prior.reading import CLUSTER
from planner.prior.workspace import Workspace
from providers.contract import Call, Client, Observed, Reference, ResourceKind, Values
from providers.contract.diff import changed, proposed_new
from providers.contract.errors import AccessDenied, AlreadyExists, Invalid, ProviderError
from state.records import Begin
from state.snapshot import ResourceState, Snapshot, key_of

TICK = 10.0
"""Seconds between two words of a long operation."""
SETTLE = 10.0
"""Seconds after which a request that was sent has had its effect, or never will: one whose sender died may still be on
its way, and what was made a moment ago is not listed at once."""


@dataclass
class Result:
    """How an apply went. Counts are of operations that succeeded."""

    added: int = 0
    changed: int = 0
    destroyed: int = 0
    imported: int = 0
    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    interrupted: bool = False
    checks: tuple[CheckResult, ...] = ()


class Applier:
    """One run of one plan. `stop()` may be called from a signal handler: once to finish what is in flight, twice to
    give up waiting."""

    def __init__(self, workspace: Workspace, built: Built, snapshot: Snapshot, parallelism: int = 10) -> None:
        self._workspace = workspace
        self._built = built
        self._plan: Plan = built.plan
        self._snapshot = snapshot
        self._manager = workspace.manager
        self._listener: Callable[[Event], None] = workspace.listener
        self._clock = workspace.environment.clock
        self._evaluator = workspace.evaluator.with_results(
            built.results, planning=False, planned_at=built.plan.timestamp
        )
        self._pending = Pending(workspace, self._evaluator)
        self._in_flight: dict[str, Begin] = {begin.key: begin for begin in snapshot.in_flight}
        self._steps = {operation: step for step in self._plan.steps for operation in operations(step)}
        self._kept: dict[str, str] = {}
        self._secrets: dict[str, Secrets] = {}
        self._running: dict[Operation, float] = {}
        self._guard = threading.Lock()
        self._cancelled = threading.Event()
        self.result = Result()
        graph: Digraph[Operation] = Digraph(self._steps, self._plan.edges)
        self._walk = Walk(graph, self._visit, self._skip, parallelism=parallelism)

    def stop(self) -> None:
        """Start nothing new; asked again, stop waiting for what is in flight."""
        if self.result.interrupted:
            self._cancelled.set()
        self.result.interrupted = True
        self._walk.stop()

    def run(self) -> Result:
        """Apply it all, and record what came of it. The state is whole when this returns or raises."""
        for begin in self._snapshot.in_flight:
            if begin.action != "create":
                self._manager.failed(begin.id, "interrupted; planned anew since")
        if self._plan.mode == "normal":
            for address in self._built.results.hosts:
                self._record_cluster(address)
        finished = threading.Event()
        ticker = threading.Thread(target=self._tick, args=(finished,), name="progress", daemon=True)
        ticker.start()
        try:
            self._walk.run()
        finally:
            finished.set()
            ticker.join()
            self._conclude()
        return self.result

    # -- the walk -------------------------------------------------------------------------------------------------

    def _visit(self, operation: Operation) -> bool:
        address, verb = operation
        if self._manager.lost.is_set():
            self._walk.stop()
        if verb == "join":
            for cluster in self._built.results.hosts:
                if unkeyed(cluster) == address:
                    self._record_cluster(cluster)
            return True
        if verb == "gone" or operation not in self._steps:
            return True
        step = self._steps[operation]
        begun = self._clock.monotonic()
        with self._guard:
            self._running[operation] = begun
        self._listener(Started(address, verb, self._clock.now()))
        try:
            self._precondition(step, verb)
            identity = self._perform(step, verb)
            self._postcondition(step, verb)
        except (ProviderError, FreeholdError) as failure:
            self._fail(operation, step, failure, begun)
            return False
        finally:
            with self._guard:
                self._running.pop(operation, None)
        self._listener(Completed(address, verb, self._clock.now(), self._clock.monotonic() - begun, identity))
        return True

    def _skip(self, operation: Operation, cause: Operation | None) -> None:
        if operation in self._steps:
            self._listener(Skipped(operation[0], operation[1], cause[0] if cause else ""))

    def _fail(self, operation: Operation, step: Step, failure: Exception, begun: float) -> None:
        address, verb = operation
        found: list[Diagnostic]
        if isinstance(failure, ProviderError):
            found = [diagnostic_of(failure, address)]
        else:
            assert isinstance(failure, FreeholdError)
            found = list(failure.diagnostics)
        found = [replace(d, address=d.address or address, span=d.span or step.subject.span) for d in found]
        with self._guard:
            self.result.diagnostics.extend(found)
        elapsed = self._clock.monotonic() - begun
        self._listener(Errored(address, verb, self._clock.now(), elapsed, found[0]))

    def _tick(self, finished: threading.Event) -> None:
        while not finished.wait(TICK):
            now = self._clock.monotonic()
            with self._guard:
                running = list(self._running.items())
            for (address, verb), begun in running:
                if now - begun >= TICK * 0.9:
                    self._listener(Progressed(address, verb, self._clock.now(), now - begun))

    # -- operations -----------------------------------------------------------------------------------------------

    def _perform(self, step: Step, verb: Verb) -> str:
        """Do one operation, and tell the identity of what it was done to."""
        match step, verb:
            case (Create() | Replace(), "create"):
                return self._create(step)
            case (Import(), _):
                return self._import(step)
            case (Adopt(), _):
                return self._adopt(step)
            case (Update(), _):
                return self._update(step)
            case (Delete() | Replace(), "delete"):
                return self._delete(step)
            case (Read(), _):
                return self._read(step)
            case (Forget(), _):
                self._manager.drop(step.subject.address)
                return ""
        raise AssertionError(f"{type(step).__name__} has no {verb}")

    def _create(self, step: Create | Replace) -> str:
        kind, client = self._kind(step), self._client(step)
        planned = self._final(step)
        token = self._workspace.environment.new_id()
        begun = self._begin(step, "create", token=token, durable=not kind.named)
        observed = self._made(begun, step, kind, client, planned, self._call(step, token, step.private))
        predecessor = None
        if isinstance(step, Replace) and step.create_first:
            self._kept[step.subject.address] = deposed = begun[:8]
            old = self._snapshot.resources[step.subject.address]
            predecessor = replace(old, deposed=deposed)
        self._done(begun, step, observed, predecessor)
        self.result.added += 1
        return _shown(observed)

    def _made(
        self,
        begun: str,
        step: Create | Replace | Adopt,
        kind: ResourceKind,
        client: Client,
        planned: Values,
        call: Call,
    ) -> Observed:
        """Create it. Where that fails, it may be there all the same: an answer or a record of it can be lost."""
        try:
            return kind.create(client, planned, call)
        except ProviderError as failure:
            if failure.observed is None:
                with contextlib.suppress(ProviderError):
                    left = kind.find(client, planned, call)
                    if left is not None:
                        return left
            self._failed_create(begun, step, failure)
            raise

    def _failed_create(self, begun: str, step: Create | Replace | Adopt, failure: ProviderError) -> None:
        """Keep what exists, tainted. Where that is not known, the record stays open: the next apply looks for it."""
        if failure.observed is not None:
            left = self._state(step, failure.observed, tainted=True)
            self._manager.failed(begun, failure.summary, left)
        elif isinstance(failure, AlreadyExists | AccessDenied | Invalid):
            self._manager.failed(begun, failure.summary)

    def _adopt(self, step: Adopt) -> str:
        """A create was in flight: take what it left behind and bring it to the plan, or create it now."""
        kind, client = self._kind(step), self._client(step)
        planned = self._final(step)
        begin = self._in_flight.get(step.subject.address)
        token = begin.token if begin else self._workspace.environment.new_id()
        call = self._call(step, token, step.private)
        observed = self._found(kind, client, planned, call, begin)
        if begin is not None and observed is None:
            self._manager.failed(begin.id, "was not created")
        if observed is None:
            begun = self._begin(step, "create", token=token, durable=not kind.named)
            observed = self._made(begun, step, kind, client, planned, call)
            self._done(begun, step, observed)
        else:
            if begin is not None:
                self._manager.done(begin.id, self._state(step, observed))
            observed = self._brought_to_plan(step, kind, client, observed, planned, call)
        self.result.added += 1
        return _shown(observed)

    def _found(
        self, kind: ResourceKind, client: Client, planned: Values, call: Call, begin: Begin | None
    ) -> Observed | None:
        """What a lost create left behind, looked for until it would have come about."""
        while True:
            observed = kind.find(client, planned, call)
            age = self._clock.now() - datetime.fromisoformat(begin.at).timestamp() if begin and begin.at else SETTLE
            if observed is not None or kind.named or not 0 <= age < SETTLE or self._cancelled.is_set():
                return observed
            call.progress("waiting for what an interrupted apply may have created")
            self._clock.sleep(min(1.0, SETTLE - age))

    def _brought_to_plan(
        self, step: Adopt, kind: ResourceKind, client: Client, observed: Observed, planned: Values, call: Call
    ) -> Observed:
        config = {name: None if isinstance(value, Unknown) else value for name, value in planned.items()}
        proposed = kind.plan(client, observed, proposed_new(kind.schema, observed.values, config))
        if changed(observed.values, proposed.values):
            begun = self._begin(step, "update")
            try:
                observed = kind.update(client, observed, proposed.values, replace(call, private=proposed.private))
            except ProviderError as failure:
                self._manager.failed(begun, failure.summary)
                raise
            self._done(begun, step, observed)
        else:
            self._settle(step, observed)
        return observed

    def _import(self, step: Import) -> str:
        """Take what exists into the state as it is; then change what the plan changes."""
        observed = self._prior(step, step.before)
        self._manager.put(self._state(step, observed))
        self.result.imported += 1
        if step.changes:
            return self._update(step)
        self._settle(step, observed)
        return _shown(observed)

    def _update(self, step: Update | Import) -> str:
        kind, client = self._kind(step), self._client(step)
        planned = self._final(step)
        prior = self._prior(step, step.before)
        begun = self._begin(step, "update", identity=dict(prior.identity))
        try:
            if changed(prior.values, planned):
                observed = kind.update(client, prior, planned, self._call(step, "", step.private))
            else:  # only what is secret changes, which is between us and the state
                observed = Observed(planned, prior.identity, prior.private)
        except ProviderError as failure:
            left = self._state(step, failure.observed) if failure.observed is not None else None
            self._manager.failed(begun, failure.summary, left)
            raise
        self._done(begun, step, observed)
        self.result.changed += 1
        return _shown(observed)

    def _read(self, step: Read) -> str:
        """Data whose configuration is known by now; nothing of it is kept in the state."""
        sought = self._pending.sought(step.subject.address)
        self._filled(step, settable(sought.values, sought.kind.schema))
        if not is_wholly_known(sought.values):
            detail = "What is to be read is still not known."
            raise FreeholdError([error("Data source cannot be read", detail)])
        values = self._workspace.data.look_up(sought)
        self._built.results.values[step.subject.address] = values
        return identity_of(values)

    def _delete(self, step: Delete | Replace) -> str:
        address = step.subject.address
        deposed = step.deposed if isinstance(step, Delete) else self._kept.get(address)
        kind, client = self._kind(step), self._client(step, old=True)
        call = self._call(step, "", {})
        stray = self._in_flight.get(address) if isinstance(step, Delete) and step.reason == "in-flight" else None
        if stray is not None:
            return self._delete_stray(step, kind, client, stray, call)
        prior = self._prior(step, step.before, deposed)
        begun = self._begin(step, "delete", identity=dict(prior.identity), deposed=deposed)
        try:
            kind.delete(client, prior, call)
        except ProviderError as failure:
            self._manager.failed(begun, failure.summary)
            raise
        self._manager.done(begun, None)
        self.result.destroyed += 1
        return _shown(prior)

    def _delete_stray(self, step: Step, kind: ResourceKind, client: Client, stray: Begin, call: Call) -> str:
        planned = {name: restore(value) for name, value in (stray.planned or {}).items()}
        observed = self._found(kind, client, planned, replace(call, token=stray.token), stray)
        if observed is not None:
            self._manager.done(stray.id, self._state(step, observed))
            begun = self._begin(step, "delete", identity=dict(observed.identity))
            kind.delete(client, observed, call)
            self._manager.done(begun, None)
            self.result.destroyed += 1
        else:
            self._manager.failed(stray.id, "was not created")
        return ""

    # -- what operations share ------------------------------------------------------------------------------------

    def _kind(self, step: Step) -> ResourceKind:
        kind = self._workspace.registry.kind(step.subject.type)
        assert kind is not None
        return kind

    def _client(self, step: Step, *, old: bool = False) -> Client:
        key = step.subject.provider
        if not key.startswith(CLUSTER_PREFIX):
            return self._workspace.clients.cloud(key)
        address = key.removeprefix(CLUSTER_PREFIX)
        host, outputs = self._cluster_outputs(address, old)
        client = self._workspace.clients.cluster(address, host, outputs)
        if client is None:
            raise FreeholdError([error("Cluster not known", f"How {address} is reached is still not known.")])
        return client

    def _cluster_outputs(self, address: str, old: bool) -> tuple[str, Values]:
        record = self._snapshot.resources.get(address)
        if record is not None and (old or address not in self._built.results.outputs):
            outputs = restore(record.attributes["outputs"])
            return record.provider, outputs
        return self._host(address), self._built.results.expanded(address)

    def _host(self, address: str) -> str:
        return self._built.results.hosts[address]

    def _final(self, step: Create | Replace | Adopt | Import | Update) -> Values:
        """The planned values with what was unknown filled in, as providers take them."""
        after = step.after
        if not step.pending:
            plain: Values = unmark_deep(after)[0]
            return plain
        address = step.subject.address
        config = self._pending.config(address, step.subject.type)
        self._secrets[address] = Secrets(config, self._snapshot.digest_key)
        return self._filled(step, config)

    def _filled(self, step: Create | Replace | Adopt | Import | Update | Read, config: Values) -> Values:
        """What was planned with `config` in place of what was unknown. Raises FreeholdError where they differ."""
        address = step.subject.address
        try:
            filled: Values = fill(step.after, config, self._snapshot.digest_key)
        except Different as difference:
            where = ".".join(str(part) for part in difference.path) or "its values"
            detail = f"{where} of {address} would be another value than the one that the plan showed."
            advice = "Nothing was sent. Make a new plan, look at it, and apply that."
            raise FreeholdError([error("Value differs from its plan", detail, advice=advice)]) from None
        return filled

    def _prior(self, step: Step, before: Values, deposed: str | None = None) -> Observed:
        address = step.subject.address
        stored = self._snapshot.resources.get(key_of(address, deposed)) or self._snapshot.resources.get(address)
        live = self._built.observed.get(address) if deposed is None else None
        identity = live.identity if live else (stored.identity if stored else None) or {}
        private = live.private if live else stored.private if stored else {}
        if isinstance(step, Import):
            identity, private = step.identity, step.known
        address = step.subject.address
        secrets = self._secrets.get(address) or Secrets(step.after, self._snapshot.digest_key)
        return Observed(secrets.reveal(before), identity, private)

    def _call(self, step: Step, token: str, private: Any) -> Call:
        address = step.subject.address

        def progress(message: str) -> None:
            with self._guard:
                running = [(op, begun) for op, begun in self._running.items() if op[0] == address]
            for (_, verb), begun in running:
                elapsed = self._clock.monotonic() - begun
                self._listener(Progressed(address, verb, self._clock.now(), elapsed, message))

        tags = {
            "freehold:stack": self._plan.stack,
            "freehold:lineage": self._snapshot.lineage,
            "freehold:address": _tag_value(address),
        }
        return Call(address, token, tags, progress, self._clock, self._cancelled, private)

    def _begin(
        self,
        step: Step,
        action: str,
        *,
        identity: Values | None = None,
        token: str = "",
        deposed: str | None = None,
        durable: bool = False,
    ) -> str:
        subject = step.subject
        after = step.after
        planned = store(after, self._snapshot.digest_key) if action == "create" else None
        return self._manager.begin(
            subject.address,
            action,
            subject.type,
            subject.provider,
            identity=identity,
            token=token,
            planned=planned,
            deposed=deposed,
            durable=durable,
        )

    def _done(self, begun: str, step: Step, observed: Observed, predecessor: ResourceState | None = None) -> None:
        self._settle(step, observed)
        self._manager.done(begun, self._state(step, observed), predecessor=predecessor)

    def _settle(self, step: Step, observed: Observed) -> None:
        self._built.results.values[step.subject.address] = self._marked(step, observed.values)

    def _marked(self, step: Step, values: Values) -> Values:
        after = step.after
        secrets = self._secrets.get(step.subject.address) or Secrets(after, self._snapshot.digest_key)
        _, paths = unmark_deep(after)
        paths = (*paths, *self._kind(step).sensitive_paths(values), *secrets.echoes(values))
        marked: Values = mark_paths(values, paths) if paths else values
        return marked

    def _state(self, step: Step, observed: Observed, *, tainted: bool = False) -> ResourceState:
        kind = self._kind(step)
        subject = step.subject
        values = self._marked(step, observed.values)
        kept = {name: value for name, value in values.items() if name not in kind.unstored}
        return ResourceState(
            subject.address,
            subject.type,
            subject.provider,
            store(kept, self._snapshot.digest_key),
            dict(observed.identity),
            self._plan.depends.get(subject.address, ()),
            "tainted" if tainted else "ready",
            schema_version=kind.schema.version,
            private=dict(observed.private),
            create_before_destroy=isinstance(step, Replace) and step.create_first,
        )

    # -- clusters and outputs -------------------------------------------------------------------------------------

    def _record_cluster(self, address: str) -> None:
        """Keep how a cluster is reached, so that its objects can be read and deleted when its block is gone."""
        outputs = self._built.results.expanded(address)
        if not is_wholly_known(outputs):
            return
        endpoint = self._built.results.outputs[address].get("endpoint")
        anchor = f"{address}/{endpoint.name}" if isinstance(endpoint, Reference) else ""
        host = self._host(address)
        attributes = {"host": host, "outputs": store(outputs, self._snapshot.digest_key), "anchor": anchor}
        record = ResourceState(address, CLUSTER, host, attributes)
        if self._manager.resource(address) != record:
            self._manager.put(record)

    def _conclude(self) -> None:
        """Outputs, records of clusters that are gone, refreshed values; then the snapshot."""
        present = self._manager.snapshot()
        if self._plan.mode == "normal" and not self.result.interrupted:
            problems = Diagnostics()
            if not self.result.diagnostics.has_errors:
                problems = self.result.diagnostics  # after a failure, what is in error only follows from it
                self.result.checks = tuple(concluding(self._evaluator, problems, self._workspace.data.scoped))
            self._record_outputs(present, problems)
        elif self._plan.mode == "destroy" and not self.result.diagnostics:
            self._manager.outputs({})
        self._refresh(present)
        for key, record in present.resources.items():
            if record.type != CLUSTER:
                continue
            wanted = self._plan.mode != "destroy" and key in self._built.results.hosts
            used = any(
                block_of(r.address) == key or r.provider == CLUSTER_PREFIX + key
                for r in present.resources.values()
                if r.type != CLUSTER
            )
            if not wanted and not used:
                self._manager.drop(key)
        self._manager.checkpoint()

    def _refresh(self, present: Snapshot) -> None:
        """What was read and differs from what is stored, though nothing has to be done: the state is told."""
        for step in self._plan.steps:
            observed = self._built.observed.get(step.subject.address)
            stored = present.resources.get(step.subject.address)
            if isinstance(step, NoOp) and observed is not None and stored is not None:
                found = self._state(step, Observed(step.before, observed.identity, observed.private))
                refreshed = replace(found, dependencies=self._plan.depends.get(stored.address, stored.dependencies))
                if refreshed != stored:
                    self._manager.put(refreshed)

    def _record_outputs(self, present: Snapshot, diagnostics: Diagnostics) -> None:
        outputs = recorded(self._evaluator, self._snapshot, present, diagnostics)
        if dict(present.outputs) != outputs:
            self._manager.outputs(outputs)

    # -- conditions -----------------------------------------------------------------------------------------------

    def _precondition(self, step: Step, verb: Verb) -> None:
        """What the plan could not know yet has to hold before the call leaves. Raises FreeholdError."""
        found = self._pending.typed(step.subject.address) if verb not in ("delete", "forget") else None
        if found is not None:
            problems = Diagnostics()
            preconditions(found[0], step.subject.address, found[1], problems)
            problems.raise_errors()

    def _postcondition(self, step: Step, verb: Verb) -> None:
        """What has to hold of what came out. Raises FreeholdError: what depends on it is not begun."""
        address = step.subject.address
        found = self._pending.typed(address) if verb not in ("delete", "forget") else None
        if found is not None:
            problems = Diagnostics()
            postconditions(found[0], address, found[1], self._built.results.values.get(address), problems)
            problems.raise_errors()


def _tag_value(address: str) -> str:
    """An address in the characters that all clouds take in tags: `a["x"]` as `a=x`."""
    return re.sub(r"[^\w.:/=+@-]", "_", re.sub(r'\["?(.*?)"?\]', r"=\1", address))


def _shown(observed: Observed) -> str:
    identity = observed.identity
    return str(identity.get("id") or identity.get("arn") or identity.get("name") or "")
