"""Marks go through every operator, from either side."""

from __future__ import annotations

import pytest

from language.marks import unmark
from language.values import Sensitive
from tests.language.support import value

NUMBERS = ("+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=")
CASES = [
    *((f"{left} {operator} {right}") for operator in NUMBERS for left, right in (("6", "n"), ("n", "6"), ("n", "n"))),
    *("true && b", "b && true", "false || b", "b || true", "[1] == [n]", "[n] != [1]"),
]


@pytest.mark.parametrize("expression", CASES)
def test_a_mark_of_either_operand_is_one_of_the_result(expression: str) -> None:
    marked = value(expression, n=Sensitive(4), b=Sensitive(True))
    plain = value(expression, n=4, b=True)

    assert isinstance(marked, Sensitive)
    assert unmark(marked)[0] == plain
