"""What a service takes for one and the same thing has one address, and is known by what is not sensitive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from graph.addresses import block_of, unkeyed
from language.diagnostics import Diagnostics, Span
from language.marks import unmark_deep
from language.values import Sensitive, Unknown, contains_sensitive, transform
from planner.configuration.blocks import Configuration
from planner.desired.desired import DesiredInstance
from planner.evaluation.marking import without_secrets
from planner.evaluation.stored import reopen
from planner.plan.steps import Adopt, Create, Delete, Replace, Step
from planner.prior.reading import Prior
from providers import Registry
from providers.contract import ResourceKind, ValuePath, Values

Identity: TypeAlias = tuple[str, str, tuple[str, ...]]
"""The provider configuration (or the cluster), the type, and what the service tells two of the type apart by."""


def identity_of(client: str, type_: str, kind: ResourceKind, values: Values) -> Identity | None:
    """Of an instance, as far as it is known."""
    key = kind.key(without_secrets(values))
    return (client, type_, key) if key is not None else None


def keeps_key(kind: ResourceKind, before: Values, after: Values) -> bool:
    """Whether two of these cannot be there side by side: the service takes them for one."""
    key = kind.key(without_secrets(before))
    return key is not None and key == kind.key(without_secrets(after))


def refuse_duplicates(desired: Iterable[DesiredInstance], diagnostics: Diagnostics) -> None:
    """Report instances that have the key of another one, with both places."""
    found: dict[Identity, DesiredInstance] = {}
    for each in desired:
        identity = identity_of(each.client, each.type, each.kind, each.values)
        if identity is None:
            if contains_sensitive(each.values):
                _refuse_sensitive(each, diagnostics)
            continue
        first = found.setdefault(identity, each)
        if first is not each:
            both = f"{first.address}{_at(first.span)} and {each.address}{_at(each.span)}"
            detail = f"{both} are both the {each.type} {'/'.join(part for part in identity[2] if part)}."
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


def moved_by_key(
    desired: Mapping[str, DesiredInstance], prior: Prior, registry: Registry, kept: Callable[[str], object]
) -> dict[str, str]:
    """By its address in the state, where that is in the configuration by now what has no place there any more: the one
    address that has its key; but what is `kept` where it is."""
    known = {*prior.snapshot.resources, *(begin.address for begin in prior.snapshot.in_flight)}
    new = [each for each in desired.values() if each.address not in known]
    if not new:
        return {}
    left: dict[Identity, str] = {}
    for key, resource in prior.resources().items():
        kind, live = registry.kind(resource.type), prior.live(key)
        if resource.deposed is not None or resource.address in desired or kept(resource.address):
            continue
        if kind is None or live is None or key in prior.running:
            continue
        identity = identity_of(resource.provider, resource.type, kind, live.values)
        if identity is not None:
            left[identity] = resource.address
    places = {}
    for each in new:
        identity = identity_of(each.client, each.type, each.kind, each.values)
        if identity in left:
            places[left.pop(identity)] = each.address
    return places


def keeping_keys(steps: Iterable[Step], registry: Registry) -> set[str]:
    """The addresses of replacements whose old one has to go first, whatever is said of their order."""
    replaced = ((step, registry.kind(step.subject.type)) for step in steps if isinstance(step, Replace))
    return {step.subject.address for step, kind in replaced if kind and keeps_key(kind, step.before, step.after)}


def freed(steps: Iterable[Step], registry: Registry) -> list[tuple[str, str]]:
    """What is deleted under a key that another address is created under: pairs of addresses, the first one first."""
    deleted: dict[Identity, str] = {}
    created: dict[Identity, str] = {}
    for step in steps:
        kind = registry.kind(step.subject.type)
        if kind is None or not isinstance(step, Create | Adopt | Replace | Delete):
            continue
        subject = step.subject
        before = identity_of(subject.provider, subject.type, kind, step.before) if step.before else None
        after = None if isinstance(step, Delete) else identity_of(subject.provider, subject.type, kind, step.after)
        if before is not None and not (isinstance(step, Delete) and step.deposed):
            deleted[before] = subject.address
        if after is not None:
            created[after] = subject.address
    return [(deleted[key], created[key]) for key in created if key in deleted and deleted[key] != created[key]]


def report_moves(places: Mapping[str, str], configuration: Configuration, diagnostics: Diagnostics) -> None:
    """Say what moved by its key, and which `moved` blocks state that."""
    for (before, after), count in _blocks(places).items():
        what, they = (f"{count} objects", "They move") if count > 1 else ("one object", "It moves")
        detail = f"{after} asks for {what} that {before} has in the state. {they} there; nothing is created or deleted."
        advice = ""
        if before.rpartition(".")[0] == after.rpartition(".")[0] and not configuration.declares(unkeyed(before)):
            advice = (
                f"State it, so that nobody has to guess:\n\n  moved {{\n    from = {before}\n    to   = {after}\n  }}"
            )
        diagnostics.warning("Moved without a moved block", detail, address=after, advice=advice)


def _blocks(places: Mapping[str, str]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for old, new in places.items():
        pair = block_of(old), block_of(new)
        found[pair] = found.get(pair, 0) + 1
    return found
