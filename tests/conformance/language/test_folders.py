"""Whole modules, in the style of published ones, applied by Terraform and by us: what they put out is the same."""

from __future__ import annotations

import pytest

from tests.conformance.language.comparable import comparable
from tests.conformance.language.conftest import Both
from tests.conformance.language.folders import without_clouds

STACKS = without_clouds()


@pytest.mark.parametrize("name", STACKS)
def test_modules_are_planned_and_applied_as_terraform_does(name: str, both: Both) -> None:
    theirs, ours = both.verdicts(STACKS[name])

    assert not theirs.refused, theirs.said
    assert not ours.refused, ours.said
    assert comparable(ours) == comparable(theirs)
