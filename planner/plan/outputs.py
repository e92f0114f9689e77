"""The stack's outputs: what changes about them in a plan, and what an apply keeps of them."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from language.diagnostics import Diagnostics
from language.marks import unmark, unmark_deep
from language.values import Sensitive, contains_sensitive, equal, is_wholly_known, type_of
from planner.configuration.blocks import Output
from planner.evaluation.conditions import CheckResult, examine
from planner.evaluation.evaluator import Evaluator
from planner.evaluation.stored import Secrets, restore, store
from planner.plan.limits import Limits
from planner.plan.plan import OutputChange
from state.snapshot import OutputState, Snapshot


def changes(
    evaluator: Evaluator, snapshot: Snapshot, limits: Limits | None, diagnostics: Diagnostics
) -> tuple[OutputChange, ...]:
    """Every output before and after that is part of the plan. Reports what holds secrets and does not say so."""
    configured = evaluator.configuration.outputs
    within = configured.keys() if limits is None else limits.outputs()
    made = []
    for name, output in configured.items():
        if name in within:
            value = evaluator.output(name, diagnostics)
            _hidden(output, value, diagnostics)
            made.append(_change(name, snapshot, value, output.sensitive))
    removed = () if limits is not None and limits.targeted else snapshot.outputs.keys() - configured.keys()
    return (*made, *removals(snapshot, removed))


def removals(snapshot: Snapshot, names: Container[str]) -> tuple[OutputChange, ...]:
    """The removal of outputs that the state has."""
    return tuple(
        OutputChange(name, restore(old.value), None, "delete", old.sensitive)
        for name, old in snapshot.outputs.items()
        if name in names
    )


def check(evaluator: Evaluator, name: str, diagnostics: Diagnostics) -> None:
    """Report what is wrong with an output by what is known of its value."""
    output = evaluator.configuration.outputs[name]
    value = evaluator.output(name, diagnostics)
    if not evaluator.path:
        _hidden(output, value, diagnostics)
    _precondition(evaluator, output, diagnostics)


def _hidden(output: Output, value: object, diagnostics: Diagnostics) -> None:
    if contains_sensitive(value) and not output.sensitive:
        detail = f'The value of output "{output.name}" holds something sensitive, and would be shown.'
        advice = "If you mean to keep it, add sensitive = true to the output."
        diagnostics.error("Output refers to sensitive values", detail, output.value.span, advice=advice)


def _precondition(evaluator: Evaluator, output: Output, diagnostics: Diagnostics) -> CheckResult:
    address = evaluator.prefix + output.address
    return examine(address, "output_value", output.preconditions, evaluator.scope, "output", diagnostics)


def _change(name: str, snapshot: Snapshot, value: object, sensitive: bool) -> OutputChange:
    old = snapshot.outputs.get(name)
    if old is None:
        return OutputChange(name, None, value, "no-op" if unmark(value)[0] is None else "create", sensitive)
    before = restore(old.value)
    revealed = Secrets(value, snapshot.digest_key).reveal(before)
    same = equal(revealed, unmark_deep(value)[0]) and old.sensitive == sensitive
    return OutputChange(name, before, value, "no-op" if same else "update", sensitive)


def conditions(evaluator: Evaluator, diagnostics: Diagnostics) -> Iterator[CheckResult]:
    """How the preconditions of a module instance's outputs come out."""
    for output in evaluator.configuration.outputs.values():
        if output.preconditions:
            yield _precondition(evaluator, output, diagnostics)


def recorded(
    evaluator: Evaluator,
    snapshot: Snapshot,
    present: Snapshot,
    planned: Sequence[OutputChange],
    diagnostics: Diagnostics,
) -> dict[str, OutputState]:
    """The outputs for the state, where those are others that the plan has: those that are null are not kept; one that
    is still not known stays as it is there."""
    found = left(present, planned)
    made = {change.name for change in planned if change.action != "delete"}
    for name, output in evaluator.configuration.outputs.items():
        if name not in made:
            continue
        value = evaluator.output(name, diagnostics)
        plain, _ = unmark(value)
        if is_wholly_known(value):
            if plain is None:
                continue
            shown = Sensitive(unmark_deep(plain)[0]) if output.sensitive else value
            found[name] = OutputState(store(shown, snapshot.digest_key), type_of(plain).encode(), output.sensitive)
        elif name in present.outputs:
            found[name] = present.outputs[name]
    return found


def left(present: Snapshot, planned: Sequence[OutputChange]) -> dict[str, OutputState]:
    """The outputs that are no part of a plan."""
    names = {change.name for change in planned}
    return {name: output for name, output in present.outputs.items() if name not in names}
