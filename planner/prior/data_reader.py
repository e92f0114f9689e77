"""Reads data sources, each configuration once a command, and gives back what a saved plan had read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from graph.addresses import unkeyed
from language.diagnostics import Diagnostics, FreeholdError, error
from language.marks import unmark_deep
from language.values import Sensitive, Unknown, contains, equal, is_wholly_known, rebuilt
from planner.configuration.blocks import Data
from planner.configuration.references import References
from planner.desired.desired import DataInstance
from planner.desired.instances import Instances
from planner.evaluation.evaluator import Evaluator
from planner.evaluation.marking import marked, searched
from planner.events import Completed, Errored, Event, Started
from planner.prior.clients import Clients, diagnostic_of
from providers import Registry
from providers.contract import Clock, Values
from providers.contract.errors import ProviderError
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

    def look_up(self, instance: DataInstance) -> Values:
        """What the provider tells, with marks where secrets are. Raises FreeholdError."""
        config, paths = unmark_deep(instance.values)
        wrong = instance.kind.validate(config)
        if wrong:
            problems = [error("Invalid value", f"{'.'.join(map(str, path))}: {problem}") for path, problem in wrong]
            raise _placed(problems, instance)
        client = self._clients.cloud(instance.client)
        try:
            found = instance.kind.read(client, config)
        except ProviderError as failure:
            raise _placed([diagnostic_of(failure, instance.address)], instance) from failure
        except FreeholdError as failure:
            raise _placed(failure.diagnostics, instance) from failure
        return searched(instance.kind, marked(instance.kind, found, paths), instance.values)

    def read(self, instance: DataInstance, *, again: bool = False) -> Values:
        """As `look_up`, told as it happens. What is known is given without asking, unless it is asked `again`."""
        config, found = self._known.get(instance.address, ({}, {}))
        if config and not again and equal(config, instance.values):
            return found
        address, begun = instance.address, self._clock.monotonic()
        self._listener(Started(address, "read", self._clock.now()))
        try:
            found = self.look_up(instance)
        except FreeholdError as failure:
            elapsed = self._clock.monotonic() - begun
            self._listener(Errored(address, "read", self._clock.now(), elapsed, failure.diagnostics[0]))
            raise
        elapsed = self._clock.monotonic() - begun
        self._listener(Completed(address, "read", self._clock.now(), elapsed, identity_of(found)))
        self._known[address] = (instance.values, found)
        return found

    def read_dependencies(self, evaluator: Evaluator, address: str) -> None:
        """Read what a block of a provider waits for, where it does not wait for more. Raises FreeholdError."""
        references, instances = self.references, self.instances()
        needed = references.graph.reachable([address], forward=False)
        problems = Diagnostics()
        for each in [each for each in references.order if each in needed]:
            module, node = references.nodes[each]
            if not isinstance(node, Data):
                continue
            for inside in evaluator.instances(module.path):
                inside.results.keys |= instances.keys(inside, node, problems)
                for instance in instances.data_instances(inside, node, problems):
                    problems.raise_errors()
                    if is_wholly_known(instance.values):
                        evaluator.results.values[instance.address] = self.read(instance)
        problems.raise_errors()

    def read_scoped(self, evaluator: Evaluator, data: Data, *, delayed: bool = False) -> Diagnostics:
        """Read the data of a check, now, unless it is `delayed` or not known what to read; what went wrong."""
        problems = Diagnostics()
        instances = self.instances()
        evaluator.results.keys |= instances.keys(evaluator, data, problems)
        for instance in instances.data_instances(evaluator, data, problems):
            found: Any = Unknown()
            if not delayed and not problems.has_errors and is_wholly_known(instance.values):
                try:
                    found = self.read(instance, again=True)
                except FreeholdError as failure:
                    problems.extend(failure.diagnostics)
            evaluator.results.values[instance.address] = found
        return problems

    def restore(self, evaluator: Evaluator, saved: Iterable[tuple[str, Values]]) -> None:
        """Give the results what a saved plan had read. Secrets in it are asked for again."""
        instances = self.instances()
        for address, values in saved:
            if contains(values, Digest):
                values = self._revealed(instances, evaluator, address, values)
            evaluator.results.values[address] = values

    def _revealed(self, instances: Instances, evaluator: Evaluator, address: str, values: Values) -> Values:
        inside, (_, node), problems = evaluator.at(address), self.references.nodes[unkeyed(address)], Diagnostics()
        assert inside is not None
        assert isinstance(node, Data)
        instance = instances.data_instance(inside, node, address, problems)
        problems.raise_errors()
        revealed: Values = _revealed(values, self.read(instance))
        if contains(revealed, Digest):
            detail = f"{address} has not the secrets any more that it had when the plan was made."
            advice = "Nothing was done. Make a new plan, look at it, and apply that."
            raise FreeholdError([error("Value differs from its plan", detail, advice=advice)])
        return revealed


def _revealed(planned: Any, found: Any) -> Any:
    """What was planned, with secrets as they were found. Those that are used are compared where they are."""
    if isinstance(planned, Sensitive):
        return Sensitive(found) if isinstance(planned.value, Digest) else planned
    if isinstance(found, Sensitive):
        found = found.value
    if isinstance(planned, dict) and isinstance(found, dict):
        members = {name: _revealed(member, found.get(name)) for name, member in planned.items()}
        return rebuilt(planned, members)
    if isinstance(planned, tuple) and isinstance(found, tuple) and len(planned) == len(found):
        elements = [_revealed(one, other) for one, other in zip(planned, found, strict=True)]
        return rebuilt(planned, elements)
    return planned


def identity_of(values: Values) -> str:
    """What people are told of something that was read."""
    found = values.get("id")
    return found if isinstance(found, str) else ""


def _placed(diagnostics: Iterable[Any], instance: DataInstance) -> FreeholdError:
    found = (replace(d, address=instance.address, span=d.span or instance.data.span) for d in diagnostics)
    return FreeholdError(found)
