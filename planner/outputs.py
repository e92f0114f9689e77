"""The stack's outputs: what changes about them in a plan, and what an apply keeps of them."""

from __future__ import annotations

from collections.abc import Iterator

from language.diagnostics import Diagnostics
from language.values import Sensitive, equal, is_wholly_known, type_of, unmark, unmark_deep
from planner.conditions import CheckResult, examine
from planner.evaluate import Evaluator
from planner.exposure import refuse_secret
from planner.plan import OutputChange
from planner.stored import Secrets, restore, store
from state.snapshot import OutputState, Snapshot


def changes(evaluator: Evaluator, snapshot: Snapshot, mode: str, diagnostics: Diagnostics) -> tuple[OutputChange, ...]:
    """Every output before and after. Reports what holds secrets and does not say so."""
    made = []
    wanted = {} if mode == "destroy" else evaluator.configuration.outputs
    for name, output in wanted.items():
        value = evaluator.output(name, diagnostics)
        refuse_secret(output, value, diagnostics)
        made.append(_change(name, snapshot, value, output.sensitive))
    for name, old in snapshot.outputs.items():
        if name not in wanted:
            made.append(OutputChange(name, restore(old.value), None, "delete", old.sensitive))
    return tuple(made)


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
            address = evaluator.prefix + output.address
            yield examine(address, "output_value", output.preconditions, evaluator.scope, "output", diagnostics)


def recorded(evaluator: Evaluator, snapshot: Snapshot, present: Snapshot) -> dict[str, OutputState]:
    """The outputs for the state: those that are null are not kept; one that is still not known stays as it is there."""
    problems = Diagnostics()
    found: dict[str, OutputState] = {}
    for name, output in evaluator.configuration.outputs.items():
        value = evaluator.output(name, problems)
        plain, _ = unmark(value)
        if is_wholly_known(value):
            if plain is None:
                continue
            shown = Sensitive(unmark_deep(plain)[0]) if output.sensitive else value
            found[name] = OutputState(store(shown, snapshot.digest_key), type_of(plain).encode(), output.sensitive)
        elif name in present.outputs:
            found[name] = present.outputs[name]
    return found
