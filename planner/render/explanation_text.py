"""The explanation of a step as lines: what was asked, what was answered, what is waited for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from planner.plan.explanation import Explanation, Question
from planner.plan.steps import Step
from planner.render.diff import UNLIMITED, Diff
from planner.render.notation import Hcl
from planner.render.paint import Styled
from planner.render.step_text import head, painted
from planner.render.theme import REASONS
from providers.contract import Values


def text(explanation: Explanation) -> Iterator[Styled]:
    """All lines of it."""
    step = explanation.step
    yield head(step, "", step.subject.address)
    yield from _about(step)
    for number, question in enumerate(explanation.questions):
        if number:
            yield []
            yield [("  It cannot become that in place; as a new one:", "")]
        yield from _question(question)
    if not explanation.questions:
        yield [("  Its kind was not asked: the configuration does not ask for it.", "")]
    yield from _waiting(explanation)


def _about(step: Step) -> Iterator[Styled]:
    subject = step.subject
    if subject.span is not None:
        yield [(f"  written at {subject.span.file} line {subject.span.start_line}", "dim")]
    why = REASONS.get(step.reason)
    if why is not None:
        yield [(f"  because {why.words}", "")]
    yield [(f"  planned by {subject.source or subject.type} for {subject.provider}", "dim")]


def _question(question: Question) -> Iterator[Styled]:
    yield from _section("The configuration sets", None, question.config)
    if question.prior is None:
        yield []
        yield [("  Nothing exists of it.", "")]
        yield from _section("The proposal", None, question.proposed)
    else:
        yield from _section("The proposal, against what exists", question.prior, question.proposed)
    if question.planned != question.proposed:
        yield from _section("What its kind made of the proposal", question.proposed, question.planned)
    for path in question.replace:
        yield [(f"  {'.'.join(map(str, path))} forces a replacement", "red")]
    for note in question.notes:
        where = ".".join(map(str, note.path))
        yield [(f"  {where}: {note.message}" if where else f"  {note.message}", "")]


def _section(title: str, before: Values | None, after: Values) -> Iterator[Styled]:
    shown = {name: value for name, value in after.items() if value is not None or (before or {}).get(name) is not None}
    found = list(Diff(Hcl(), limits=UNLIMITED).lines(before, shown if before is None else after))
    yield []
    yield [(f"  {title}:", "bold")]
    if not found:
        yield [("      (the same)", "dim")]
    for line in found:
        yield painted(line if before is not None else replace(line, sign=" "), "    ")


def _waiting(explanation: Explanation) -> Iterator[Styled]:
    yield []
    if not explanation.waiting:
        yield [("  It waits for nothing.", "")]
        return
    yield [("  It waits for:", "bold")]
    for each in explanation.waiting:
        (_, verb), (behind, other) = each.operation, each.behind
        yield [(f"    its {verb} for the {other} of {behind}: {each.why}", "")]
