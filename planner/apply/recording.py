"""What is recorded of operations: the journal's begin, done and failed, and the states of what came out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

from language.redaction import REDACTOR
from language.values import contains_sensitive
from planner.apply.resolving import Resolved
from planner.evaluation.evaluator import Results
from planner.evaluation.marking import marked, resolved_paths, searched
from planner.evaluation.stored import Secrets, store, unknown_paths
from planner.plan.plan import Plan
from planner.plan.steps import Adopt, Create, Replace, Resume, Step, deposed_name
from providers import Registry
from providers.contract import Observed, Values
from providers.contract.diff import without_write_only
from providers.contract.errors import ProviderError, Unreachable
from state.manager import StateManager
from state.records import Begin
from state.snapshot import ResourceState, Snapshot


class Recording:
    """Records operations, from any thread: in the journal, and in the results that others refer to.

    `secrets` are those of the configuration as it is by now; where they are left out, those that the plan still holds.
    """

    def __init__(
        self,
        manager: StateManager,
        registry: Registry,
        plan: Plan,
        results: Results,
        snapshot: Snapshot,
        cancelled: threading.Event,
        now: Callable[[], str],
    ) -> None:
        self._manager = manager
        self._registry = registry
        self._plan = plan
        self._results = results
        self._snapshot = snapshot
        self._cancelled = cancelled
        self._now = now
        self._deposed: dict[str, str] = {}
        self._accepted = {begin.id for begin in snapshot.in_flight if begin.handle is not None}

    def begin(
        self,
        step: Step,
        action: Literal["create", "update", "delete"],
        resolved: Resolved | None = None,
        *,
        identity: Values | None = None,
        token: str = "",
        deposed: str | None = None,
    ) -> str:
        """A call is about to leave. The id under which its outcome is recorded.

        The record is durable where nothing else would tell of a lost call: that there is something new, and where a
        secret is that was sent, of which a saved plan has another digest than the state.
        """
        subject = step.subject
        tells = action == "create" or (action == "update" and contains_sensitive(step.after))
        sent = step.after if resolved is None else self._marked(step, resolved.values, resolved.secrets)
        planned = store(sent, self._snapshot.digest_key) if tells else None
        return self._manager.begin(
            subject.address,
            action,
            subject.type,
            subject.provider,
            identity=identity,
            token=token,
            planned=planned,
            deposed=deposed,
            dependencies=self._plan.depends.get(subject.address, ()) if action != "delete" else (),
            durable=tells,
        )

    def accepted(self, begun: str, step: Step, resolved: Resolved | None, handle: Mapping[str, Any]) -> None:
        """The service goes on with it by itself, to make what is resolved. Durable when this returns."""
        values = None if resolved is None else self._marked(step, resolved.values, resolved.secrets)
        unknown = tuple(unknown_paths(values))
        planned = None if values is None else store(values, self._snapshot.digest_key)
        self._manager.accepted(begun, handle, planned=planned, unknown=unknown)
        self._accepted.add(begun)

    def accepted_again(self, begin: Begin, handle: Mapping[str, Any]) -> None:
        """What goes on is asked for otherwise from now on."""
        self._manager.accepted(begin.id, handle, planned=begin.planned, unknown=begin.unknown)

    def done(self, begun: str, step: Step, observed: Observed, secrets: Secrets | None = None) -> None:
        """It succeeded, and this came out."""
        self.settle(step, observed, secrets)
        self._manager.done(begun, self.state(step, observed, secrets))

    def replaced(self, begun: str, step: Replace | Resume, observed: Observed, secrets: Secrets) -> None:
        """A replacement was created first: what it replaces is kept beside it until that is deleted."""
        self.settle(step, observed, secrets)
        predecessor = self._predecessor(begun, step)
        self._manager.done(begun, self.state(step, observed, secrets), predecessor=predecessor)

    def half_replaced(
        self, begun: str, step: Replace | Resume, failure: ProviderError, observed: Observed, secrets: Secrets
    ) -> None:
        """What was to be created first is there, and not as it should be: both are kept."""
        left = self.state(step, observed, secrets, tainted=True)
        self._manager.failed(begun, REDACTOR.redact(failure.summary), left, predecessor=self._predecessor(begun, step))

    def _predecessor(self, begun: str, step: Step) -> ResourceState:
        old = self._manager.resource(step.subject.address)
        assert old is not None
        self._deposed[step.subject.address] = deposed = deposed_name(begun)
        return replace(old, deposed=deposed)

    def deposed(self, address: str) -> str | None:
        """The name of what this run replaced at an address, and has still to delete."""
        return self._deposed.get(address)

    def found(
        self,
        lost: Begin,
        step: Step,
        observed: Observed,
        secrets: Secrets | None = None,
        *,
        deposed: str | None = None,
    ) -> None:
        """What an earlier run began to create is there; `deposed`: under this name, beside what is at its address."""
        beside = self._manager.resource(step.subject.address) if deposed is not None else None
        read = self.state(step, observed, secrets)
        depends = tuple(dict.fromkeys((*read.dependencies, *lost.dependencies)))
        found = replace(read, deposed=deposed, dependencies=depends)
        self._manager.done(lost.id, found, predecessor=beside)

    def knows(self, step: Step, observed: Observed) -> bool:
        """Whether it is what the state has at the address."""
        present = self._manager.resource(step.subject.address)
        return present is not None and present.identity == observed.identity

    def holds(self, address: str) -> bool:
        """Whether the state has something at an address by now."""
        return self._manager.resource(address) is not None

    def deleted(self, begun: str) -> None:
        """It succeeded, and what it was about is gone."""
        self._manager.done(begun, None)

    def failed(self, begun: str, failure: ProviderError | str, left: ResourceState | None = None) -> None:
        """It failed, and left this behind, or nothing that was not there before. What the service goes on with though
        nobody waits for it any more has not failed: the record stays open, and the next run asks."""
        given_up = self._cancelled.is_set() or isinstance(failure, Unreachable)
        if begun in self._accepted and given_up:
            return
        self._manager.failed(begun, failure if isinstance(failure, str) else REDACTOR.redact(failure.summary), left)

    def left(
        self, step: Step, failure: ProviderError, secrets: Secrets, *, tainted: bool = False
    ) -> ResourceState | None:
        """What exists in spite of a failure, as far as that is known."""
        observed = failure.observed
        return None if observed is None else self.state(step, observed, secrets, tainted=tainted)

    def imported(self, step: Step, observed: Observed) -> None:
        """What exists is in the state from now on."""
        self._manager.put(self.state(step, observed))

    def forgotten(self, step: Step) -> None:
        """It is not in the state from now on."""
        self._manager.drop(step.subject.address)

    def settle(self, step: Step, observed: Observed, secrets: Secrets | None = None) -> None:
        """What others see of it from now on."""
        self._results.values[step.subject.address] = self._marked(step, observed.values, secrets)

    def state(
        self, step: Step, observed: Observed, secrets: Secrets | None = None, *, tainted: bool = False
    ) -> ResourceState:
        """What exists, as the state keeps it."""
        subject, kind = step.subject, self._registry.kind(step.subject.type)
        assert kind is not None
        values = self._marked(step, observed.values, secrets)
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
            created=self._created(step),
        )

    def refreshed(self, step: Step, stored: ResourceState, observed: Observed | None) -> ResourceState:
        """What is stored, with the values that the plan found."""
        found = observed or Observed({}, stored.identity or {}, stored.private)
        read = self.state(step, replace(found, values=step.before))
        return replace(
            read,
            dependencies=stored.dependencies,
            status=stored.status,
            create_before_destroy=stored.create_before_destroy,
            created=stored.created,
        )

    def _created(self, step: Step) -> str:
        """When what a step leaves was created, as far as that is known."""
        if isinstance(step, Create | Adopt | Replace) or (isinstance(step, Resume) and step.action == "create"):
            return self._now()
        stored = self._snapshot.resources.get(step.subject.address)
        return stored.created if stored else ""

    def _marked(self, step: Step, values: Values, secrets: Secrets | None) -> Values:
        """The values with marks where the plan has them, where the kind knows of secrets, and where one came back."""
        kind = self._registry.kind(step.subject.type)
        assert kind is not None
        secrets = secrets or Secrets(step.after, self._plan.origin.key(self._snapshot.digest_key))
        values = without_write_only(kind.schema, values)
        return searched(kind, marked(kind, values, resolved_paths(step.after, secrets.config)), secrets.config)
