"""One example of the engine's life: a world, a configuration, and operations with changes and faults between them."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal
from unittest import mock

from graph.walk import Walk
from language.diagnostics import FreeholdError
from planner.apply.walk import Applier, Result
from planner.commands import run as command
from planner.evaluation.variables import Planned
from planner.plan.build import Built
from planner.plan.plan import Plan
from planner.plan.steps import Adopt, Forget, Resume
from planner.prior.workspace import Settings, Workspace, open_workspace
from providers import Registry
from providers.contract import Environment
from state.manager import StateManager
from state.snapshot import Snapshot
from tests.planner.engine.beginnings import Oddity, begin
from tests.planner.engine.brief import Brief
from tests.planner.engine.changes import Change, changed
from tests.planner.engine.configuration import Block, Model
from tests.planner.engine.provider import MemoryProvider
from tests.planner.engine.service import TAKES, Crash, DrivenClock, Fault, Run, Service
from tests.planner.engine.storage import DrivenJournal, ObservedJournal, Storage
from tests.state.memory_backend import MemoryBackend, Shelf

TO_REPLACE = "It has to be replaced"
"""The error where an interrupted apply made what can become as configured only by another plan."""

Verb = Literal["plan", "apply", "saved", "targeted", "excluded", "replacing", "refresh-only", "destroy"]


@dataclass(frozen=True, repr=False)
class Turn(Brief):
    """Changes, then an operation, in which faults strike.

    `which` tells the block that is targeted, excluded or replaced. `choices` are the walk's, `flushes` the journal's;
    `pause` is the time, in seconds, from a crash to whatever comes next.
    """

    verb: Verb = "apply"
    changes: tuple[Change, ...] = ()
    faults: tuple[Fault, ...] = ()
    which: int = 0
    choices: tuple[int, ...] = ()
    flushes: tuple[bool, ...] = ()
    pause: float = 0.0


@dataclass(frozen=True, repr=False)
class Example(Brief):
    """What happens. `start`: all blocks exist already, some of them tainted or with a deposed object, by their numbers;
    None: there is no state yet. `lag`: seconds until what is new is seen by others than its maker, for which creates
    wait where they are `patient`.

    `lenient`: what is known to be amiss (`test_found.AMISS`) is kept out of the way.
    """

    blocks: tuple[Block, ...]
    turns: tuple[Turn, ...]
    start: tuple[tuple[int, Oddity], ...] | None = None
    lag: float = 0.0
    patient: bool = True
    lenient: bool = True


class OnlyRegistry(Registry):
    """The providers that it is given, and none that are installed."""

    _entries: Mapping[str, Any] = {}  # type: ignore[assignment]


@dataclass
class Ended:
    """How an operation ended: its plan, as far as there is one, and what the apply told. `error`: why there is none."""

    run: Run
    before: Snapshot | None = None
    plan: Plan | None = None
    result: Result | None = None
    crashed: bool = False
    error: FreeholdError | None = None

    @property
    def good(self) -> bool:
        if self.crashed or self.error is not None:
            return False
        return self.result is None or not (self.result.diagnostics.has_errors or self.result.interrupted)


@dataclass
class Stack:
    """The stack of one example: its folder, its configuration by now, the service and the state."""

    directory: Path
    service: Service
    clock: DrivenClock
    parallelism: int = 1
    model: Model = field(default_factory=Model)
    shelf: Shelf = field(default_factory=Shelf)
    written: list[bytes] = field(default_factory=list)
    told: list[Any] = field(default_factory=list)
    released: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)
    lenient: bool = True
    _ids: Any = field(default_factory=lambda: itertools.count(1))

    def new_id(self) -> str:
        return f"{next(self._ids):08x}{'0' * 24}"

    @contextmanager
    def opened(self, run: Run, choices: Sequence[int] = (), planned: Planned | None = None):
        """A workspace for one run of the program."""
        self.service.run = run
        (self.directory / "main.hcl").write_text(self.model.text())
        provider = MemoryProvider(self.service)
        environment = Environment(
            {"FREEHOLD_VAR_secret": self.model.secret_text}, self.directory, self.clock, self.new_id
        )
        workspace = open_workspace(
            self.directory,
            environment=environment,
            registry=OnlyRegistry({"mem": provider}),
            listener=self.told.append,
            planned=planned,
        )
        journal = DrivenJournal if self.parallelism == 1 else ObservedJournal
        workspace.manager = StateManager(
            Storage(self.shelf, run, self.clock.monotonic, self.written),
            directory=self.directory,
            clock=self.clock.datetime,
            ids=self.new_id,
        )
        left = iter(choices)
        choose = (lambda free: next(left, 0) % len(free)) if self.parallelism == 1 else None
        with ExitStack() as stack:
            stack.enter_context(mock.patch("planner.apply.walk.Walk", partial(Walk, choose=choose)))
            stack.enter_context(mock.patch("state.manager.Journal", lambda flush, linger: journal(run, flush)))
            yield workspace

    def settings(self, **more: Any) -> Settings:
        return Settings(parallelism=self.parallelism, allow_data_loss=True, **more)

    def snapshot(self) -> Snapshot | None:
        """What the state says; None while there is none."""
        if self.shelf.snapshot is None:
            return None
        manager = StateManager(MemoryBackend(self.shelf), directory=self.directory)
        with closing(manager):
            return manager.open().snapshot

    def plan(self, **more: Any) -> Plan:
        """A plan that nothing strikes."""
        self._import_what_exists()
        settings = self.settings(**more)
        with self.opened(Run()) as workspace, command.locked(workspace, "plan", settings):
            return command.make_plan(workspace, settings)[0].plan

    def change(self, changes: Sequence[Change]) -> None:
        """Let changes happen, to the configuration and outside. Imports that were done are taken out before."""
        for change in changes:
            snapshot = self.snapshot()
            resources = snapshot.resources.values() if snapshot else ()
            ours = {each.identity["id"] for each in resources if each.identity} - self.service.busy()
            left = {to: id_ for to, id_ in self.model.imports.items() if not snapshot or to not in snapshot.resources}
            self.model = replace(self.model, imports=left)
            self.model = changed(self.model, change, self.service, ours)

    def _import_what_exists(self) -> None:
        """Imports of what is gone are errors, and people take them out."""
        there = {to: id_ for to, id_ in self.model.imports.items() if id_ in self.service.things}
        self.model = replace(self.model, imports=there)

    # -- operations -----------------------------------------------------------------------------------------------

    def operate(self, turn: Turn) -> Ended:
        """One operation of the program, from its start to its end or its crash."""
        self._import_what_exists()
        run = Run(turn.faults, turn.flushes)
        ended = Ended(run, self.snapshot())
        try:
            if turn.verb == "saved":
                self._saved(turn, run, ended)
            else:
                self._planned(turn, run, ended)
        except Crash:
            ended.crashed = True
            self.clock.time += turn.pause
            self.shelf.lock = None  # as force-unlock does, or time
        except FreeholdError as error:
            ended.error = error
            if not run.struck:
                raise
        if not ended.good:
            self.clock.time += self._unheard()
        self._release(ended)
        return ended

    def _unheard(self) -> float:
        """Seconds until what goes on is over that the state does not know of: who comes back waits for that long."""
        snapshot = self.snapshot()
        handles = {each.handle["name"] for each in snapshot.in_flight if each.handle} if snapshot else set()
        return TAKES if self.service.going.keys() - handles else 0.0

    def _release(self, ended: Ended) -> None:
        """What the plan gave up is nobody's business any more."""
        now = self.snapshot()
        known = {each.identity["id"] for each in now.resources.values()} if now else set()
        steps = ended.plan.steps if ended.plan else ()
        resumed = {step.begin for step in steps if isinstance(step, Resume) and step.action == "create"}
        for step in steps:
            if isinstance(step, Forget) and ended.before:
                place = step.subject.previous or step.subject.address
                tokens = {b.token for b in ended.before.in_flight if b.id in resumed and b.address == place}
                made = {thing.id for thing in self.service.things.values() if thing.token in tokens}
                self.released |= made or {ended.before.resources[place].identity["id"]}
        self.released -= known

    def _planned(self, turn: Turn, run: Run, ended: Ended) -> None:
        settings = self.settings(**self._options(turn))
        with self.opened(run, turn.choices) as workspace, command.locked(workspace, turn.verb, settings):
            built, prior = command.make_plan(workspace, settings)
            ended.plan = built.plan
            if turn.verb != "plan":
                self._apply(workspace, built, prior, settings, run, ended)

    def _saved(self, turn: Turn, run: Run, ended: Ended) -> None:
        settings, file = self.settings(), self.directory / "plan"
        with self.opened(run) as workspace, command.locked(workspace, "plan", settings):
            built, prior = command.make_plan(workspace, settings)
            command.save_plan(workspace, built, prior, file)
        _, _, content = file.read_bytes().partition(b"\n")
        self.written.append(zlib.decompressobj().decompress(content))
        plan = command.open_plan(file)
        planned = Planned(plan.plan.variables)
        with self.opened(run, turn.choices, planned) as workspace, command.locked(workspace, "apply", settings):
            built, prior = command.load_saved(workspace, plan)
            ended.plan = built.plan
            self._apply(workspace, built, prior, settings, run, ended)

    def _apply(
        self, workspace: Workspace, built: Built, prior: Any, settings: Settings, run: Run, ended: Ended
    ) -> None:
        def started(applier: Applier) -> None:
            run.interrupt = applier.stop

        ended.result = command.apply_plan(workspace, built, prior, settings, started)
        if not run.struck:
            known = {step.subject.address for step in built.plan.steps if isinstance(step, Adopt | Resume)}
            errors = [each for each in ended.result.diagnostics if each.severity == "error"]
            excused = all(each.summary == TO_REPLACE and each.address in known for each in errors)
            assert excused, f"an apply failed though nothing struck: {errors}"

    def _options(self, turn: Turn) -> dict[str, Any]:
        match turn.verb:
            case "destroy" | "refresh-only":
                return {"mode": turn.verb}
            case "targeted" | "excluded" | "replacing":
                names = {"targeted": "targets", "excluded": "excludes", "replacing": "replace"}
                address = self._chosen(turn)
                return {names[turn.verb]: (address,)} if address else {}
        return {}

    def _chosen(self, turn: Turn) -> str | None:
        """The address that an operation is about. What is to be imported is not to be replaced."""
        addresses = sorted({step.subject.address for step in self.plan().steps} - set(self.model.imports))
        return addresses[turn.which % len(addresses)] if addresses else None


def live(example: Example, stack: Stack, check: Callable[[Stack, Turn, Ended, dict[str, Any]], None]) -> None:
    """All of an example, each operation followed by its check; then one more apply that nothing strikes."""
    for block in example.blocks:
        stack.model = stack.model.with_block(block)
    stack.lenient = example.lenient
    stack.model = replace(stack.model, names_first=not example.lenient)
    if example.start is not None:
        begin(stack.model, dict(example.start), stack.service, stack.shelf, stack.new_id())
    stack.service.lag, stack.service.patient = example.lag, example.patient
    for turn in (*example.turns, Turn()):
        stack.change(turn.changes)
        _checked(stack, turn, check)


def _checked(stack: Stack, turn: Turn, check: Callable[[Stack, Turn, Ended, dict[str, Any]], None]) -> None:
    stack.service.settle()
    before, stack.busy = deepcopy(stack.service.things), stack.service.busy()
    check(stack, turn, stack.operate(turn), before)
