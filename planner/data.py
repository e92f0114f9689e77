"""Data blocks: read while a plan is made where that can be, else left to the apply as a step.

Rules, as Terraform has them: what is read has to have a configuration that is known, and nothing that it depends on may
have changes to come (`References.withholding`). Data in a check is read when the check is asked, and stops nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from graph.addresses import unkeyed
from language.diagnostics import Diagnostic, Diagnostics, FreeholdError, error
from language.expressions import Scope
from language.values import (
    ListValue,
    MapValue,
    Sensitive,
    Unknown,
    contains,
    equal,
    is_wholly_known,
    unmark_deep,
)
from planner.changing import Changing
from planner.checks import broken, postconditions, preconditions
from planner.clients import Clients, diagnostic_of
from planner.conditions import CheckResult
from planner.configuration import Data
from planner.diff import foreseen, marked
from planner.evaluate import Evaluator
from planner.events import Completed, Errored, Event, Started
from planner.instances import Instances
from planner.plan import ReadData
from planner.references import References
from planner.steps import Read, Reason, Subject
from planner.stored import Secrets
from planner.wanted import Sought
from providers import Registry
from providers.contract import Clock, Values
from providers.errors import ProviderError
from state.secrets import Digest


class DataReader:
    """Reads data for one command, from many threads. What was read is not read again with the same configuration."""

    def __init__(
        self,
        registry: Registry,
        references: References,
        clients: Clients,
        clock: Clock,
        listener: Callable[[Event], None],
    ) -> None:
        self.references = references
        self.registry = registry
        self._clients = clients
        self._clock = clock
        self._listener = listener
        self._known: dict[str, tuple[Values, Values]] = {}

    def instances(self) -> Instances:
        """For one evaluator, whose keys it remembers."""
        return Instances(self.registry, self.references.root)

    def look_up(self, sought: Sought) -> Values:
        """What the provider tells, with marks where secrets are. Raises FreeholdError."""
        config, paths = unmark_deep(sought.values)
        wrong = sought.kind.validate(config)
        if wrong:
            problems = [error("Invalid value", f"{'.'.join(map(str, path))}: {problem}") for path, problem in wrong]
            raise _placed(problems, sought)
        client = self._clients.cloud(sought.client)
        try:
            found = sought.kind.read(client, config)
        except ProviderError as failure:
            raise _placed([diagnostic_of(failure, sought.address)], sought) from failure
        except FreeholdError as failure:
            raise _placed(failure.diagnostics, sought) from failure
        return marked(sought.kind, found, (*paths, *Secrets(sought.values, "").echoes(found)))

    def read(self, sought: Sought, *, again: bool = False) -> Values:
        """As `look_up`, told as it happens. What is known is given without asking, unless it is asked `again`."""
        config, found = self._known.get(sought.address, ({}, {}))
        if config and not again and equal(config, sought.values):
            return found
        address, begun = sought.address, self._clock.monotonic()
        self._listener(Started(address, "read", self._clock.now()))
        try:
            found = self.look_up(sought)
        except FreeholdError as failure:
            elapsed = self._clock.monotonic() - begun
            self._listener(Errored(address, "read", self._clock.now(), elapsed, failure.diagnostics[0]))
            raise
        elapsed = self._clock.monotonic() - begun
        self._listener(Completed(address, "read", self._clock.now(), elapsed, identity_of(found)))
        self._known[address] = (sought.values, found)
        return found

    def supply(self, evaluator: Evaluator, address: str) -> None:
        """Read what a block of a provider waits for, where it does not wait for more. Raises FreeholdError."""
        references, instances = self.references, self.instances()
        needed = references.graph.reachable([address], forward=False)
        problems = Diagnostics()
        for each in [each for each in references.order if each in needed]:
            module, node = references.nodes[each]
            if not isinstance(node, Data):
                continue
            for inside in evaluator.instances(module.path):
                for sought in instances.sought(inside, node, problems):
                    problems.raise_errors()
                    if is_wholly_known(sought.values):
                        evaluator.results.values[sought.address] = self.read(sought)
        problems.raise_errors()

    def scoped(self, evaluator: Evaluator, data: Data, *, withheld: bool = False) -> Diagnostics:
        """Read the data of a check, now, unless it is `withheld` or not known what to read; what went wrong."""
        problems = Diagnostics()
        for sought in self.instances().sought(evaluator, data, problems):
            found: Any = Unknown()
            if not withheld and not problems.has_errors and is_wholly_known(sought.values):
                try:
                    found = self.read(sought, again=True)
                except FreeholdError as failure:
                    problems.extend(failure.diagnostics)
            evaluator.results.values[sought.address] = found
        return problems

    def recall(self, evaluator: Evaluator, told: Iterable[ReadData]) -> None:
        """Give the results what a saved plan had read. Secrets in it are asked for again."""
        instances = self.instances()
        for each in told:
            address, values = each.subject.address, each.values
            if contains(values, Digest):
                values = self._revealed(instances, evaluator, address, values)
            evaluator.results.values[address] = values

    def _revealed(self, instances: Instances, evaluator: Evaluator, address: str, values: Values) -> Values:
        inside, (_, node), problems = evaluator.at(address), self.references.nodes[unkeyed(address)], Diagnostics()
        assert inside is not None
        assert isinstance(node, Data)
        sought = instances.sought_at(inside, node, address, problems)
        problems.raise_errors()
        revealed: Values = _revealed(values, self.read(sought))
        if contains(revealed, Digest):
            detail = f"{address} has not the secrets any more that it had when the plan was made."
            advice = "Nothing was done. Make a new plan, look at it, and apply that."
            raise FreeholdError([error("Value differs from its plan", detail, advice=advice)])
        return revealed


@dataclass(frozen=True, slots=True)
class _Ready:
    """An instance, the scope that its conditions are asked in, and why it cannot be read yet."""

    sought: Sought
    scope: Scope
    before: CheckResult | None
    reason: Reason


class DataPlan:
    """Makes the data of a plan. `read` is what was read for it, `checks` are how conditions came out."""

    def __init__(self, reader: DataReader, evaluator: Evaluator, changing: Changing, parallelism: int) -> None:
        self._reader = reader
        self._evaluator = evaluator
        self._changing = changing
        self._parallelism = parallelism
        self._instances = reader.instances()
        self._failures: list[Diagnostic] = []
        self.read: list[ReadData] = []
        self.checks: list[CheckResult] = []

    def plan(self, blocks: Sequence[str], diagnostics: Diagnostics) -> dict[str, Read]:
        """Blocks that do not wait for each other, when all that they wait for is planned; many are read at a time.

        What cannot be read yet has a step.
        """
        ready = [each for block in blocks for each in self._ready(block, diagnostics)]
        if any(each.severity == "error" and each not in self._failures for each in diagnostics):
            return {}  # what is in error is told without asking for credentials
        now = [each.sought for each in ready if not each.reason]
        if len(now) > 1:
            with ThreadPoolExecutor(min(self._parallelism, len(now)), thread_name_prefix="data") as pool:
                found = dict(zip((each.address for each in now), pool.map(self._attempt, now), strict=True))
        else:
            found = {each.address: self._attempt(each) for each in now}
        steps = {}
        for each in ready:
            step = self._put(each, found.get(each.sought.address), diagnostics)
            if step is not None:
                steps[each.sought.address] = step
        return steps

    def scoped(self, evaluator: Evaluator, data: Data) -> Diagnostics:
        """As the reader's, of what has no changes to come."""
        return self._reader.scoped(evaluator, data, withheld=self._withheld(evaluator, data))

    def _withheld(self, evaluator: Evaluator, data: Data) -> bool:
        block = evaluator.configuration.prefix + data.address
        return self._changing.any(self._reader.references.withholding(block), evaluator.prefix)

    def _ready(self, block: str, diagnostics: Diagnostics) -> Iterable[_Ready]:
        module, data = self._reader.references.nodes[block]
        assert isinstance(data, Data)
        for evaluator in self._evaluator.instances(module.path):
            problems = Diagnostics()
            found = self._instances.sought(evaluator, data, problems)
            diagnostics.extend(problems)
            if problems.has_errors:
                continue
            withheld: Reason = "dependency-pending" if self._withheld(evaluator, data) else ""
            for sought in found:
                scope = self._instances.scope(evaluator, data, sought.address)
                before = preconditions(data, sought.address, scope, diagnostics)
                if broken(before):
                    self.checks += [before] if before else []
                    continue
                reason = withheld if is_wholly_known(sought.values) else "config-unknown"
                yield _Ready(sought, scope, before, reason)

    def _attempt(self, sought: Sought) -> Values | FreeholdError:
        try:
            return self._reader.read(sought)
        except FreeholdError as failure:
            return failure

    def _put(self, ready: _Ready, found: Values | FreeholdError | None, diagnostics: Diagnostics) -> Read | None:
        sought, step = ready.sought, None
        if isinstance(found, FreeholdError):
            new = [each for each in found.diagnostics if each not in self._failures]
            self._failures += new
            diagnostics.extend(new)
            return None
        if found is None:
            found = foreseen(sought.kind, sought.values)
            step = Read(subject_of(sought), found, ready.reason)
        else:
            self.read.append(ReadData(subject_of(sought), found))
        self._evaluator.results.values[sought.address] = found
        after = postconditions(sought.data, sought.address, ready.scope, found, diagnostics)
        self.checks += [result for result in (ready.before, after) if result is not None]
        return step


