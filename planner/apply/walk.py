"""Runs a plan: exactly its operations, in the order of its edges, many at a time.

Nothing is derived anew. What was unknown is filled in from what came out; where a known value would be another one
now, that is an error before the call. Every operation is journalled before it leaves and after it came back.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import replace
from typing import assert_never

from graph.addresses import unkeyed
from graph.digraph import Digraph
from graph.walk import Walk
from language.diagnostics import Diagnostic, Diagnostics, FreeholdError
from planner.apply import adopt, create, delete, forget, import_, read, resume, update
from planner.apply.calling import Calling
from planner.apply.conclusion import Conclusion
from planner.apply.conditions import check_after, check_before
from planner.apply.context import Context
from planner.apply.outcome import Outcome, Result, counted
from planner.apply.progress import Progress
from planner.apply.recording import Recording
from planner.apply.resolving import Pending, Resolving
from planner.events import Completed, Errored, Event, Skipped, Started, Verb
from planner.plan.build import Built
from planner.plan.plan import Operation, Plan, operations
from planner.plan.steps import (
    Adopt,
    Create,
    Delete,
    Forget,
    Import,
    NoOp,
    Read,
    Replace,
    Resume,
    Step,
    Update,
    deposed_name,
)
from planner.prior.clients import diagnostic_of
from planner.prior.holdings import Holdings
from planner.prior.reading import Prior
from planner.prior.workspace import Workspace
from providers.contract.errors import ProviderError
from state.records import Begin
from state.resources import key_of
from state.snapshot import Snapshot


class Applier:
    """One run of one plan. `stop()` may be called from a signal handler: once to finish what is in flight, twice to
    give up waiting."""

    def __init__(self, workspace: Workspace, built: Built, snapshot: Snapshot, parallelism: int = 10) -> None:
        self._built = built
        self._snapshot = snapshot
        self._manager = workspace.manager
        self._listener: Callable[[Event], None] = workspace.listener
        self._clock = workspace.environment.clock
        plan, results = built.plan, built.results
        evaluator = workspace.evaluator.with_results(results, planning=False, planned_at=plan.timestamp)
        self._pending = Pending(workspace, evaluator, plan, built.expansions)
        self._progress = Progress(self._listener, self._clock)
        self._calling = Calling(workspace, plan, results, snapshot, self._progress)
        cancelled, now = self._calling.cancelled, workspace.environment.timestamp
        recording = Recording(workspace.manager, workspace.registry, plan, results, snapshot, cancelled, now)
        resumed = {step.begin for step in plan.steps if isinstance(step, Resume)}
        self._running = {begin.id: begin for begin in snapshot.in_flight if begin.id in resumed}
        self._context = Context(
            self._calling,
            recording,
            Resolving(self._pending, built.observed, snapshot, plan.origin.key(snapshot.digest_key)),
            workspace.data,
            results,
            dict(_lost(snapshot, resumed)),
            self._running,
            None if plan.allow_data_loss else _holdings(workspace, plan, snapshot),
        )
        self._conclusion = Conclusion(workspace, built, evaluator, snapshot, recording)
        self._steps = {operation: step for step in plan.steps for operation in operations(step)}
        self._outcomes: dict[Operation, Outcome] = {}
        self._failures: list[Diagnostic] = []
        self._interrupted = False
        graph: Digraph[Operation] = Digraph(self._steps, plan.edges)
        self._walk = Walk(graph, self._visit, self._skip, parallelism=parallelism, lane=self._lane)

    def stop(self) -> None:
        """Start nothing new; asked again, stop waiting for what is in flight."""
        if self._interrupted:
            self._calling.cancelled.set()
        self._interrupted = True
        self._walk.stop()

    def run(self) -> Result:
        """Apply it all, and record what came of it. The state is whole when this returns or raises."""
        self._close_interrupted()
        if self._built.plan.mode == "normal":
            for address in self._built.results.hosts:
                self._conclusion.record_cluster(address)
        try:
            with self._progress.ticking():
                self._walk.run()
        finally:
            diagnostics = Diagnostics(self._failures)
            unchanged = {address for (address, _), outcome in self._outcomes.items() if outcome.unchanged}
            checks = self._conclusion.conclude(diagnostics, unchanged, interrupted=self._interrupted)
        return counted(self._outcomes.values(), diagnostics, interrupted=self._interrupted, checks=checks)

    def _close_interrupted(self) -> None:
        """What was planned anew is over for the journal. What goes on is not, and lost creates are looked for."""
        refreshing = self._built.plan.mode == "refresh-only"
        for begin in self._snapshot.in_flight:
            goes_on = begin.id in self._running or (refreshing and begin.handle is not None)
            if begin.action != "create" and not goes_on:
                self._close(begin)

    def _close(self, begin: Begin) -> None:
        """It is over. What an update sent secrets in is kept as it was read, where they are marked; where nothing is
        planned for it, the next plan needs to know."""
        stored, left = self._snapshot.resources.get(begin.key), None
        if begin.planned is not None and stored is not None:
            step = next((each for each in self._built.plan.steps if _is_about(each, begin.key)), None)
            if step is None:
                return
            if step.before:
                left = self._context.recording.refreshed(step, stored, self._built.observed.get(begin.key))
        self._manager.failed(begin.id, "interrupted; planned anew since", left)

    def _visit(self, operation: Operation) -> bool:
        address, verb = operation
        if self._manager.lost.is_set():
            self._walk.stop()
        if verb == "join":
            for cluster in self._built.results.hosts:
                if unkeyed(cluster) == address:
                    self._conclusion.record_cluster(cluster)
            return True
        if verb == "gone" or operation not in self._steps:
            return True
        begun = self._clock.monotonic()
        self._listener(Started(address, verb, self._clock.now()))
        with self._progress.running(operation):
            outcome = self._done(self._steps[operation], verb)
        self._outcomes[operation] = outcome
        elapsed = self._clock.monotonic() - begun
        if outcome.failure is not None:
            found = _diagnostics_of(outcome.failure, self._steps[operation])
            self._failures.extend(found)
            self._listener(Errored(address, verb, self._clock.now(), elapsed, found[0]))
            return False
        self._listener(Completed(address, verb, self._clock.now(), elapsed, outcome.identity, outcome.unchanged))
        return True

    def _done(self, step: Step, verb: Verb) -> Outcome:
        """Do one operation, between the conditions on it."""
        address, outcome = step.subject.address, Outcome()
        try:
            check_before(self._pending, address, verb)
            outcome = _perform(step, verb, self._context)
            if outcome.failure is None:
                check_after(self._pending, self._built.results, address, verb)
        except (ProviderError, FreeholdError) as failure:
            return replace(outcome, failure=failure)
        return outcome

    def _lane(self, operation: Operation) -> tuple[str, str] | None:
        """What of an operation goes one at a time: the lane that its kind names, of one configured provider."""
        step = self._steps.get(operation)
        if step is None or isinstance(step, Read | Forget):
            return None
        lane = self._context.resolving.lane(step, self._calling.kind(step))
        return None if lane is None else (step.subject.provider, lane)

    def _skip(self, operation: Operation, cause: Operation | None) -> None:
        if operation in self._steps:
            self._listener(Skipped(operation[0], operation[1], cause[0] if cause else ""))


def _is_about(step: Step, key: str) -> bool:
    """Whether it is planned on what exists under a key of the state."""
    if isinstance(step, Resume):
        return False
    return key_of(step.subject.address, step.deposed if isinstance(step, Delete) else None) == key


def _holdings(workspace: Workspace, plan: Plan, snapshot: Snapshot) -> Holdings:
    forgotten = {step.subject.address for step in plan.steps if isinstance(step, Forget)}
    return Holdings(workspace.registry, workspace.clients, Prior(snapshot), forgotten)


def _lost(snapshot: Snapshot, resumed: Container[str]) -> Iterator[tuple[str, Begin]]:
    """The creates that nobody heard the end of, by the keys of the steps that look for them."""
    for begin in snapshot.in_flight:
        if begin.action == "create" and begin.id not in resumed:
            yield begin.key, begin
            yield key_of(begin.address, deposed_name(begin.id)), begin


def _perform(step: Step, verb: Verb, context: Context) -> Outcome:
    match step:
        case Create():
            return create.perform(step, context)
        case Update():
            return update.perform(step, context)
        case Replace() if verb == "delete":
            return delete.perform(step, context)
        case Replace():
            return create.perform(step, context)
        case Delete():
            return delete.perform(step, context)
        case Import():
            return import_.perform(step, context)
        case Adopt():
            return adopt.perform(step, context)
        case Resume():
            return resume.perform(step, context)
        case Read():
            return read.perform(step, context)
        case Forget():
            return forget.perform(step, context)
        case NoOp():
            return Outcome()
        case _:
            assert_never(step)


def _diagnostics_of(failure: ProviderError | FreeholdError, step: Step) -> list[Diagnostic]:
    address = step.subject.address
    found = [diagnostic_of(failure, address)] if isinstance(failure, ProviderError) else failure.diagnostics
    return [replace(d, address=d.address or address, span=d.span or step.subject.span) for d in found]
