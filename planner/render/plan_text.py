"""A plan for people: what destroys data first, then block by block what changes, outputs, and the counts last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from language.values import Sensitive
from planner.desired.desired import CLUSTER_PREFIX
from planner.plan.plan import Drift, OutputChange, Plan
from planner.plan.steps import Create, NoOp, Step
from planner.render import step_text
from planner.render.diff import Diff, Limits
from planner.render.notation import Hcl, Outputs, Yaml
from planner.render.paint import Styled, write
from planner.render.theme import DEFERRED, LOOKS, counted, look

if TYPE_CHECKING:
    from rich.console import Console

    from planner.apply.outcome import Result

_BLANK: Styled = []
_MOST_LINES = 100
"""Lines that the new objects of one app may take together; beyond, each is one line."""
_WIDEST = 100
_NAMED = 5
"""Addresses that are named, of those that an apply left for the next one."""


def render(plan: Plan, console: Console, *, whole: bool = False) -> None:
    """Print the plan. The last line is the summary. `whole` cuts nothing and shows every new object in full."""
    width = console.width if console.is_terminal else _WIDEST
    write(console, lines(plan, whole=whole, room=max(24, min(width, _WIDEST) - 16)))


def lines(plan: Plan, *, whole: bool = False, room: int = 68) -> Iterator[Styled]:
    """The lines of `render`; `room` is the longest value with parts that is put on one line."""
    moving = [step for step in plan.steps if not isinstance(step, NoOp)]
    yield from _data_loss(plan)
    yield from _drift(plan, room)
    if moving:
        yield from _legend(moving)
        cut = False
        for block, steps in _by_block(moving):
            brief = not whole and _is_long(block, steps, room)
            cut = cut or brief
            yield from _block(block, steps, brief, whole, room)
            yield _BLANK
        if cut:
            yield [
                ("# What is new in one line each is shown in full by freehold show, of a plan saved with -out.", "dim")
            ]
            yield _BLANK
    yield from _unchanged(plan.steps)
    yield from _deferred(plan)
    yield from _outputs(plan.outputs, room)
    yield from _end(plan)


def summary(plan: Plan) -> str:
    """The last line of a plan."""
    if not plan.changes and not plan.deferred:
        return "No changes."
    counts = plan.counts
    imports = f"{counts.import_} to import, " if counts.import_ else ""
    deferred = f", {counts.deferred} deferred" if counts.deferred else ""
    return f"Plan: {imports}{counts.add} to add, {counts.change} to change, {counts.destroy} to destroy{deferred}."


def done(plan: Plan, result: Result) -> str:
    """The last line of an apply that went well; of another one how it ended, and what was done."""
    name = "Destroy" if plan.mode == "destroy" else "Apply"
    imports = f"{result.imported} imported, " if result.imported else ""
    counts = f"Resources: {imports}{result.added} added, {result.changed} changed, {result.destroyed} destroyed."
    if result.interrupted:
        return f"{name} interrupted. {counts}"
    if result.diagnostics.has_errors:
        return f"{name} failed in part. {counts}"
    return f"{name} complete! {counts}"


def _end(plan: Plan) -> Iterator[Styled]:
    if plan.targets:
        yield [("This is not the whole: the plan is limited to " + ", ".join(plan.targets) + ".", "yellow")]
        yield _BLANK
    if plan.changes or plan.deferred:
        if plan.counts.forget:
            dropped = counted(plan.counts.forget, "resource")
            yield [(f"{dropped} will be dropped from the state; nothing is done to what exists.", "dim")]
            yield _BLANK
        yield [(summary(plan), "bold")]
        return
    if plan.mode == "refresh-only" and plan.drift:
        yield [("An apply would record what changed outside in the state, and do nothing else.", "")]
    elif plan.mode == "destroy":
        yield [("There is nothing to destroy.", "")]
    else:
        yield [("What exists is what the configuration asks for.", "")]
    yield _BLANK
    yield [(summary(plan), "bold green")]


# -- sections ---------------------------------------------------------------------------------------------------------


def _data_loss(plan: Plan) -> Iterator[Styled]:
    lost = plan.data_loss
    if not lost:
        return
    yield [(" ! This plan destroys data ", "bold white on red")]
    yield _BLANK
    for step in lost:
        yield [(f"  {look(step).symbol:>3} ", "bold red"), (step.subject.address, "bold"), ("  destroys data", "red")]
    yield _BLANK
    if not plan.allow_data_loss:
        yield [("  It is refused without -allow-data-loss.", "red")]
        yield _BLANK


def _drift(plan: Plan, room: int) -> Iterator[Styled]:
    if not plan.drift:
        return
    views = {step.subject.address: step.subject.view for step in plan.steps}
    yield [("Changed outside of freehold since the last apply", "bold magenta")]
    yield _BLANK
    for drift in plan.drift:
        yield from _drifted(drift, views.get(drift.address), room)
    yield _BLANK


def _drifted(drift: Drift, view: str | None, room: int) -> Iterator[Styled]:
    who = f" by {', '.join(drift.by)}" if drift.by else ""
    removed = drift.after is None
    said = f"  # {'was deleted' if removed else 'changed'}{who}"
    yield [("    - " if removed else "    ~ ", "magenta"), (drift.address, "bold"), (said, "dim")]
    if drift.after is None:
        return
    diff = Diff(Hcl() if view is None else Yaml(), limits=Limits(room))
    before, after = (side if view is None else side.get(view) for side in (drift.before, drift.after))
    found = diff.lines(before, after)
    yield from step_text.body_text(step_text.Body(found, diff.hidden), "        ", view is not None)


def _legend(steps: Sequence[Step]) -> Iterator[Styled]:
    order = [each.does for each in LOOKS.values()]
    made: Styled = []
    for seen in sorted({look(step) for step in steps}, key=lambda each: (order.index(each.does), each.symbol)):
        how = f" ({seen.how})" if seen.how else ""
        made += [("   " if made else "", ""), (seen.symbol, f"bold {seen.style}"), (f" {seen.does}{how}", "dim")]
    yield made
    yield _BLANK


def _unchanged(steps: Iterable[Step]) -> Iterator[Styled]:
    """What stays as it is, where there is something to say of it."""
    noted = [step for step in steps if isinstance(step, NoOp) and (step.notes or step.subject.previous)]
    for step in noted:
        previous = step.subject.previous
        said = f"  # moved from {previous}" if previous else "  # stays as it is"
        yield [("    ", ""), (step.subject.address, "bold"), (said, "dim")]
        yield from step_text.notes(step, "        ")
    if noted:
        yield _BLANK


def _deferred(plan: Plan) -> Iterator[Styled]:
    if not plan.deferred:
        return
    yield [("Deferred until more is known", "bold cyan")]
    yield _BLANK
    for each in plan.deferred:
        kept = ", what exists is kept" if each.before else ""
        yield [("  ? ", "cyan"), (each.subject.address, "bold"), (f"  # {DEFERRED[each.reason]}{kept}", "dim")]
        if each.expression:
            place = f"  on {each.span.file} line {each.span.start_line}" if each.span else ""
            yield [("      not known: ", "dim"), (" ".join(each.expression.split())[:_WIDEST], ""), (place, "dim")]
    yield _BLANK


def left(plan: Plan) -> Styled:
    """What is said after an apply that left something for the next one."""
    names = ", ".join(each.subject.address for each in plan.deferred[:_NAMED])
    more = f" and {len(plan.deferred) - _NAMED} more" if len(plan.deferred) > _NAMED else ""
    return [(f"Deferred: {names}{more}. More is known by now: run freehold apply again.", "cyan")]


def _outputs(outputs: tuple[OutputChange, ...], room: int) -> Iterator[Styled]:
    moving = [output for output in outputs if output.action != "no-op"]
    if not moving:
        return
    before = {o.name: _value(o.before, o) for o in moving if o.action != "create"}
    after = {o.name: _value(o.after, o) for o in moving if o.action != "delete"}
    yield [("Changes to outputs", "bold")]
    yield _BLANK
    for line in Diff(Outputs(), limits=Limits(room)).lines(before, after):
        yield step_text.painted(line, "    ")
    yield _BLANK


def _value(value: Any, output: OutputChange) -> Any:
    return Sensitive(value) if output.sensitive else value


# -- blocks -----------------------------------------------------------------------------------------------------------


def _by_block(steps: Iterable[Step]) -> Iterable[tuple[str, list[Step]]]:
    blocks: dict[str, list[Step]] = {}
    for step in steps:
        blocks.setdefault(step.subject.block, []).append(step)
    return blocks.items()


def _is_expanded(block: str, steps: list[Step]) -> bool:
    """Whether a block stands for things below it, as clusters and apps do."""
    return any(step.subject.address.startswith(f"{block}/") for step in steps)


def _is_long(block: str, steps: list[Step], room: int) -> bool:
    total = 0
    for step in steps:
        if isinstance(step, Create) and step.subject.view is not None:
            total += len(step_text.body(step, Limits(room)).lines)
            if total > _MOST_LINES:
                return True
    return False


def _block(block: str, steps: list[Step], brief: bool, whole: bool, room: int) -> Iterator[Styled]:
    expanded = _is_expanded(block, steps)
    if expanded:
        yield [(block, "bold underline"), (f"  {_place(steps)}: {_tally(steps)}", "dim")]
        yield _BLANK
    pad = "  " if expanded else ""
    for step in steps:
        name = step.subject.address.removeprefix(f"{block}/")
        if brief and isinstance(step, Create) and step.subject.view is not None:
            size = len(step_text.body(step, Limits(room)).lines)
            yield step_text.head(step, pad, name, counted(size, "line"))
        else:
            yield from step_text.text(step, pad, name, whole=whole, room=room)


def _place(steps: list[Step]) -> str:
    """Where the block is: on which cluster, or with which provider and in which region."""
    provider = steps[0].subject.provider
    if provider.startswith(CLUSTER_PREFIX):
        return f"on {provider.removeprefix(CLUSTER_PREFIX)}"
    for step in steps:
        values = step.after or step.before
        region = values.get("region") or values.get("location")
        if isinstance(region, str):
            return f"{provider}, {region}"
    return provider


def _tally(steps: list[Step]) -> str:
    counts: dict[str, int] = {}
    for step in steps:
        counts[look(step).does] = counts.get(look(step).does, 0) + 1
    return ", ".join(f"{count} to {does}" for does, count in counts.items())
