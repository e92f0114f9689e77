"""What a plan asks grows with its size, not with its square: counted, not timed."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from planner.evaluation.evaluator import Results
from planner.plan import edges
from planner.plan.steps import Create, Subject


@pytest.mark.parametrize("size", [100, 1000])
def test_edges_ask_each_step_a_few_times(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: Counter[str] = Counter()
    operations = edges.operations

    def counted(step: Any) -> Any:
        asked[step.subject.address] += 1
        return operations(step)

    monkeypatch.setattr(edges, "operations", counted)
    names = [f"terraform_data.r{number}" for number in range(size)]
    steps = [Create(Subject(name, "terraform_data", "terraform", "", name), after={}) for name in names]
    chained = {name: (before,) for before, name in pairwise(names)}

    found = edges.Edges(steps, chained, {}).build()

    assert len(found) == size - 1
    assert max(asked.values()) < 20


def test_a_block_is_put_together_when_it_changed() -> None:
    results = Results()
    results.keys["terraform_data.a"] = (0, 1)
    results.values["terraform_data.a[0]"] = {"id": "x"}
    first = results.block("terraform_data.a")

    assert results.block("terraform_data.a") is first
    results.values["terraform_data.a[1]"] = {"id": "y"}
    assert results.block("terraform_data.a") == ({"id": "x"}, {"id": "y"})
    results.keys["terraform_data.a"] = (0,)
    assert results.block("terraform_data.a") == ({"id": "x"},)
