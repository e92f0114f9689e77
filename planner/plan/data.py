"""Data blocks: read while a plan is made where that can be, else left to the apply as a step.

Rules, as Terraform has them: what is read has to have a configuration that is known, and nothing that it depends on may
have changes to come (`References.withholding`). Data in a check is read when the check is asked, and stops nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from language.diagnostics import Diagnostic, Diagnostics, FreeholdError
from language.scope import Scope
from language.values import Unknown, is_wholly_known
from planner.configuration.blocks import Data
from planner.desired.desired import DataInstance
from planner.evaluation.conditions import CheckResult
from planner.evaluation.evaluator import Evaluator
from planner.evaluation.marking import planned_object
from planner.plan.changing import Changing
from planner.plan.checks import broken, postconditions, preconditions
from planner.plan.deferring import Deferring
from planner.plan.limits import Limits
from planner.plan.plan import ReadData
from planner.plan.steps import Read, Reason, Subject
from planner.prior.data_reader import DataReader
from providers.contract import Values


@dataclass(frozen=True, slots=True)
class _Ready:
    """An instance, the scope that its conditions are asked in, and why it cannot be read yet."""

    instance: DataInstance
    scope: Scope
    before: CheckResult | None
    reason: Reason


class DataPlan:
    """Makes the data of a plan. `read` is what was read for it, `checks` are how conditions came out."""

    def __init__(
        self,
        reader: DataReader,
        evaluator: Evaluator,
        changing: Changing,
        deferring: Deferring,
        parallelism: int,
        limits: Limits | None,
    ) -> None:
        self._limits = limits
        self._reader = reader
        self._evaluator = evaluator
        self._changing = changing
        self._deferring = deferring
        self._parallelism = parallelism
        self._instances = reader.instances()
        self._failures: list[Diagnostic] = []
        self.read: list[ReadData] = []
        self.checks: list[CheckResult] = []

    def plan(self, blocks: Mapping[str, Sequence[str]], diagnostics: Diagnostics) -> dict[str, Read]:
        """Blocks that do not wait for each other, each with what it waits for, which is planned; many are read at a
        time.

        What cannot be read yet has a step, or is deferred.
        """
        ready = [each for block, waits in blocks.items() for each in self._ready(block, waits, diagnostics)]
        if any(each.severity == "error" and each not in self._failures for each in diagnostics):
            return {}  # what is in error is told without asking for credentials
        now = [each.instance for each in ready if not each.reason]
        if len(now) > 1:
            with ThreadPoolExecutor(min(self._parallelism, len(now)), thread_name_prefix="data") as pool:
                found = dict(zip((each.address for each in now), pool.map(self._attempt, now), strict=True))
        else:
            found = {each.address: self._attempt(each) for each in now}
        steps = {}
        for each in ready:
            step = self._put(each, found.get(each.instance.address), diagnostics)
            if step is not None:
                steps[each.instance.address] = step
        return steps

    def read_scoped(self, evaluator: Evaluator, data: Data) -> Diagnostics:
        """As the reader's, of what has no changes to come and is part of the plan."""
        return self._reader.read_scoped(evaluator, data, delayed=self._is_delayed(evaluator, data))

    def _is_delayed(self, evaluator: Evaluator, data: Data) -> bool:
        block = evaluator.configuration.prefix + data.address
        if self._limits is not None and not self._limits.holds(block):
            return True
        behind = self._reader.references.blocks_delaying_read(block)
        deferred = self._deferring.cause_of_dependencies(evaluator.prefix, behind) is not None
        return deferred or self._changing.any(behind, evaluator.prefix)

    def _ready(self, block: str, waits: Sequence[str], diagnostics: Diagnostics) -> Iterable[_Ready]:
        module, data = self._reader.references.nodes[block]
        assert isinstance(data, Data)
        for evaluator in self._evaluator.instances(module.path):
            problems = Diagnostics()
            evaluator.results.keys |= self._instances.keys(evaluator, data, problems)
            found = self._instances.data_instances(evaluator, data, problems)
            diagnostics.extend(problems)
            if problems.has_errors:
                continue
            cause = self._deferring.cause_of_dependencies(evaluator.prefix, waits)
            cause = cause or self._deferring.cause_of_instances(evaluator, data, diagnostics)
            if cause is not None:
                for instance in found:
                    self._deferring.add_instance(instance, subject_of(instance), cause)
                    evaluator.results.values[instance.address] = Unknown()
                continue
            delayed: Reason = "dependency-pending" if self._is_delayed(evaluator, data) else ""
            for instance in found:
                scope = self._instances.scope(evaluator, data, instance.address)
                before = preconditions(data, instance.address, scope, diagnostics)
                if broken(before):
                    self.checks += [before] if before else []
                    continue
                reason = delayed if is_wholly_known(instance.values) else "config-unknown"
                yield _Ready(instance, scope, before, reason)

    def _attempt(self, instance: DataInstance) -> Values | FreeholdError:
        try:
            return self._reader.read(instance)
        except FreeholdError as failure:
            return failure

    def _put(self, ready: _Ready, found: Values | FreeholdError | None, diagnostics: Diagnostics) -> Read | None:
        instance, step = ready.instance, None
        if isinstance(found, FreeholdError):
            new = [each for each in found.diagnostics if each not in self._failures]
            self._failures += new
            diagnostics.extend(new)
            return None
        if found is None:
            found = planned_object(instance.kind, instance.values)
            step = Read(subject_of(instance), after=found, reason=ready.reason)
        else:
            self.read.append(ReadData(subject_of(instance), found))
        self._evaluator.results.values[instance.address] = found
        after = postconditions(instance.data, instance.address, ready.scope, found, diagnostics)
        self.checks += [result for result in (ready.before, after) if result is not None]
        return step


def subject_of(instance: DataInstance) -> Subject:
    """What steps say of an instance."""
    source, span = instance.provider.source, instance.data.span
    return Subject(instance.address, instance.data.type, instance.client, source, instance.block, span)
