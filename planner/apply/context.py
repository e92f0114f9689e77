"""What the operations of one run share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from planner.apply.calling import Calling
from planner.apply.outcome import Outcome, identity_text
from planner.apply.recording import Recording
from planner.apply.resolving import Resolved, Resolving
from planner.evaluation.evaluator import Results
from planner.plan.steps import Delete, Replace, Resume, Step
from planner.prior.data_reader import DataReader
from planner.prior.holdings import Holdings
from providers.contract import Call, Observed, Values
from state.records import Begin


@dataclass(frozen=True, slots=True)
class Context:
    """`in_flight`: creates of earlier runs that nobody heard the end of, by the keys of the steps that look for them.

    `running`: what goes on of theirs, by its id in the journal. `holdings`: whom to ask what would go with what is
    deleted; None where that may go.
    """

    calling: Calling
    recording: Recording
    resolving: Resolving
    data: DataReader
    results: Results
    in_flight: Mapping[str, Begin]
    running: Mapping[str, Begin]
    holdings: Holdings | None = None

    def call(self, step: Step, begun: str, token: str = "", resolved: Resolved | None = None) -> Call:
        """The call of an operation that was begun, to make what is resolved."""
        call = self.calling.call(step, token, resolved.private if resolved else None)
        return replace(call, accepted=partial(self.recording.accepted, begun, step, resolved))

    def find(self, step: Step, values: Values, call: Call) -> Observed | None:
        """What a lost create left behind; not what the state has at the address, where that is there and to be
        replaced."""
        client, kind = self.calling.client(step, old=isinstance(step, Delete)), self.calling.kind(step)
        found = kind.find(client, values, call)
        beside = isinstance(step, Replace) or (isinstance(step, Delete) and step.deposed is not None)
        beside = beside or (isinstance(step, Resume) and kind.key(values) is None)
        return None if found is not None and beside and self.recording.knows(step, found) else found

    def unchanged(self, step: Step, resolved: Resolved) -> Outcome:
        """Nothing is done: what was unknown has become what exists."""
        assert resolved.prior is not None
        self.recording.settle(step, resolved.prior, resolved.secrets)
        return Outcome(identity_text(resolved.prior), unchanged=True)
