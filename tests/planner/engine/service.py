"""A service in memory: what exists, who made it, and the faults that strike while a run talks to it.

A crash means that from that call on nothing is taken from the run any more, whatever it still tries to clean up.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from language.values import Unknown
from providers.contract import Clock, Observed
from providers.contract.errors import AlreadyExists, Failed, Invalid, NotFound, Unreachable
from tests.planner.engine.brief import Brief

T = TypeVar("T")
Where = Literal["change", "look", "state"]
FaultKind = Literal["refused", "half", "unreachable", "lost", "interrupt", "crash-before", "crash-after"]


TAKES = 5.0
"""Seconds that slow operations take."""


class Crash(BaseException):
    """The process is gone."""


class DrivenClock(Clock):
    """Time that passes only when somebody sleeps, or when a test says so."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def datetime(self) -> datetime:
        return datetime.fromtimestamp(self.time, UTC)

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@dataclass(frozen=True, repr=False)
class Fault(Brief):
    """What goes wrong at the `at`-th call of a sort: changes of the service, looks at it, writes of the state.

    refused: the service says no. half: it is done, and did not become ready. unreachable: it is not done. lost: it is
    done, and the caller hears an error. interrupt: somebody presses Ctrl-C meanwhile.
    """

    on: Where
    at: int
    kind: FaultKind


@dataclass
class Run:
    """One life of the process: what strikes it, and what it did.

    `flushes` says at which changes the journal's lines have been written meanwhile, though nobody waited for them.
    `dangling`: ids of what was deleted while something else still referred to it, and of that.
    """

    faults: tuple[Fault, ...] = ()
    flushes: tuple[bool, ...] = ()
    dead: bool = False
    struck: list[Fault] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    dangling: list[tuple[str, str]] = field(default_factory=list)
    flush: Callable[[], None] = lambda: None
    interrupt: Callable[[], None] = lambda: None
    _counts: dict[Where, int] = field(default_factory=lambda: {"change": 0, "look": 0, "state": 0})

    def call(self, on: Where, act: Callable[[], T]) -> T:
        """Do it, or what the fault of this call makes of it."""
        self.alive()
        number = self._counts[on]
        self._counts[on] = number + 1
        if on == "change" and number < len(self.flushes) and self.flushes[number]:
            self.flush()
        fault = next((each for each in self.faults if (each.on, each.at) == (on, number)), None)
        if fault is None:
            return act()
        self.struck.append(fault)
        return self._strike(fault, act)

    def alive(self) -> None:
        """Raise where the run is over."""
        if self.dead:
            raise Crash

    def _strike(self, fault: Fault, act: Callable[[], T]) -> T:
        match fault.on, fault.kind:
            case _, "crash-before":
                self._die()
            case "change", "refused":
                raise Invalid("The service does not take this")
            case "change" | "look", "unreachable":
                raise Unreachable("No answer")
            case "change", "interrupt":
                self.interrupt()
        result = act()
        match fault.on, fault.kind:
            case _, "crash-after":
                self._die()
            case "change" | "look", "lost":
                raise Unreachable("No answer")
            case "change", "half":
                raise Failed("It did not become ready", observed=result if isinstance(result, Observed) else None)
        return result

    def _die(self) -> None:
        self.dead = True
        raise Crash


@dataclass(frozen=True)
class Sent:
    """A create or an update as it reached the provider."""

    address: str
    verb: str
    values: dict[str, Any]


@dataclass
class Thing:
    """Something that exists. `token` and `lineage` are of the create that made it; both are empty where others did.

    It is seen from `visible` on.
    """

    id: str
    type: str
    values: dict[str, Any]
    token: str = ""
    lineage: str = ""
    visible: float = 0.0

    @property
    def observed(self) -> Observed:
        return Observed(dict(self.values), {"id": self.id})


@dataclass(frozen=True)
class Going:
    """What the service goes on with by itself, until `due`: what it then does to the thing of this id."""

    id: str
    due: float
    act: Callable[[], object]


class Service:
    """What exists, by id. `lag`: seconds until others than its maker see what is new, for which a create waits where it
    is `patient`."""

    def __init__(self, clock: DrivenClock) -> None:
        self.clock = clock
        self.lag = 0.0
        self.patient = True
        self.things: dict[str, Thing] = {}
        self.run = Run()
        self.going: dict[str, Going] = {}
        self.lock = threading.RLock()
        self._numbers = itertools.count(1)

    def number(self) -> int:
        return next(self._numbers)

    def make(self, type_: str, planned: dict[str, Any], token: str, lineage: str) -> Observed:
        with self.lock:
            id_ = planned["name"] if "name" in planned else f"i-{self.number()}"
            if id_ in self.things:
                raise AlreadyExists(f"{id_} is taken")
            thing = Thing(id_, type_, {}, token, lineage, self.clock.now() + self.lag)
            thing.values = self._completed(id_, planned)
            self.things[id_] = thing
            return thing.observed

    def change(self, id_: str, planned: dict[str, Any]) -> Observed:
        with self.lock:
            if id_ not in self.things:
                raise NotFound(f"{id_} does not exist")
            thing = self.things[id_]
            thing.values = self._completed(id_, planned)
            return thing.observed

    def remove(self, id_: str) -> None:
        with self.lock:
            self.things.pop(id_, None)
            holders = [thing.id for thing in self.things.values() if id_ in thing.values["refs"]]
            self.run.dangling += [(id_, holder) for holder in holders]

    def start(self, id_: str, act: Callable[[], object]) -> str:
        """Begin to do something that takes a while; the handle that it goes by."""
        with self.lock:
            handle = f"op-{self.number()}"
            self.going[handle] = Going(id_, self.clock.now() + TAKES, act)
            return handle

    def settle(self) -> None:
        """Let what is due have happened. What it was to be done to may be gone by then."""
        with self.lock:
            for handle in [handle for handle, each in self.going.items() if each.due <= self.clock.now()]:
                each = self.going.pop(handle)
                if each.id in self.things:
                    each.act()

    def busy(self) -> set[str]:
        """The ids of what something goes on with."""
        return {each.id for each in self.going.values()}

    def seen(self) -> Iterator[Thing]:
        with self.lock:
            return iter([thing for thing in self.things.values() if thing.visible <= self.clock.now()])

    def _completed(self, id_: str, planned: dict[str, Any]) -> dict[str, Any]:
        assert not isinstance(planned["label"], Unknown), "what only the configuration sets is sent unknown"
        return {**planned, "id": id_, "serial": f"v{self.number()}", "echo": f"<{planned['label']}>"}
