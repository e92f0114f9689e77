"""Steps for what an interrupted apply began and the service goes on with: waited for, before anything else is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, cast

from graph.addresses import block_of
from planner.plan.steps import Create, Delete, NoOp, Replace, Resume, Step, Subject, Update, deposed_name
from planner.prior.reading import Prior
from providers import Registry
from state.records import Begin
from state.resources import key_of


def with_resumed(steps: Mapping[str, Step], prior: Prior, registry: Registry) -> dict[str, Step]:
    """The steps, by the state's keys, with what goes on before what changed since.

    Where nothing did, it stands alone. What follows it was planned on what it is to make, and is planned again when it
    has.
    """
    made: dict[str, Step] = {}
    for key, step in steps.items():
        begin = prior.running.get(key)
        if begin is None:
            made[key] = step
            continue
        made[f"{key} (resumed)"] = _resume(begin, step.subject, prior, followed=not isinstance(step, NoOp))
        made |= _replaced(begin, step.subject, prior)
        if isinstance(step, Create | Update | Replace):
            made[key] = replace(step, unknown=True, pending=True)
        elif not isinstance(step, NoOp):
            made[key] = step
    for key, begin in prior.running.items():
        if key not in steps:
            subject = _subject(begin, registry)
            made[f"{key} (resumed)"] = _resume(begin, subject, prior)
            made |= _replaced(begin, subject, prior)
    return made


def _replaced(begin: Begin, subject: Subject, prior: Prior) -> dict[str, Step]:
    """What a replacement that is being created takes the place of is deleted."""
    old = prior.stored.get(begin.key)
    if begin.action != "create" or old is None:
        return {}
    deposed = deposed_name(begin.id)
    return {key_of(begin.address, deposed): Delete(subject, before=old.values, reason="deposed", deposed=deposed)}


def _resume(begin: Begin, subject: Subject, prior: Prior, *, followed: bool = False) -> Resume:
    before, after = prior.stored.get(begin.key), prior.observed[begin.key]
    return Resume(
        subject,
        before=before.values if before else {},
        after=after.values if after else {},
        begin=begin.id,
        action=cast(Literal["create", "update", "delete"], begin.action),
        since=begin.at,
        deposed=begin.deposed,
        followed=followed,
    )


def _subject(begin: Begin, registry: Registry) -> Subject:
    kind, provider = registry.kind(begin.type), registry.of_type(begin.type)
    address, view = begin.address, kind.view if kind else None
    source = provider.source if provider else ""
    return Subject(address, begin.type, begin.provider, source, block_of(address), None, view)
