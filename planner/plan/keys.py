"""What a service takes for one and the same thing has one address, and is known by what is not sensitive."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from language.diagnostics import Diagnostics, Span
from language.marks import unmark_deep
from language.values import Sensitive, Unknown, contains_sensitive, transform
from planner.desired.desired import DesiredInstance
from planner.evaluation.marking import without_secrets
from planner.evaluation.stored import reopen
from providers.contract import ValuePath


def refuse_duplicates(desired: Iterable[DesiredInstance], diagnostics: Diagnostics) -> None:
    """Report instances that have the key of another one, with both places."""
    found: dict[tuple[str, str, tuple[str, ...]], DesiredInstance] = {}
    for each in desired:
        key = each.kind.key(without_secrets(each.values))
        if key is None:
            if contains_sensitive(each.values):
                _refuse_sensitive(each, diagnostics)
            continue
        first = found.setdefault((each.client, each.type, key), each)
        if first is not each:
            both = f"{first.address}{_at(first.span)} and {each.address}{_at(each.span)}"
            detail = f"{both} are both the {each.type} {'/'.join(part for part in key if part)}."
            advice = "Take one of them out, or give it a name of its own."
            diagnostics.error("Duplicate resource", detail, each.span, address=each.address, advice=advice)


def _refuse_sensitive(desired: DesiredInstance, diagnostics: Diagnostics) -> None:
    """Report an instance whose key is sensitive: the state has to keep it, to find the thing again."""

    def known(part: Any, path: ValuePath) -> Any:
        return Sensitive(_ANY_TEXT) if isinstance(part, Sensitive) and isinstance(part.value, Unknown) else part

    plain, paths = unmark_deep(transform(desired.values, known))
    if desired.kind.key(plain) is None:
        return
    named = [path for path in paths if desired.kind.key(reopen(plain, [path])) is None]
    names = ", ".join(".".join(map(str, path)) for path in named)
    detail = f"A {desired.type} is found again by {names}, so that the state keeps it and plans show it as it is."
    advice = "Where it is no secret, say so with nonsensitive(...); else give it a name that is none."
    diagnostics.error("Sensitive identity", detail, desired.span, address=desired.address, advice=advice)


_ANY_TEXT = "not known yet"
"""Stands for a sensitive value that comes with the apply."""


def _at(span: Span | None) -> str:
    return f" ({span.file} line {span.start_line})" if span is not None else ""
