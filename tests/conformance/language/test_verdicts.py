"""One configuration, two verdicts: what Terraform refuses we refuse, and what it plans and puts out we do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from tests.conformance.language import cases
from tests.conformance.language.cases import Case
from tests.conformance.language.comparable import comparable
from tests.conformance.language.conftest import Both, Verdict

EARLIER = {"validated": ("validated",), "planned": ("validated", "planned"), "applied": ("applied",)}
"""When we may refuse what Terraform refuses at a time: without looking at what exists, the sooner the better."""


def _named(found: Iterable[Case]) -> list[Any]:
    return [pytest.param(case, id=case.name) for case in found]


@pytest.mark.parametrize("case", _named(cases.accepted()))
def test_what_is_accepted_is_planned_and_put_out_as_terraform_does(case: Case, both: Both) -> None:
    theirs, ours = _last(both, case)

    assert not theirs.refused, theirs.said
    assert not ours.refused, ours.said
    assert comparable(ours) == comparable(theirs)


@pytest.mark.parametrize("case", _named(cases.refused()))
def test_what_is_refused_terraform_refuses_then(case: Case, both: Both) -> None:
    theirs, ours = _last(both, case)

    assert theirs.refused, "Terraform takes it"
    assert ours.refused in EARLIER[theirs.refused], ours.said or theirs.said
    assert case.words in _text(theirs)
    assert case.words in _text(ours)


@pytest.mark.parametrize("case", _named(cases.deferred()))
def test_what_terraform_refuses_since_it_is_not_known_yet_is_deferred(case: Case, both: Both) -> None:
    """Terraform names a way out (-target); here the rest is planned, and what is left is named."""
    theirs, ours = _last(both, case)

    assert theirs.refused == "planned"
    assert not ours.refused, ours.said
    assert ours.plan["deferred_changes"]
    assert ours.plan["complete"] is False


@pytest.mark.parametrize("case", _named(cases.different()))
def test_what_is_said_to_differ_does(case: Case, both: Both) -> None:
    theirs, ours = _last(both, case)

    assert case.words
    assert not theirs.refused
    if not ours.refused:
        assert comparable(ours) != comparable(theirs)
        assert _actions(ours) == _actions(theirs)


def _last(both: Both, case: Case) -> tuple[Verdict, Verdict]:
    """What both say of the last of the configurations, once those before were applied."""
    *before, last = case.stages
    for files in before:
        for verdict in both.verdicts(files):
            assert not verdict.refused, verdict.said
    return both.verdicts(last)


def _actions(verdict: Verdict) -> dict[str, list[str]]:
    return {each["address"]: each["change"]["actions"] for each in verdict.plan.get("resource_changes", ())}


def _text(verdict: Verdict) -> str:
    return " ".join(verdict.said.replace("\u2502", "").split())