def _revealed(planned: Any, found: Any) -> Any:
    """What was planned, with secrets as they were found. Those that are used are compared where they are."""
    if isinstance(planned, Sensitive):
        return Sensitive(found) if isinstance(planned.value, Digest) else planned
    if isinstance(found, Sensitive):
        found = found.value
    if isinstance(planned, dict) and isinstance(found, dict):
        members = {name: _revealed(member, found.get(name)) for name, member in planned.items()}
        return MapValue(planned.element_type, members) if isinstance(planned, MapValue) else members
    if isinstance(planned, tuple) and isinstance(found, tuple) and len(planned) == len(found):
        elements = [_revealed(one, other) for one, other in zip(planned, found, strict=True)]
        return ListValue(planned.element_type, elements) if isinstance(planned, ListValue) else tuple(elements)
    return planned


def subject_of(sought: Sought) -> Subject:
    """What steps say of an instance."""
    source, span = sought.provider.source, sought.data.span
    return Subject(sought.address, sought.data.type, sought.client, source, sought.block, span)


def identity_of(values: Values) -> str:
    """What people are told of something that was read."""
    found = values.get("id")
    return found if isinstance(found, str) else ""


def _placed(diagnostics: Iterable[Any], sought: Sought) -> FreeholdError:
    found = (replace(d, address=sought.address, span=d.span or sought.data.span) for d in diagnostics)
    return FreeholdError(found)
