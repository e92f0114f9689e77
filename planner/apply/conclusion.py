"""What is recorded beside the operations: how clusters are reached, outputs, and values that were read anew."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from graph.addresses import block_of
from language.diagnostics import Diagnostics
from language.marks import unmark_deep
from language.values import is_wholly_known
from planner.apply.recording import Recording
from planner.desired.desired import CLUSTER_PREFIX
from planner.evaluation.conditions import CheckResult
from planner.evaluation.evaluator import Evaluator
from planner.evaluation.stored import store
from planner.plan.build import Built
from planner.plan.checks import concluding
from planner.plan.outputs import left, recorded
from planner.plan.steps import NoOp
from planner.prior.reading import CLUSTER
from planner.prior.workspace import Workspace
from providers.contract import Reference
from state.snapshot import ResourceState, Snapshot


class Conclusion:
    """Of one run. `snapshot` is the state that it began with."""

    def __init__(
        self, workspace: Workspace, built: Built, evaluator: Evaluator, snapshot: Snapshot, recording: Recording
    ) -> None:
        self._workspace = workspace
        self._manager = workspace.manager
        self._built = built
        self._plan = built.plan
        self._evaluator = evaluator
        self._snapshot = snapshot
        self._recording = recording

    def record_cluster(self, address: str) -> None:
        """Keep how a cluster is reached, so that its objects can be read and deleted when its block is gone."""
        results = self._built.results
        outputs, _ = unmark_deep(results.expanded(address))  # what it is reached by is kept as it is
        if not is_wholly_known(outputs):
            return
        endpoint = results.outputs[address].get("endpoint")
        anchor = f"{address}/{endpoint.name}" if isinstance(endpoint, Reference) else ""
        host = results.hosts[address]
        attributes = {"host": host, "outputs": store(outputs, self._snapshot.digest_key), "anchor": anchor}
        record = ResourceState(address, CLUSTER, host, attributes)
        if self._manager.resource(address) != record:
            self._manager.put(record)

    def conclude(
        self, diagnostics: Diagnostics, unchanged: Container[str], *, interrupted: bool
    ) -> tuple[CheckResult, ...]:
        """Record outputs, refreshed values and clusters that are gone; then write the snapshot. What checks said.

        `unchanged`: the addresses whose steps turned out to do nothing.
        """
        present = self._manager.snapshot()
        checks: tuple[CheckResult, ...] = ()
        if self._plan.mode == "normal" and not interrupted:
            problems = Diagnostics()
            if not diagnostics.has_errors:
                problems = diagnostics  # after a failure, what is in error only follows from it
                checks = tuple(concluding(self._evaluator, problems, self._workspace.data.read_scoped))
            self._record_outputs(present, problems)
        elif self._plan.mode == "destroy" and not diagnostics:
            self._manager.outputs(left(present, self._plan.outputs))
        self._record_refreshed(present, unchanged)
        self._drop_clusters(present)
        self._manager.checkpoint()
        return checks

    def _record_outputs(self, present: Snapshot, diagnostics: Diagnostics) -> None:
        outputs = recorded(self._evaluator, self._snapshot, present, self._plan.outputs, diagnostics)
        if dict(present.outputs) != outputs:
            self._manager.outputs(outputs)

    def _record_refreshed(self, present: Snapshot, unchanged: Container[str]) -> None:
        """What was read and differs from what is stored, though nothing has to be done: the state is told. Where only
        the state is brought up to date, what exists still depends on what it did."""
        depends = self._plan.depends if self._plan.mode == "normal" else {}
        for step in self._plan.steps:
            observed = self._built.observed.get(step.subject.address)
            stored = present.resources.get(step.subject.address)
            idle = isinstance(step, NoOp) or step.subject.address in unchanged
            if idle and observed is not None and stored is not None:
                refreshed = replace(
                    self._recording.refreshed(step, stored, observed),
                    dependencies=depends.get(stored.address, stored.dependencies),
                )
                if refreshed != stored:
                    self._manager.put(refreshed)

    def _drop_clusters(self, present: Snapshot) -> None:
        """Forget how those clusters are reached that are gone, with all that was on them."""
        for key, record in present.resources.items():
            if record.type != CLUSTER:
                continue
            desired = self._plan.mode != "destroy" and key in self._built.results.hosts
            used = any(
                block_of(r.address) == key or r.provider == CLUSTER_PREFIX + key
                for r in present.resources.values()
                if r.type != CLUSTER
            )
            if not desired and not used:
                self._manager.drop(key)
