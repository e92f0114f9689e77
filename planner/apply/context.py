"""What the operations of one run share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.apply.calling import Calling
from planner.apply.recording import Recording
from planner.apply.resolving import Resolving
from planner.evaluation.evaluator import Results
from planner.prior.data_reader import DataReader
from state.records import Begin


@dataclass(frozen=True, slots=True)
class Context:
    """`in_flight`: the creates of earlier runs that nobody heard the end of, by their keys in the state."""

    calling: Calling
    recording: Recording
    resolving: Resolving
    data: DataReader
    results: Results
    in_flight: Mapping[str, Begin]
