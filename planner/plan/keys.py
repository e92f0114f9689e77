"""What a service takes for one and the same thing has one address."""

from __future__ import annotations

from collections.abc import Iterable

from language.diagnostics import Diagnostics, Span
from planner.desired.desired import DesiredInstance
from planner.evaluation.marking import without_secrets


def refuse_duplicates(desired: Iterable[DesiredInstance], diagnostics: Diagnostics) -> None:
    """Report instances that have the key of another one, with both places."""
    found: dict[tuple[str, str, tuple[str, ...]], DesiredInstance] = {}
    for each in desired:
        key = each.kind.key(without_secrets(each.values))
        if key is None:
            continue
        first = found.setdefault((each.client, each.type, key), each)
        if first is not each:
            both = f"{first.address}{_at(first.span)} and {each.address}{_at(each.span)}"
            detail = f"{both} are both the {each.type} {'/'.join(part for part in key if part)}."
            advice = "Take one of them out, or give it a name of its own."
            diagnostics.error("Duplicate resource", detail, each.span, address=each.address, advice=advice)


def _at(span: Span | None) -> str:
    return f" ({span.file} line {span.start_line})" if span is not None else ""
