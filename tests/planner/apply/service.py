"""A service in memory, and stacks on it without a command line.

A `memory_thing` is made at once; what is done to a `memory_slow` goes on by itself.

`Thing.derive(values)` says what the service makes of a configuration; tests change it between a plan and its apply.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import pytest

from language.schema import Schema, computed, optional
from language.types import ANY, NUMBER, STRING
from planner.commands.run import apply_plan, load_saved, locked, make_plan, open_plan, save_plan
from planner.events import Completed
from planner.prior.workspace import Settings, open_workspace
from providers import Registry
from providers.builtin import provider as builtin
from providers.contract import Clock, Environment, Observed, Planned, Provider, ResourceKind
from providers.contract.diff import plan_by_schema
from providers.contract.errors import AlreadyExists, Failed, NotFound


@dataclass
class World:
    """What exists, by id, and the calls that were made."""

    things: dict[str, dict] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    ids: itertools.count = field(default_factory=lambda: itertools.count(1))

    def said(self, verb):
        return [call for call in self.calls if call.split()[0] == verb]


class Thing(ResourceKind):
    """`shape` cannot be changed in place; `made_of` is what the service makes of `name`, if `derive` says so."""

    type = "memory_thing"
    schema = Schema(
        {
            "id": computed(STRING),
            "name": optional(STRING),
            "size": optional(NUMBER),
            "shape": optional(STRING, immutable=True),
            "secret": optional(STRING, sensitive=True),
            "any": optional(ANY),
            "made_of": computed(STRING),
        }
    )

    def __init__(self, world):
        self._world = world
        self.derive = lambda values: {}

    def plan(self, client, prior, proposed, *config):
        planned = plan_by_schema(self.schema, prior, proposed)
        return Planned({**planned.values, **self.derive(planned.values)}, planned.replace)

    def read(self, client, priors):
        return [self._observed(prior.identity["id"]) for prior in priors]

    def create(self, client, planned, *rest):
        id_ = f"t-{next(self._world.ids)}"
        self._world.calls.append(f"create {planned['name']}")
        self._world.things[id_] = {**planned, "id": id_, "made_of": planned["name"]}
        return self._observed(id_)

    def update(self, client, prior, planned, *rest):
        id_ = prior.identity["id"]
        self._world.calls.append(f"update {planned['name']}")
        self._world.things[id_] = {**planned, "id": id_, "made_of": planned["name"]}
        return self._observed(id_)

    def delete(self, client, prior, call):
        self._world.calls.append(f"delete {prior.values['name']}")
        self._world.things.pop(prior.identity["id"], None)

    def find(self, client, planned, call):
        return None

    def _observed(self, id_):
        return Observed(dict(self._world.things[id_]), {"id": id_}) if id_ in self._world.things else None


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Operation:
    """What the service goes on with by itself."""

    action: str
    id: str
    values: dict


class Slow(Thing):
    """Its operations go on by themselves: the world changes when they are waited for, or when a test says so.

    `points` are the moments at which the process is killed: "asked" (nothing left yet), "taken" (by the service, not
    answered), "accepted" (answered), "over" (waited for, but not recorded).
    """

    type = "memory_slow"

    def __init__(self, world):
        super().__init__(world)
        self._numbers = itertools.count(1)
        self.points = []
        self.stack = None
        self.operations = {}
        self.failing = set()
        self.waiting = lambda: None
        self.statuses = []

    def is_running(self, client, handle):
        self.statuses.append(handle["operation"])
        return handle["operation"] in self.operations

    def resume(self, client, handle, call):
        self._wait(handle["operation"], call)

    def create(self, client, planned, config, call):
        self._kill("asked")
        if self.find(client, planned, call) is not None:
            raise AlreadyExists(f"There is a {planned['name']}")
        id_ = f"t-{next(self._world.ids)}"
        self._begin("create", id_, {**planned, "id": id_, "made_of": planned["name"]}, call)
        return self._observed(id_)

    def update(self, client, prior, planned, config, call):
        """The size first, then the rest: an operation each, as services have it."""
        id_ = prior.identity["id"]
        stages = [{**prior.values, "size": planned["size"]}, {**planned, "id": id_, "made_of": planned["name"]}]
        for number, values in enumerate(stages):
            if number or values != prior.values:
                self._begin("update", id_, values, call)
        return self._observed(id_)

    def delete(self, client, prior, call):
        self._begin("delete", prior.identity["id"], {}, call)

    def find(self, client, planned, call):
        found = [id_ for id_, values in self._world.things.items() if values["name"] == planned["name"]]
        return self._observed(found[-1]) if found else None

    def finish(self, name=None):
        """The service is done with an operation, or with all."""
        for each in list(self.operations) if name is None else [name]:
            operation = self.operations.pop(each)
            if operation.action == "delete":
                self._world.things.pop(operation.id)
            else:
                self._world.things[operation.id] = operation.values

    def _begin(self, action, id_, values, call):
        self._kill("asked")
        name = f"op-{next(self._numbers)}"
        self._world.calls.append(f"{action} {(values or self._world.things[id_])['name']}")
        self.operations[name] = Operation(action, id_, values)
        self._kill("taken")
        call.accepted({"operation": name})
        self._kill("accepted")
        self._wait(name, call)
        self._kill("over")

    def _wait(self, name, call):
        self.waiting()
        if call.cancelled.is_set():
            raise Failed("Waiting was given up")
        if name in self.failing:
            del self.operations[name]
            raise Failed("It failed")
        if name not in self.operations:
            raise NotFound("No such operation")
        self.finish(name)

    def _kill(self, point):
        if self.points and self.points[0] == point:
            self.points.pop(0)
            self.stack.keep()
            raise Killed(point)


class MemoryProvider(Provider):
    """The provider of a world."""

    name = source = "memory"

    def __init__(self, *kinds):
        self.all = {kind.type: kind for kind in kinds}

    @property
    def kinds(self):
        return self.all

    def configure(self, config, environment):
        return self


class StillClock(Clock):
    """Time goes on only by sleeping."""

    def __init__(self, now=1_800_000_000.0):
        self.time = now

    def now(self):
        return self.time

    def monotonic(self):
        return self.time

    def sleep(self, seconds):
        self.time += seconds


class Stack:
    """A stack in a folder, planned and applied by the planner's own functions."""

    def __init__(self, folder, *kinds, clock=None):
        self.folder = folder
        self.registry = Registry({"memory": MemoryProvider(*kinds), "terraform": builtin})
        self.clock = clock or StillClock()
        self.events = []

    def write(self, text):
        (self.folder / "main.hcl").write_text(text)

    def open(self):
        environment = Environment(variables={}, directory=self.folder, clock=self.clock)
        return open_workspace(self.folder, environment=environment, registry=self.registry, listener=self.events.append)

    def plan(self, **settings):
        workspace, chosen = self.open(), Settings(**settings)
        with locked(workspace, "plan", chosen):
            return make_plan(workspace, chosen)[0].plan

    def apply(self, between=lambda: None, started=lambda applier: None, **settings):
        """Plan, do something in between, and apply."""
        workspace, chosen = self.open(), Settings(**settings)
        self.events.clear()
        with locked(workspace, "apply", chosen):
            built, prior = make_plan(workspace, chosen)
            between()
            return apply_plan(workspace, built, prior, chosen, started)

    def save(self, path):
        """Plan into a file."""
        workspace, chosen = self.open(), Settings()
        with locked(workspace, "plan", chosen):
            built, prior = make_plan(workspace, chosen)
            save_plan(workspace, built, prior, path)
        return path

    def apply_saved(self, path):
        """Apply the plan of a file."""
        workspace, chosen = self.open(), Settings()
        with locked(workspace, "apply", chosen):
            built, prior = load_saved(workspace, open_plan(path))
            return apply_plan(workspace, built, prior, chosen, lambda applier: None)

    def keep(self):
        """Keep what of the state is durable right now: what a process that ends now leaves behind."""
        self._kept = {path: path.read_bytes() for path in self._files()}

    def killed(self, kind, point, **settings):
        """An apply that is killed the next time that the kind comes to this point."""
        kind.stack, kind.points = self, [point]
        with pytest.raises(Killed):
            self.apply(**settings)
        for path in self._files():
            path.unlink()
        for path, content in self._kept.items():
            path.write_bytes(content)

    def _files(self):
        return [path for path in self.folder.glob("freehold.state*") if path.suffix != ".lock"]

    def resources(self):
        """What the state holds, by its keys."""
        return dict(self._snapshot().resources)

    def in_flight(self):
        """What the state does not know the end of."""
        return self._snapshot().in_flight

    def _snapshot(self):
        workspace = self.open()
        try:
            return workspace.manager.open().snapshot
        finally:
            workspace.manager.close()

    def unchanged(self):
        """The addresses whose operations turned out to do nothing."""
        return {event.address for event in self.events if isinstance(event, Completed) and event.unchanged}
