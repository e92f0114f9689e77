"""An API server's answers that are none, at each place and in each command: an error or no difference, never "gone".

The objects are really there all the while. Afterwards the server answers as it is, and everything is destroyed with
nothing left over: so nothing was lost either.
"""

from __future__ import annotations

import itertools
import random
import resource
from dataclasses import dataclass

import pytest

from tests.hostile import answers
from tests.hostile.clusters import SPACE, Reached
from tests.hostile.front import Answer, Lie


@dataclass(frozen=True)
class Place:
    """Requests by their method, the beginning and the end of their path, and the query."""

    name: str
    methods: str
    path: str
    query: str = ""
    exact: bool = True

    def takes(self, namespace: str, method: str, path: str) -> bool:
        path, _, query = path.partition("?")
        wanted = self.path.replace("NAMESPACE", namespace)
        same = path == wanted if self.exact else path.startswith(wanted)
        return method in self.methods.split() and same and self.query in query


PLACES = (
    Place("everything", "GET PATCH DELETE", "/", exact=False),
    Place("reads", "GET", "/", exact=False),
    Place("core", "GET", "/api/v1"),
    Place("versions", "GET", "/api"),
    Place("groups", "GET", "/apis"),
    Place("group", "GET", "/apis/apps/v1"),
    Place("identity", "GET", "/api/v1/namespaces/kube-system"),
    Place("list", "GET", f"{SPACE}/configmaps"),
    Place("list-in-group", "GET", "/apis/apps/v1/namespaces/NAMESPACE/deployments"),
    Place("list-of-namespaces", "GET", "/api/v1/namespaces"),
    Place("object", "GET", f"{SPACE}/configmaps/settings"),
    Place("namespace", "GET", SPACE),
    Place("dry-run", "PATCH", "/", "dryRun", exact=False),
    Place("patch", "PATCH", "/", exact=False),
    Place("patch-of-one", "PATCH", f"{SPACE}/configmaps/settings"),
    Place("delete", "DELETE", "/", exact=False),
    Place("delete-of-one", "DELETE", f"{SPACE}/configmaps/settings"),
)
COMMANDS = {
    "plan": ("plan", "-detailed-exitcode"),
    "plan-of-a-change": ("plan", "-detailed-exitcode", "-var=v=2"),
    "refresh-only": ("apply", "-refresh-only", "-auto-approve"),
    "apply": ("apply", "-auto-approve", "-var=v=2"),
    "destroy": ("destroy", "-auto-approve", "-allow-data-loss"),
    "plan-json": ("plan", "-json", "-detailed-exitcode"),
    "first-apply": ("apply", "-auto-approve"),
}
SAID = (*answers.SHAPES, *answers.PAGES, *answers.REDIRECTS, *answers.WIRE, *answers.KUBERNETES)
MEMORY = 64 << 10
"""KiB that a command may take more than before, whatever a body says of itself."""


@dataclass(frozen=True)
class Case:
    command: str
    place: Place
    answer: Answer
    after: int = 0

    def __str__(self) -> str:
        return f"{self.command}-{self.place.name}-{self.answer}" + (f"-after-{self.after}" if self.after else "")


def _cases(count: int) -> list[Case]:
    """Each answer with each command, at places that differ, until there are so many."""
    pairs = list(itertools.product(SAID, COMMANDS))
    sample = random.Random("kubernetes")
    places = itertools.cycle(sample.sample(PLACES, len(PLACES)))
    made = {}
    for answer, command in itertools.islice(itertools.cycle(pairs), count):
        case = Case(command, next(places), answer, sample.choice((0, 0, 0, 1, 3)))
        made[str(case)] = case
    return list(made.values())


CASES = _cases(1000)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_no_answer_is_no_news(case: Case, kubernetes: Reached):
    stack, freehold, front = kubernetes, kubernetes.freehold, kubernetes.front
    if case.command != "first-apply":
        freehold("apply", "-auto-approve", code=0)
        assert all(stack.exists())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    front.lie = Lie(lambda method, path, _: case.place.takes(stack.namespace, method, path), case.answer, case.after)
    ran = freehold(*COMMANDS[case.command])
    told, sent = front.lie.told, front.sent
    front.honest()

    there = stack.exists()
    if not told:
        assert ran.code in (0, 2), ran
    if case.command in ("plan", "plan-json", "refresh-only"):
        assert ran.code in (0, 1), ran
    if case.command != "destroy":
        assert case.command == "first-apply" or all(there), ran
        for said in ("to add", "to destroy", "destroyed", "deleted"):
            assert f"1 {said}" not in ran.words or case.command == "first-apply", ran
    if case.command == "destroy" and any(there):
        assert ran.code == 1, ran
        assert "Destroy complete" not in ran.words, ran
    if case.command in ("apply", "first-apply") and ran.code == 0:
        assert all(there), ran
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < MEMORY
    assert sent < 32 << 20, f"{sent} bytes were read"

    if not case.after:  # else what a lost create left is found by the destruction itself
        freehold("apply", "-auto-approve", "-var=v=2", code=0)
        assert all(stack.exists())
    freehold("destroy", "-auto-approve", "-allow-data-loss", code=0)
    assert not any(stack.exists())
