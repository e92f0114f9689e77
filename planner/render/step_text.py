"""One step of a plan as lines: its symbol and name, what is said of it, and what of it changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from language.values import Sensitive, Unknown, equal
from planner.plan.steps import Adopt, Create, Delete, Forget, Import, NoOp, Read, Replace, Resume, Step, Update
from planner.render.diff import FORCES, UNLIMITED, Diff, Limits, Line
from planner.render.notation import SECRET, UNKNOWN, Hcl, Yaml, is_container
from planner.render.paint import Styled
from planner.render.theme import REASONS, counted, look
from providers.contract import ValuePath

SIGN_STYLES = {"+": "green", "-": "red", "~": "yellow", " ": ""}
_NOTE_STYLES = {"drift": "magenta", "held": "cyan", "conflict": "red", "holds": "red", "info": "dim"}
_QUIET = (UNKNOWN, SECRET)


@dataclass(frozen=True, slots=True)
class Body:
    """What a step changes, as lines; `hidden` members are unchanged, `unknown` ones come with the apply, `echoes` say
    the same as another member."""

    lines: list[Line]
    hidden: int = 0
    unknown: tuple[str, ...] = ()
    echoes: tuple[tuple[str, str], ...] = ()
    dropped: int = 0


def head(step: Step, pad: str, name: str, more: str = "") -> Styled:
    """The step's symbol and name, and what will become of it where that is more than its symbol says."""
    seen = look(step)
    made: Styled = [(f"{pad}{seen.symbol:>3} ", f"bold {seen.style}"), (name, "bold")]
    if isinstance(step, Delete | Resume) and step.deposed:
        made.append((f" (deposed {step.deposed})", ""))
    why = REASONS.get(step.reason)
    at_its_value = isinstance(step, Replace) and step.reason == "immutable" and bool(step.paths)
    said = "" if isinstance(step, Create) else seen.will
    if isinstance(step, Resume):
        said = f"resume {step.action} (since {_clock_time(step.since)})"
    if why is not None and not at_its_value:
        said = f"{seen.will}: {why.words}"
    previous = f"moved from {step.subject.previous}" if step.subject.previous else ""
    imported = f'from "{step.id}"' if isinstance(step, Import) else ""
    remark = ", ".join(part for part in (said, imported, previous, more) if part)
    if remark:
        made.append((f"  # {remark}", "dim"))
    return made


def _clock_time(since: str) -> str:
    """A time of RFC 3339 as the clocks here show it."""
    return f"{datetime.fromisoformat(since).astimezone():%H:%M}"


def notes(step: Step, pad: str) -> Iterator[Styled]:
    """What drifted and who did it, what is left to a controller."""
    found = step.notes
    for note in found:
        where = ".".join(str(part) for part in note.path)
        yield [(f"{pad}# ", "dim"), (f"{where}: " if where else "", "dim"), (note.message, _NOTE_STYLES[note.kind])]


def text(step: Step, pad: str, name: str, *, whole: bool = False, room: int = 68) -> Iterator[Styled]:
    """All lines of a step. `whole` cuts nothing; `room` is the longest value with parts on one line."""
    yield head(step, pad, name)
    inner = pad + "      "
    yield from notes(step, inner)
    limits = Limits(room, UNLIMITED.longest, UNLIMITED.lines) if whole else Limits(room)
    yield from body_text(body(step, limits), inner, step.subject.view is not None)


def body(step: Step, limits: Limits) -> Body:
    """What a step changes."""
    view = step.subject.view
    match step:
        case Create() | Read() | Adopt():
            return _created(_viewed(step.after, view), view is not None, limits)
        case Resume(action="create"):
            return _created(_viewed(step.after, view), view is not None, limits)
        case Resume(action="delete"):
            return Body([])
        case Update() | Import() | Resume():
            return _updated(step.before, step.after, view, limits)
        case Replace():
            return _replaced(step.before, step.after, view, step.paths, limits)
        case Delete() | Forget() | NoOp():
            return Body([])


