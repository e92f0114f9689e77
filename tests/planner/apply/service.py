"""A service in memory with one type of resource, `memory_thing`, and stacks on it without a command line.

`Thing.derive(values)` says what the service makes of a configuration; tests change it between a plan and its apply.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from language.schema import Schema, computed, optional
from language.types import ANY, NUMBER, STRING
from planner.commands.run import apply_plan, locked, make_plan
from planner.events import Completed
from planner.prior.workspace import Settings, open_workspace
from providers import Registry
from providers.builtin import provider as builtin
from providers.contract import Clock, Environment, Observed, Planned, Provider, ResourceKind
from providers.contract.diff import plan_by_schema


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
    named = True
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

    def apply(self, between=lambda: None, **settings):
        """Plan, do something in between, and apply."""
        workspace, chosen = self.open(), Settings(**settings)
        self.events.clear()
        with locked(workspace, "apply", chosen):
            built, prior = make_plan(workspace, chosen)
            between()
            return apply_plan(workspace, built, prior, chosen, lambda applier: None)

    def unchanged(self):
        """The addresses whose operations turned out to do nothing."""
        return {event.address for event in self.events if isinstance(event, Completed) and event.unchanged}
