"""`import` blocks: what exists and the state does not know comes into the plan under the address of its resource.

Rules, as Terraform has them: what is in the state already is left alone; `for_each` takes any collection; what does not
exist is an error. What a plan would import and replace at once is refused here: nobody who imports wants to lose it.
"""

from __future__ import annotations

from dataclasses import replace

from graph.addresses import indexed, unkeyed
from language.conversion import ConversionError, convert
from language.diagnostics import Diagnostics, Span
from language.expressions import Expression
from language.marks import unmark_deep
from language.scope import Scope
from language.types import STRING
from language.values import contains_sensitive, is_wholly_known
from planner.configuration.blocks import Import as Block
from planner.desired.desired import DesiredInstance
from planner.evaluation.evaluator import Evaluator
from planner.evaluation.repetition import elements_of
from planner.plan.steps import Import, NoOp, Replace, Step, Update
from planner.prior.clients import diagnostic_of
from planner.prior.reading import Prior
from providers.contract import Client, Values
from providers.contract.diff import without_write_only
from providers.contract.errors import ProviderError

Found = dict[str, tuple[str, Span]]
"""By the address that is imported to: the id, and where that is said."""


class Imports:
    """The imports of a stack, each block evaluated when the first instance of its resource asks."""

    def __init__(self, evaluator: Evaluator, prior: Prior, diagnostics: Diagnostics) -> None:
        self._evaluator = evaluator
        self._prior = prior
        self._diagnostics = diagnostics
        self._blocks: dict[str, list[Block]] = {}
        for block in evaluator.configuration.imports:
            self._blocks.setdefault(block.block, []).append(block)
        self._found: dict[str, Found] = {}
        self._in_flight = {begin.key for begin in prior.snapshot.in_flight}

    def of(self, desired: DesiredInstance) -> str | None:
        """The id that an instance is imported from; None where it is not, or is in the state already."""
        name = unkeyed(desired.address)
        if name not in self._blocks:
            return None
        if name not in self._found:
            self._found[name] = {}
            for block in self._blocks[name]:
                self._evaluate(block, self._found[name])
        if desired.address in self._prior.snapshot.resources or desired.address in self._in_flight:
            return None
        return self._found[name].get(desired.address, (None, None))[0]

    def find(self, desired: DesiredInstance, id: str, client: Client) -> bool:
        """Read what is imported. Whether it is there; what is wrong was reported."""
        span = self._found[unkeyed(desired.address)][desired.address][1]
        plain: Values = unmark_deep(desired.values)[0]
        config = {name: value for name, value in plain.items() if is_wholly_known(value)}
        try:
            observed = desired.kind.found_by_id(client, id, config)
        except ProviderError as failure:
            found = diagnostic_of(failure, desired.address)
            self._diagnostics.append(replace(found, span=span, address=desired.address))
            return False
        if observed is None:
            detail = f'No {desired.type} exists with the id "{id}".'
            advice = "An import takes over what exists. To create it, take the import block out."
            self._diagnostics.error(
                "Cannot import what does not exist", detail, span, address=desired.address, advice=advice
            )
            return False
        values = without_write_only(desired.kind.schema, observed.values)
        self._prior.observed[desired.address] = replace(observed, values=values)
        return True

    def step(self, desired: DesiredInstance, id: str, step: Step) -> Step | None:
        """The step of what was found, as an import."""
        live = self._prior.observed[desired.address]
        assert live is not None
        if isinstance(step, NoOp | Update):
            return Import(
                step.subject,
                before=step.before,
                after=step.after,
                id=id,
                changes=isinstance(step, Update),
                identity=live.identity,
                known=live.private,
                notes=step.notes,
                private=step.private if isinstance(step, Update) else {},
                pending=isinstance(step, Update) and step.pending,
                unknown=isinstance(step, Update) and step.unknown,
            )
        assert isinstance(step, Replace)
        paths = ", ".join(".".join(map(str, path)) for path in step.paths)
        why = f" Another value has: {paths}." if paths else ""
        detail = f'What exists under the id "{id}" could become {desired.address} only by being destroyed first.{why}'
        advice = "Write the resource block as what exists is, import it, and change it then."
        self._diagnostics.error("Import would replace", detail, desired.span, address=desired.address, advice=advice)
        return None

    def unused(self, desired: dict[str, DesiredInstance]) -> None:
        """Report the imports to instances that the configuration does not have."""
        for name in self._blocks:
            for address, (_, span) in self._found.get(name, {}).items():
                if address not in desired:
                    detail = f"The configuration has {name}, but no instance {address}."
                    self._diagnostics.error("Import target does not exist", detail, span)

    # -- blocks to addresses and ids ----------------------------------------------------------------------------------

    def _evaluate(self, block: Block, found: Found) -> None:
        scope = self._evaluator.scope
        repeated = [scope]
        if block.for_each is not None:
            elements = elements_of(block.for_each, scope, self._diagnostics)
            repeated = [scope.child(names) for names in elements or ()]
        for each in repeated:
            address, id = self._address(block, each), self._id(block, each)
            if address is None or id is None:
                continue
            if address in found:
                first = found[address][1]
                detail = f"{address} is imported at {first.file} line {first.start_line} already."
                self._diagnostics.error("Duplicate import", detail, block.span)
                continue
            found[address] = (id, block.id.span)

    def _address(self, block: Block, scope: Scope) -> str | None:
        address = ""
        for step in block.to:
            if isinstance(step, str):
                address += f".{step}" if address else step
                continue
            key = self._known(step, scope, "The key of an import's address")
            if isinstance(key, bool) or not isinstance(key, str | int):
                if key is not None:
                    detail = "The key of an instance is a text or a whole number."
                    self._diagnostics.error("Invalid import address", detail, step.span)
                return None
            address = indexed(address, key)
        return address

    def _id(self, block: Block, scope: Scope) -> str | None:
        value = self._known(block.id, scope, "The id of an import")
        if value is None:
            return None
        try:
            text = convert(value, STRING)
        except ConversionError as failure:
            self._diagnostics.error("Invalid import id", f"The id is not suitable: {failure}.", block.id.span)
            return None
        if not text:
            self._diagnostics.error("Invalid import id", "The id is an empty text.", block.id.span)
        return text or None

    def _known(self, expression: Expression, scope: Scope, what: str) -> object:
        """The value; None where it is in error, which was reported."""
        before = len(self._diagnostics)
        value = expression.evaluate(scope, self._diagnostics)
        if len(self._diagnostics) > before:
            return None
        problem = ""
        if contains_sensitive(value):
            problem = f"{what} is shown in the plan, and cannot be sensitive."
        elif not is_wholly_known(value):
            problem = f"{what} depends on values that are known only after apply."
        elif value is None:
            problem = f"{what} is null."
        if problem:
            self._diagnostics.error("Invalid import id", problem, expression.span)
            return None
        return value
