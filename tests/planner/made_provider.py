"""A provider whose kinds are made at run time, from schemas that a test hands in; what it is called with is kept."""

from __future__ import annotations

import itertools

from language.values import Unknown
from providers.contract import Observed, Provider, ResourceKind


class Record(ResourceKind):
    """A kind of the test's making. What exists is in `rows`, by id; what providers were given in `calls`."""

    def __init__(self, type_, schema):
        self.type = type_
        self.schema = schema
        self.rows = {}
        self.calls = []
        self._ids = itertools.count(1)

    def _written(self, id_, planned):
        self.rows[id_] = {name: None if isinstance(value, Unknown) else value for name, value in planned.items()}
        self.rows[id_] |= {"id": id_} if "id" in self.schema.attributes else {}
        return Observed(self.rows[id_], {"id": id_})

    def plan(self, client, prior, proposed, config):
        self.calls.append(("plan", proposed, config))
        return super().plan(client, prior, proposed, config)

    def read(self, client, priors):
        found = [(self.rows.get(prior.identity["id"]), prior) for prior in priors]
        return [None if row is None else Observed(row, prior.identity, prior.private) for row, prior in found]

    def create(self, client, planned, config, call):
        self.calls.append(("create", planned, config))
        self.lineage = call.lineage
        return self._written(str(next(self._ids)), planned)

    def update(self, client, prior, planned, config, call):
        self.calls.append(("update", planned, config))
        return self._written(prior.identity["id"], planned)

    def delete(self, client, prior, call):
        self.calls.append(("delete", prior.values, None))
        self.rows.pop(prior.identity["id"], None)

    def find(self, client, planned, call):
        return None


class Made(Provider):
    """Types begin with "made_"; kinds are added while the program runs."""

    name = "made"
    source = "registry.terraform.io/tests/made"

    def __init__(self):
        self._kinds = {}
        self.closed = []

    @property
    def kinds(self):
        return self._kinds

    def add(self, type_, schema, kind=Record):
        """One more kind."""
        self._kinds[type_] = kind(type_, schema)
        return self._kinds[type_]

    def configure(self, config, environment):
        return f"client of {len(self.closed)}"

    def close(self, client):
        self.closed.append(client)
