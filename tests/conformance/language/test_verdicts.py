"""One configuration, two verdicts: what Terraform refuses we refuse, and what it plans and puts out we do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.language.cases import changes, conditions, conversions, refusals, stages
from tests.conformance.language.conftest import Both, Verdict

TABLES = (conversions, refusals, conditions, changes)


def _cases(kind: str) -> list[Any]:
    return [pytest.param(text, id=name) for table in TABLES for name, text in getattr(table, kind).items()]


@pytest.mark.parametrize("text", _cases("ACCEPTED"))
def test_what_is_accepted_is_planned_and_put_out_as_terraform_does(text: str, both: Both) -> None:
    theirs, ours = _last(both, text)

    assert not theirs.refused, theirs.said
    assert not ours.refused, ours.said
    assert _resources(ours) == _resources(theirs)
    assert _planned_outputs(ours) == _planned_outputs(theirs)
    assert ours.outputs == theirs.outputs


@pytest.mark.parametrize("text", _cases("REFUSED"))
def test_what_is_refused_terraform_refuses_then(text: str, both: Both, request: Any) -> None:
    theirs, ours = _last(both, text)

    assert theirs.refused, "Terraform takes it"
    assert ours.refused == theirs.refused, theirs.said
    told = conditions.TOLD.get(request.node.callspec.id, "")
    assert told in " ".join(theirs.said.replace("\u2502", "").split())
    assert told in " ".join(ours.said.split())


def _last(both: Both, text: str) -> tuple[Verdict, Verdict]:
    """What both say of the last of the configurations, once those before were applied."""
    *before, last = stages(text)
    for files in before:
        for verdict in both.verdicts(files):
            assert not verdict.refused, verdict.said
    return both.verdicts(last)


def _resources(verdict: Verdict) -> dict[str, Any]:
    return {each["address"]: _resource(each) for each in verdict.plan.get("resource_changes", ())}


def _resource(planned: dict[str, Any]) -> dict[str, Any]:
    """A planned change without what is random in it."""
    change = planned["change"]
    sides = {side: {k: v for k, v in (change[side] or {}).items() if k != "id"} for side in ("before", "after")}
    return {
        **{name: planned.get(name) for name in ("previous_address", "action_reason")},
        **{name: change.get(name) for name in ("actions", "after_unknown", "replace_paths")},
        **sides,
    }


def _planned_outputs(verdict: Verdict) -> tuple[Any, Any]:
    changes = verdict.plan.get("output_changes", {})
    return verdict.plan["planned_values"].get("outputs", {}), {name: each["actions"] for name, each in changes.items()}
