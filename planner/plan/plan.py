"""The plan as data: steps, the edges between their operations, and what has to be unchanged for it to run.

`build` makes it, renderers show it, `planner.apply` runs it, `saved` keeps it in a file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from graph.addresses import Key
from graph.digraph import Digraph
from language.diagnostics import Diagnostic, Span
from planner.evaluation.conditions import CheckResult
from planner.evaluation.marking import without_secrets
from planner.events import Verb
from planner.plan.steps import (
    Adopt,
    Create,
    Delete,
    Forget,
    Import,
    NoOp,
    Read,
    Replace,
    Resume,
    Step,
    Subject,
    Update,
)
from providers.contract import ValuePath, Values
from state.resources import key_of

Operation: TypeAlias = tuple[str, Verb]
"""A node of the execution graph: an address and what is done to it.

"join" and "gone" do nothing: they stand for "all of this block is there" and "all that stood on this block is gone", so
that edges between blocks do not multiply by what is inside them.
"""


@dataclass(frozen=True, slots=True)
class Drift:
    """What changed outside since the last apply: before as state knows it, after as it is (None when gone)."""

    address: str
    type: str
    before: dict[str, Any]
    after: dict[str, Any] | None
    paths: tuple[ValuePath, ...] = ()
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutputChange:
    """An output before and after. `None` with the flag off means absent."""

    name: str
    before: Any
    after: Any
    action: Literal["create", "update", "delete", "no-op"]
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class ReadData:
    """What an instance of a data source told while the plan was made."""

    subject: Subject
    values: dict[str, Any]


DeferredReason: TypeAlias = Literal[
    "instance_count_unknown",  # its count or for_each is not known
    "resource_config_unknown",  # something else of its block has to be known, and is not
    "deferred_prereq",  # something that it depends on is deferred
]
"""By Terraform's names."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """What cannot be planned yet: nothing is done to it. `expression` is what is not known, as it is written at `span`.

    Where it is not known which instances or objects there are, one stands for all, with "*" in its address. `before`
    is what exists, `after` what is known of what will.
    """

    subject: Subject
    reason: DeferredReason
    expression: str
    span: Span | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Origin:
    """What the plan was made from. It refuses to run when any of these is another now.

    `configuration` and `files` are digests: of the stack's own files, and of those that it reads.
    `lineage` is empty where there was no state yet. `position` changes with every write to the state, also with those
    that leave its serial alone. `salt`: under what a saved plan's secrets were digested, where there was no state whose
    key could be taken. `identities`: which account, region or cluster each provider configuration and cluster of a
    saved plan acted on.
    `places` are those where sources of apps read files, each with the source's name.
    """

    configuration: str
    files: str
    lineage: str
    position: str
    backend: str
    salt: str = ""
    identities: Mapping[str, str] = field(default_factory=dict)
    places: tuple[tuple[str, str], ...] = ()

    def key(self, state: str) -> str:
        """Under what the digests of the plan's secrets are; `state` is the key of the state that it is applied to."""
        return self.salt or state


@dataclass(frozen=True, slots=True)
class Counts:
    """As the last line of a plan tells them: a replacement is one to add and one to destroy, an adoption one to add."""

    add: int
    change: int
    destroy: int
    adopt: int = 0
    import_: int = 0
    forget: int = 0
    deferred: int = 0


@dataclass(frozen=True)
class Plan:
    """Steps in the order in which people read them, by block; `edges` run from what has to be first.

    `depends`: what each address depends on, kept in the state for the order of destruction. `instances`: the keys of
    each block's instances, also where there are none.
    """

    stack: str
    mode: Literal["normal", "destroy", "refresh-only"]
    steps: tuple[Step, ...]
    edges: tuple[tuple[Operation, Operation], ...]
    origin: Origin
    outputs: tuple[OutputChange, ...] = ()
    drift: tuple[Drift, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)
    timestamp: str = ""
    allow_data_loss: bool = False
    targets: tuple[str, ...] = ()
    depends: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    instances: Mapping[str, tuple[Key, ...]] = field(default_factory=dict)
    checks: tuple[CheckResult, ...] = ()
    data: tuple[ReadData, ...] = ()
    deferred: tuple[Deferred, ...] = ()

    @property
    def counts(self) -> Counts:
        """How many instances it adds, changes and deletes, as its last line says it."""
        count = Counter(type(step) for step in self.steps)
        resumed = Counter(step.action for step in self.steps if isinstance(step, Resume))
        replaced, imported = count[Replace], sum(isinstance(step, Import) and step.changes for step in self.steps)
        return Counts(
            add=count[Create] + count[Adopt] + replaced + resumed["create"],
            change=count[Update] + imported + resumed["update"],
            destroy=count[Delete] + replaced + resumed["delete"],
            adopt=count[Adopt],
            import_=count[Import],
            forget=count[Forget],
            deferred=len(self.deferred),
        )

    @property
    def changes(self) -> bool:
        """Whether applying it would do anything, outputs included; what is deferred apart."""
        moving = any(not isinstance(step, NoOp) or step.subject.previous for step in self.steps)
        return moving or any(output.action != "no-op" for output in self.outputs)

    @property
    def writes(self) -> bool:
        """Whether applying it would do anything, be it only to take over into the state what changed outside."""
        return self.changes or (self.mode == "refresh-only" and bool(self.drift))

    def existing(self, block: str) -> dict[str, Values]:
        """The values of what exists below a block as the plan found it, by the rest of the address."""
        steps = (step for step in self.steps if step.subject.block == block and step.before)
        return {step.subject.address[len(block) + 1 :]: without_secrets(step.before) for step in steps}

    def describe(self) -> str:
        """The execution graph as text: a line an operation, in a possible order, with what it waits for."""
        graph: Digraph[Operation] = Digraph((op for step in self.steps for op in operations(step)), self.edges)
        return "".join(
            f"{verb} {address}" + _after(graph.predecessors((address, verb))) + "\n" for address, verb in graph.order()
        )

    @property
    def data_loss(self) -> tuple[Step, ...]:
        """The steps that destroy what holds data."""
        return tuple(s for s in self.steps if isinstance(s, Delete | Replace) and s.subject.holds_data)


def operations(step: Step) -> tuple[Operation, ...]:
    """What a step does, as nodes of the execution graph, in their order."""
    address = step.subject.address
    match step:
        case Create():
            return ((address, "create"),)
        case Update():
            return ((address, "update"),)
        case Replace(create_first=True):
            return ((address, "create"), (address, "delete"))
        case Replace():
            return ((address, "delete"), (address, "create"))
        case Delete(deposed=deposed):
            return ((key_of(address, deposed), "delete"),)
        case Resume(deposed=deposed):
            return ((key_of(address, deposed), "resume"),)
        case Forget():
            return ((address, "forget"),)
        case Import():
            return ((address, "import"),)
        case Adopt():
            return ((address, "adopt"),)
        case Read():
            return ((address, "read"),)
        case NoOp():
            return ()


def _after(others: Iterable[Operation]) -> str:
    names = sorted(f"{verb} {address}" for address, verb in others)
    return f" after {', '.join(names)}" if names else ""
