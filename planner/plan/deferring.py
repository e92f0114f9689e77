"""What of a plan is deferred: what cannot be planned until more is known, and all that depends on it.

Nothing is done to it, what exists of it is kept, and the next plan has it. What no apply would make known is an error.
Rules as Terraform has them: what depends on a deferred instance of a block, in the same instance of its module or a
module that holds none or all of them, is deferred as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from graph.addresses import WILDCARD, block_of, covered, of_all_instances, unkeyed
from language.diagnostics import Diagnostics, Span
from language.expressions import Expression
from planner.configuration.blocks import App, Cluster, Data, ModuleCall, Placed, TypedBlock
from planner.configuration.references import References
from planner.desired.apps import EvaluatedApp
from planner.desired.desired import CLUSTER_PREFIX, DataInstance, DesiredInstance
from planner.evaluation.evaluator import Evaluator
from planner.evaluation.marking import planned_object
from planner.plan.changing import Changing, module_of, sees
from planner.plan.limits import Limits
from planner.plan.plan import Deferred, DeferredReason
from planner.plan.steps import Delete, Step, Subject
from planner.prior.reading import Prior
from providers.contract import DeferredObject, Values


class Cause(NamedTuple):
    """Why something is deferred: the expression that is not known, as it is written, and where."""

    reason: DeferredReason
    expression: str
    span: Span | None


class Deferring:
    """Collects what is deferred, block by block, in the order of references."""

    def __init__(self, references: References, changing: Changing, prior: Prior, limits: Limits | None) -> None:
        self._references = references
        self._limits = limits
        self._changing = changing
        self._prior = prior
        self._modules: dict[str, Cause] = {}
        self._blocks: dict[str, list[tuple[str, Cause]]] = {}
        self._kept: dict[str, Cause] = {}
        self.found: list[Deferred] = []

    # -- why -----------------------------------------------------------------------------------------------------

    def cause_of_dependencies(self, prefix: str, waits: Iterable[str]) -> Cause | None:
        """Why what waits for some blocks (as the configuration has them) is deferred, in the module at `prefix`."""
        for module, cause in self._modules.items():
            if prefix.startswith(module):
                return cause
        if not self._blocks:
            return None
        for block in waits:
            for module, cause in self._blocks.get(block, ()):
                if sees(prefix, module):
                    return cause._replace(reason="deferred_prereq")
        return None

    def cause_of_instances(
        self, evaluator: Evaluator, block: TypedBlock | ModuleCall, diagnostics: Diagnostics
    ) -> Cause | None:
        """Why the instances of a block are deferred, where it is not known which there are."""
        if evaluator.results.keys.get(evaluator.prefix + block.address) != (WILDCARD,):
            return None
        expression = block.count or block.for_each
        assert expression is not None
        return self.cause_of_unknown("instance_count_unknown", expression, evaluator, block, diagnostics)

    def cause_of_unknown(
        self,
        reason: DeferredReason,
        expression: Expression | None,
        evaluator: Evaluator,
        block: TypedBlock | ModuleCall | App,
        diagnostics: Diagnostics,
    ) -> Cause | None:
        """Why a block is deferred that has an expression which is not known yet. Reports one that never will be, since
        nothing that it depends on has changes to come."""
        text, span = (expression.text, expression.span) if expression is not None else ("", block.span)
        if self._is_to_come(evaluator, block.address):
            return Cause(reason, text, span)
        detail = (
            "This has to be known when the plan is made. It is not, and no apply would make it known: nothing that it "
            "depends on has changes to come."
        )
        diagnostics.error("Value never known", detail, span)
        return None

    def _is_to_come(self, evaluator: Evaluator, block: str) -> bool:
        """Whether something that a block depends on has changes to come, is deferred itself, or is no part of the
        plan."""
        address = evaluator.configuration.prefix + block
        behind = self._references.graph.reachable([address], forward=False) - {address}
        blocks = [each for each in behind if isinstance(self._references.nodes[each][1], Placed | Data)]
        if self._limits is not None and not all(map(self._limits.holds, blocks)):
            return True
        return (
            self._changing.any(blocks, evaluator.prefix)
            or self.cause_of_dependencies(evaluator.prefix, blocks) is not None
        )

    # -- what ----------------------------------------------------------------------------------------------------

    def add_module(self, evaluator: Evaluator, call: ModuleCall, diagnostics: Diagnostics) -> None:
        """All that is in a module, where it is not known which instances it has."""
        cause = self.cause_of_instances(evaluator, call, diagnostics)
        if cause is not None:
            self._modules[f"{evaluator.prefix}{call.address}[*]."] = cause

    def add_instance(self, instance: DesiredInstance | DataInstance, subject: Subject, cause: Cause) -> None:
        """One instance of a resource or of data."""
        live = self._prior.live(instance.address)
        before = live.values if live is not None else {}
        self._add(subject, cause, instance.address, before, planned_object(instance.kind, instance.values))

    def add_block(self, address: str, block: Cluster | App, cause: Cause) -> None:
        """A cluster or an app as a whole."""
        type_ = block.address.partition(".")[0]
        self._add(Subject(address, type_, "", "", address, block.span), cause, address)

    def add_object(self, app: EvaluatedApp, item: DeferredObject, source: str, cause: Cause) -> None:
        """An object of an app, or some that are not known yet: any that exists may be one of them."""
        address, cluster = f"{app.address}/{item.name}", f"{CLUSTER_PREFIX}{app.cluster}"
        self._add(Subject(address, item.type, cluster, source, app.address, app.app.span), cause, app.address)

    def _add(
        self, subject: Subject, cause: Cause, kept: str, before: Values | None = None, after: Values | None = None
    ) -> None:
        """`kept` is the address of what is kept, with all that is below it."""
        self.found.append(Deferred(subject, *cause, before or {}, after or {}))
        self._blocks.setdefault(unkeyed(kept), []).append((module_of(kept), cause))
        self._kept.setdefault(unkeyed(kept) if any(of_all_instances(kept)) else kept, cause)

    def within(self, targets: Sequence[str], excluded: Sequence[str]) -> list[Deferred]:
        """What is deferred of that which is asked for."""
        desired = [each for each in self.found if not targets or covered(targets, each.subject.address)]
        return [each for each in desired if not covered(excluded, each.subject.address)]

    def behind(self, deferred: Iterable[Deferred]) -> set[str]:
        """The blocks that have to be there for some of what is deferred to be planned, and itself."""
        return self._references.graph.reachable({unkeyed(each.subject.address) for each in deferred}, forward=False)

    # -- what exists ---------------------------------------------------------------------------------------------

    def kept(self, address: str) -> Cause | None:
        """Why what exists at an address is left as it is, where it is."""
        names = (address, block_of(address), unkeyed(address))
        return next((self._kept[name] for name in names if name in self._kept), None)

    def hold(self, steps: dict[str, Step]) -> None:
        """Take out the deletes of what deferred instances stand on, as the state knows that: they would have to turn to
        something else first."""
        resources = self._prior.resources()
        deletes: dict[str, list[str]] = {}
        for key, step in steps.items():
            if isinstance(step, Delete) and step.deposed is None:
                for name in {key, block_of(key), unkeyed(key)}:
                    deletes.setdefault(name, []).append(key)
        left = [resource for resource in resources.values() if deletes]
        while left:
            resource = left.pop()
            cause = self.kept(resource.address)
            if cause is None:
                continue
            stands_on = (*resource.dependencies, resource.provider.removeprefix(CLUSTER_PREFIX))
            for key in [key for name in stands_on for key in deletes.pop(name, ()) if key in steps]:
                step = steps.pop(key)
                self._add(step.subject, cause._replace(reason="deferred_prereq"), key, step.before)
                left.append(resources[key])
