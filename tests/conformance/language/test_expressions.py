"""Expressions that hypothesis makes, evaluated here and by Terraform: value and type are the same.

The first that differs shrinks to a small one that still does.
"""

from __future__ import annotations

import re
import shutil

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from planner.render.values import format_value
from tests.conformance.language.expressions import expressions
from tests.language.support import value
from tests.language.terraform_console import FAILED, attempt, by_terraform, untyped

pytestmark = pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
_NEGATIVE_ZERO = re.compile(r"(?<![\w.])-0(?![\w.])")
"""There is one zero here."""
_DECIDED = re.compile(r"&&|\|\|")
"""Later versions of Terraform do without an operand that does not matter, and without what is wrong with it."""
SEED = 20
WANTED = 2000
_QUIET = {"max_examples": 2 * WANTED, "deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


@pytest.mark.timeout(280)
def test_generated_expressions_have_terraforms_values_and_types(tmp_path):
    every: dict[str, str] = {}

    @seed(SEED)
    @settings(phases=[Phase.generate], **_QUIET)
    @given(expressions())
    def keep(expression):
        every[expression] = ""

    @seed(SEED)
    @settings(phases=[Phase.generate, Phase.shrink], **_QUIET)
    @given(expressions())
    def compare(expression):
        # smaller ones are asked for one by one
        theirs = every.get(expression) or by_terraform([expression], tmp_path)[0]
        if _DECIDED.search(expression) and FAILED in theirs:
            return
        assert _ours(expression) == _NEGATIVE_ZERO.sub("0", theirs), expression

    keep()
    every |= zip(every, by_terraform(list(every), tmp_path), strict=True)

    good = sum(text != f'"{FAILED}"' for text in every.values())
    assert len(every) >= WANTED
    assert WANTED // 2 < good < len(every)  # of both: what has a value, and what is in error
    compare()


def _ours(expression: str) -> str:
    return untyped(format_value(value(attempt(expression)), 2))
