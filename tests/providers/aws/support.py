"""What tests of AWS's kinds share: a resource driven as the planner drives it, and a clock that tests turn."""

from __future__ import annotations

import itertools
from dataclasses import replace

from planner.evaluation.decode import conform
from providers.aws import provider
from providers.contract import Call, Clock
from providers.contract.diff import changed, proposed_new

LINEAGE = "5b1e6c3a"
_tokens = itertools.count(1)


class TurnedClock(Clock):
    """Time passes only by sleeping, and then at once. `at(n, action)` does something at the n-th sleep."""

    def __init__(self):
        self.time = 0.0
        self.slept = []
        self._actions = {}

    def at(self, number, action):
        self._actions[number] = action

    def now(self):
        return self.time

    def monotonic(self):
        return self.time

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.time += seconds
        self._actions.pop(len(self.slept), lambda: None)()


def call_for(address, **more):
    """A call as apply makes it for a create: its tags, and a token of its own."""
    call = Call(address, f"token{next(_tokens)}", stack="tests", lineage=LINEAGE, **more)
    return replace(call, tags=provider.tags(call))


class Managed:
    """One resource of a kind through its life. `said` is the progress that was told."""

    def __init__(self, client, type_, address, **more):
        self.client = client
        self.kind = provider.kinds[type_]
        self.said = []
        self.call = call_for(address, progress=self.said.append, **more)
        self.observed = None

    def planned(self, **config):
        """What the planner would show for a configuration."""
        values = conform(config, self.kind.schema)
        before = self.observed.values if self.observed else None
        return self.kind.plan(self.client, self.observed, proposed_new(self.kind.schema, before, values), values)

    def create(self, **config):
        self.observed = self.kind.create(
            self.client, self.planned(**config).values, conform(config, self.kind.schema), self.call
        )
        return self

    def read(self):
        return self.kind.read(self.client, [self.observed])[0]

    def refresh(self):
        self.observed = self.read()
        return self

    def changes(self, **config):
        """The names that a new plan would change, after a read. A replacement is a mistake of the test."""
        self.refresh()
        planned = self.planned(**config)
        assert not planned.replace
        return changed(self.observed.values, planned.values)

    def replaced_by(self, **config):
        """The names whose change forces a new one."""
        return [path[0] for path in self.planned(**config).replace]

    def update(self, **config):
        planned = self.planned(**config)
        assert not planned.replace
        values = conform(config, self.kind.schema)
        call = replace(self.call, token="")
        self.observed = self.kind.update(self.client, self.observed, planned.values, values, call)
        return self

    def find(self, **config):
        """What a later run finds of a create with this very call."""
        before, self.observed = self.observed, None
        try:
            return self.kind.find(self.client, self.planned(**config).values, self.call)
        finally:
            self.observed = before

    def delete(self):
        self.kind.delete(self.client, self.observed, self.call)

    def __getitem__(self, name):
        return self.observed.values[name]
