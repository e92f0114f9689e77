"""Whom an operation calls, and the circumstances that it is called in."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from language.diagnostics import FreeholdError, error
from language.redaction import REDACTOR
from planner.apply.progress import Progress
from planner.desired.desired import CLUSTER_PREFIX
from planner.evaluation.evaluator import Results
from planner.evaluation.stored import restore
from planner.plan.plan import Plan
from planner.plan.steps import Step
from planner.prior.workspace import Workspace
from providers.contract import Call, Client, ResourceKind, Values
from state.snapshot import Snapshot


class Calling:
    """Kinds, clients and calls for the steps of one run. `cancelled` is set when waiting should stop."""

    def __init__(
        self, workspace: Workspace, plan: Plan, results: Results, snapshot: Snapshot, progress: Progress
    ) -> None:
        self._workspace = workspace
        self._plan = plan
        self._results = results
        self._snapshot = snapshot
        self._progress = progress
        self.clock = workspace.environment.clock
        self.cancelled = threading.Event()

    def new_token(self) -> str:
        """A token for a create that no attempt before had."""
        return self._workspace.environment.new_id()

    def kind(self, step: Step) -> ResourceKind:
        """The kind of the step's resource."""
        kind = self._workspace.registry.kind(step.subject.type)
        assert kind is not None
        return kind

    def client(self, step: Step, *, old: bool = False) -> Client:
        """The configured provider's client; `old`: of a cluster as the state knows it. Raises FreeholdError."""
        key = step.subject.provider
        if not key.startswith(CLUSTER_PREFIX):
            return self._workspace.clients.cloud(key)
        address = key.removeprefix(CLUSTER_PREFIX)
        host, outputs = self._cluster_outputs(address, old)
        client = self._workspace.clients.cluster(address, host, outputs)
        if client is None:
            raise FreeholdError([error("Cluster not known", f"How {address} is reached is still not known.")])
        return client

    def call(self, step: Step, token: str = "", private: Mapping[str, Any] | None = None) -> Call:
        """What a provider is given beside the values: whose call it is, how to report progress and when to stop."""
        address = step.subject.address

        def progress(message: str) -> None:
            self._progress.say(address, REDACTOR.redact(message))

        call = Call(
            address,
            token,
            {},
            progress,
            self.clock,
            self.cancelled,
            private or {},
            stack=self._plan.stack,
            lineage=self._snapshot.lineage,
        )
        provider = self._workspace.registry.of_type(step.subject.type)
        return call if provider is None else replace(call, tags=provider.tags(call))

    def _cluster_outputs(self, address: str, old: bool) -> tuple[str, Values]:
        record = self._snapshot.resources.get(address)
        if record is not None and (old or address not in self._results.outputs):
            return record.provider, restore(record.attributes["outputs"])
        return self._results.hosts[address], self._results.expanded(address)
