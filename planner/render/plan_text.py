"""A plan for people: by block, only what changes, secrets masked, what destroys data first, the counts last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from graph.addresses import block_of
from language.values import Sensitive, Unknown
from planner.plan import Drift, OutputChange, Plan
from planner.render.theme import LOOKS, REASONS, counted, look
from planner.render.values import FORCES, UNKNOWN, Diff, Line, scalar
from planner.steps import Adopt, Create, Delete, NoOp, Replace, Step, Update
from providers.contract import Note

if TYPE_CHECKING:
    from rich.console import Console

_SIGN_STYLES = {"+": "green", "-": "red", "~": "yellow", " ": ""}
_NOTE_STYLES = {"drift": "magenta", "held": "cyan", "conflict": "red", "info": "dim"}
_FEW_UNKNOWN = 3


def render(plan: Plan, console: Console) -> None:
    """Print the whole plan. The last line is the summary."""
    from rich.text import Text

    for line in _whole(plan):
        console.print(Text.assemble(*line), soft_wrap=True, highlight=False)


Styled = list[tuple[str, str]]


def _whole(plan: Plan) -> Iterator[Styled]:
    moving = [step for step in plan.steps if not isinstance(step, NoOp)]
    yield from _drift(plan.drift)
    if not plan.changes:
        yield from _nothing(plan)
        return
    if moving:
        yield from _legend(moving)
        yield from _data_loss(plan)
        for block, steps in _by_block(moving):
            yield from _block(block, steps)
    yield from _notes_of_unchanged(plan)
    yield from _outputs(plan.outputs)
    yield from _summary(plan)


def summary(plan: Plan) -> str:
    """The last line of a plan."""
    if not any(not isinstance(step, NoOp) for step in plan.steps) and not plan.changes:
        return "No changes."
    counts = plan.counts
    return f"Plan: {counts.add} to add, {counts.change} to change, {counts.destroy} to destroy."


def _nothing(plan: Plan) -> Iterator[Styled]:
    yield from _notes_of_unchanged(plan)
    if plan.mode == "refresh-only" and plan.drift:
        yield [("The state would be told what changed outside; nothing else would be done.", "")]
    elif plan.mode == "destroy":
        yield [("There is nothing to destroy.", "")]
    else:
        yield [("What exists is what the configuration asks for.", "")]
    yield [("", "")]
    yield [("No changes.", "bold green")]


def _summary(plan: Plan) -> Iterator[Styled]:
    yield [(summary(plan), "bold")]


def _legend(steps: list[Step]) -> Iterator[Styled]:
    seen = dict.fromkeys(type(step) for step in steps)
    parts: Styled = []
    words = {
        "Create": "create",
        "Update": "update in place",
        "Replace": "replace",
        "Delete": "destroy",
        "Forget": "forget",
        "Adopt": "adopt or create",
        "Read": "read",
    }
    for kind in LOOKS:
        if kind in seen and kind is not NoOp:
            symbol = LOOKS[kind]
            parts += [("   " if parts else "", ""), (symbol.symbol, f"bold {symbol.style}"), (f" {words[kind.__name__]}", "")]
    yield parts
    yield [("", "")]


def _data_loss(plan: Plan) -> Iterator[Styled]:
    lost = plan.data_loss
    if not lost:
        return
    yield [("  ! ", "bold white on red"), (" This plan destroys what holds data:", "bold red")]
    for step in lost:
        yield [("      ", ""), (f"{look(step).symbol} {step.subject.address}", "red")]
    if not plan.allow_data_loss:
        yield [("    It is refused without -allow-data-loss.", "red")]
    yield [("", "")]


def _by_block(steps: Iterable[Step]) -> Iterator[tuple[str, list[Step]]]:
    blocks: dict[str, list[Step]] = {}
    for step in steps:
        blocks.setdefault(step.subject.block, []).append(step)
    yield from blocks.items()


def _block(block: str, steps: list[Step]) -> Iterator[Styled]:
    expanded = [step for step in steps if block_of(step.subject.address) != step.subject.address and "/" in step.subject.address]
    if expanded:
        tally = ", ".join(_tally(steps))
        yield [(f"{block}", "bold"), (f"  {tally}", "dim")]
    for step in steps:
        yield from _step(step, indent=2 if expanded else 0, name=step.subject.address.removeprefix(f"{block}/"))
    yield [("", "")] if expanded else []


def _tally(steps: list[Step]) -> list[str]:
    counts: dict[str, int] = {}
    for step in steps:
        word = look(step).will.removeprefix("will be ").removeprefix("must be ").removeprefix("is gone and will be ")
        counts[word] = counts.get(word, 0) + 1
    return [f"{count} {word}" for word, count in counts.items()]


def _step(step: Step, *, indent: int, name: str) -> Iterator[Styled]:
    seen = look(step)
    pad = " " * indent
    reason = _reason(step)
    head: Styled = [(pad, ""), (f"{seen.symbol:>3} ", f"bold {seen.style}"), (name, "bold")]
    said = f"  {seen.will}" + (f": {reason}" if reason else "")
    yield [*head, (said, "dim")]
    inner = pad + "      "
    yield from _notes(step, inner)
    if isinstance(step, Delete):
        return
    lines, hidden, unknown = _difference(step)
    for line in lines:
        yield _line(line, inner)
    if unknown:
        yield [(f"{inner}  {unknown}", "dim")]
    if hidden and isinstance(step, Update | Replace):
        yield [(f"{inner}  # {counted(hidden, 'value')} unchanged", "dim")]
    if not name or indent == 0:
        yield [("", "")]


def _reason(step: Step) -> str:
    reason = getattr(step, "reason", "")
    return REASONS.get(reason, "") if reason != "immutable" else ""


def _difference(step: Step) -> tuple[list[Line], int, str]:
    view = step.subject.view
    before, after = _viewed(getattr(step, "before", None), view), _viewed(getattr(step, "after", None), view)
    paths = step.paths if isinstance(step, Replace) else ()
    if view is not None:
        paths = tuple(path[1:] for path in paths if path and path[0] == view)
    diff = Diff(yaml=view is not None, replacing=paths)
    unknown = ""
    if isinstance(step, Create | Adopt):
        after, unknown = _without_unknown(after)
        return diff.lines(None, after), 0, unknown
    lines = diff.lines(before, after)
    return lines, diff.hidden, unknown


def _viewed(values: Any, view: str | None) -> Any:
    if values is None or view is None:
        return values or None
    seen = values.get(view)
    return seen.value if isinstance(seen, Sensitive) else seen if isinstance(seen, dict) else values.get("manifest")


def _without_unknown(after: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """A creation's values, with those that are wholly unknown told in one line when they are many."""
    unknown = [name for name, value in after.items() if isinstance(value, Unknown)]
    if len(unknown) <= _FEW_UNKNOWN:
        return after, ""
    known = {name: value for name, value in after.items() if name not in unknown}
    return known, f"{UNKNOWN}: {', '.join(unknown)}"


