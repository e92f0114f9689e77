"""Why an instance has the step that it has: what its kind was asked and answered, and what its operations wait for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from planner.plan.plan import Operation, Plan, operations
from planner.plan.steps import Step
from providers.contract import Note, ValuePath, Values


@dataclass(frozen=True, slots=True)
class Question:
    """What a kind was asked to plan, and its answer; marks around what is sensitive. `prior` is None for a create."""

    prior: Values | None
    config: Values
    proposed: Values
    planned: Values
    replace: tuple[ValuePath, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """An operation that another one waits for, and why."""

    operation: Operation
    behind: Operation
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """All of it, for one step; `questions` in the order in which they were asked."""

    step: Step
    questions: tuple[Question, ...]
    waiting: tuple[Waiting, ...]


def explain(
    step: Step, questions: Iterable[Question], plan: Plan, stored: Mapping[str, tuple[str, ...]]
) -> Explanation:
    """The explanation of a step of the plan; `stored` are the dependencies that the state has, by address."""
    mine = operations(step)
    waiting = (Waiting(one, other, _why(one, other, plan, stored)) for one, other in _edges(mine, plan))
    return Explanation(step, tuple(questions), tuple(waiting))


def _edges(mine: Iterable[Operation], plan: Plan) -> Iterable[tuple[Operation, Operation]]:
    """What each operation waits for, joins and gones of blocks replaced by what these wait for."""
    before: dict[Operation, list[Operation]] = {}
    for first, second in plan.edges:
        before.setdefault(second, []).append(first)
    for operation in mine:
        seen, left = set[Operation](), list(before.get(operation, ()))
        while left:
            other = left.pop(0)
            if other in seen:
                continue
            seen.add(other)
            if other[1] in ("join", "gone"):
                left += before.get(other, ())
            else:
                yield operation, other


def _why(one: Operation, other: Operation, plan: Plan, stored: Mapping[str, tuple[str, ...]]) -> str:
    (address, verb), (behind, _) = one, other
    if address == behind:
        return "both are of one replacement"
    first, second = (behind, address) if verb == "delete" else (address, behind)
    if _names(plan.depends.get(first, ()), second):
        return f"{first} refers to {second}, or has to come after it"
    if _names(stored.get(first, ()), second):
        return f"by the state, {first} depends on {second}"
    return "by way of others of their blocks"


def _names(dependencies: Iterable[str], address: str) -> bool:
    """Whether one of the dependencies is the address, or the block that it is an instance or a part of."""
    return any(address == name or address.startswith((f"{name}[", f"{name}/")) for name in dependencies)
