"""Evaluation beside Terraform's: every expression of a list, value and type."""

from __future__ import annotations

import shutil

import pytest

from planner.render.values import format_value
from tests.language.support import value
from tests.language.terraform_console import attempt, by_terraform, untyped
from tests.language.terraform_expressions import DEPARTURES, EXPRESSIONS

pytestmark = pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")


@pytest.fixture(scope="module")
def of_terraform(tmp_path_factory) -> dict[str, str]:
    """What Terraform shows for each expression."""
    every = [*EXPRESSIONS, *DEPARTURES]
    return dict(zip(every, by_terraform(every, tmp_path_factory.mktemp("empty")), strict=True))


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_same_as_terraform(expression, of_terraform):
    assert untyped(format_value(value(attempt(expression)), 2)) == of_terraform[expression]


@pytest.mark.parametrize("expression", DEPARTURES)
def test_departs_from_terraform_where_it_means_to(expression, of_terraform):
    ours, _ = DEPARTURES[expression]

    assert untyped(format_value(value(attempt(expression)), 2)) == ours
    assert of_terraform[expression] != ours