def _line(line: Line, pad: str) -> Styled:
    style = _SIGN_STYLES[line.sign]
    masked = "dim" if UNKNOWN in line.text and line.sign == "+" else style
    parts: Styled = [(f"{pad}{line.sign} ", style), ("  " * line.depth + line.text, masked)]
    if line.note:
        parts.append((f"  {line.note}", "bold red" if line.note == FORCES else "dim"))
    return parts


def _notes(step: Step, pad: str) -> Iterator[Styled]:
    notes: tuple[Note, ...] = getattr(step, "notes", ())
    for note in notes:
        where = ".".join(str(part) for part in note.path)
        yield [(f"{pad}# ", "dim"), (f"{where}: " if where else "", "dim"), (note.message, _NOTE_STYLES[note.kind])]


def _notes_of_unchanged(plan: Plan) -> Iterator[Styled]:
    noted = [step for step in plan.steps if isinstance(step, NoOp) and step.notes]
    for step in noted:
        yield [("    ", ""), (step.subject.address, "bold"), ("  stays as it is", "dim")]
        yield from _notes(step, "      ")
    if noted:
        yield [("", "")]


def _drift(drift: tuple[Drift, ...]) -> Iterator[Styled]:
    if not drift:
        return
    yield [("Changed outside of freehold since the last apply:", "bold magenta")]
    for item in drift:
        yield [("  ~ ", "magenta"), (item.address, "bold")]
        diff = Diff(yaml=False)
        for line in diff.lines(item.before, item.after or {}):
            yield _line(line, "      ")
    yield [("", "")]


def _outputs(outputs: tuple[OutputChange, ...]) -> Iterator[Styled]:
    moving = [output for output in outputs if output.action != "no-op"]
    if not moving:
        return
    yield [("Outputs:", "bold")]
    width = max(len(output.name) for output in moving)
    for output in moving:
        sign = {"create": "+", "update": "~", "delete": "-"}[output.action]
        before, after = (scalar(_masked(value, output)) for value in (output.before, output.after))
        text = {"create": after, "delete": before, "update": f"{before} -> {after}"}[output.action]
        yield [(f"  {sign} ", _SIGN_STYLES[sign]), (f"{output.name:<{width}} = {text}", "")]
    yield [("", "")]


def _masked(value: Any, output: OutputChange) -> Any:
    return Sensitive(value) if output.sensitive else value