def body_text(body: Body, pad: str, is_view: bool) -> Iterator[Styled]:
    """The lines of a body, and what was left out of it."""
    for line in body.lines:
        yield painted(line, pad)
    if body.unknown:
        yield [(f"{pad}# {UNKNOWN[1:-1]}: {', '.join(body.unknown)}", "dim")]
    for name, other in body.echoes:
        yield [(f"{pad}# {name} is the same as {other}", "dim")]
    word = "field" if is_view else "attribute"
    if body.hidden:
        yield [(f"{pad}# ({counted(body.hidden, f'unchanged {word}')} hidden)", "dim")]
    if body.dropped:
        yield [(f"{pad}# ({counted(body.dropped, word)} of the old one not asked for, hidden)", "dim")]


def painted(line: Line, pad: str) -> Styled:
    """A line of a difference with its sign in front."""
    style = SIGN_STYLES[line.sign]
    made: Styled = [(f"{pad}{line.sign} ", style)]
    if line.change is not None:
        old, new = line.change
        made += [("  " * line.depth + line.text, ""), (old, "red"), (" -> ", "dim")]
        made.append((new, "dim" if new in _QUIET else "green"))
    else:
        quiet = line.text.endswith(_QUIET)
        made.append(("  " * line.depth + line.text, "dim" if quiet else style if line.sign != "~" else ""))
    if line.note:
        made.append((f"  {line.note}", "bold red" if line.note == FORCES else "dim"))
    return made


def _notation(is_view: bool) -> Hcl | Yaml:
    return Yaml() if is_view else Hcl()


def _viewed(values: dict[str, Any] | None, view: str | None) -> dict[str, Any] | None:
    """The part that people read. Where it is no object, or is secret as a whole, it is a member of its own."""
    if not values or view is None:
        return values or None
    seen = values.get(view)
    return seen if isinstance(seen, dict) else {view: seen}


def _created(after: dict[str, Any] | None, is_view: bool, limits: Limits) -> Body:
    if is_view or after is None:
        return Body(Diff(_notation(is_view), limits=limits).lines(None, after))
    known, unknown = _without_unknown(after, tuple(after))
    echoes = dict(_echoes(known))
    said = {name: value for name, value in known.items() if name not in echoes}
    return Body(Diff(Hcl(), limits=limits).lines(None, said), unknown=unknown, echoes=tuple(echoes.items()))


def _echoes(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Members with parts that are the same as another one's, which they are named after: tags_all and tags."""
    for name, value in values.items():
        other = next((each for each in values if each != name and name.startswith(f"{each}_")), None)
        if other is not None and is_container(value) and equal(value, values[other]):
            yield name, other


def _without_unknown(after: dict[str, Any], names: Iterable[str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Those members of `names` that are wholly unknown are told in one line."""
    unknown = tuple(name for name in names if isinstance(_bare(after.get(name)), Unknown))
    return {name: value for name, value in after.items() if name not in unknown}, unknown


def _bare(value: Any) -> Any:
    return value.value if isinstance(value, Sensitive) else value


def _updated(before: dict[str, Any], after: dict[str, Any], view: str | None, limits: Limits) -> Body:
    diff = Diff(_notation(view is not None), limits=limits)
    lines = diff.lines(_viewed(before, view), _viewed(after, view))
    if lines or view is None:
        return Body(lines, diff.hidden)
    beside = Diff(Hcl(), limits=limits)
    rest = [{name: value for name, value in side.items() if name != view} for side in (before, after)]
    return Body(beside.lines(rest[0], rest[1]), diff.hidden + beside.hidden)


def _replaced(
    before: dict[str, Any], after: dict[str, Any], view: str | None, paths: tuple[ValuePath, ...], limits: Limits
) -> Body:
    """What only the service gave to the old one is counted: unknown attributes, fields that no manifest names."""
    if view is None:
        known, unknown = _without_unknown(after, [name for name in after if (name,) not in paths])
        diff = Diff(Hcl(), replacing=paths, limits=limits)
        lines = diff.lines({name: value for name, value in before.items() if name not in unknown}, known)
        return Body(lines, diff.hidden, unknown)
    diff = Diff(Yaml(), replacing=tuple(path[1:] for path in paths), limits=limits)
    lines = diff.lines(_viewed(before, view), _viewed(after, view))
    kept = [line for line in lines if line.sign != "-" or line.note]
    return Body(kept, diff.hidden, dropped=len(lines) - len(kept))
