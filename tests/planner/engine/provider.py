"""The provider "mem": a kind that the service names (mem_unit), one that the configuration names (mem_name), and one
whose operations go on by themselves (mem_slow)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from language.schema import Attribute, Schema, computed, optional, required
from language.types import STRING, List
from language.values import Unknown, is_known
from providers.contract import Call, Client, Environment, Observed, Planned, Provider, ResourceKind, Values
from providers.contract.diff import changed, plan_by_schema
from tests.planner.engine.service import Run, Sent, Service, Thing, Where

T = TypeVar("T")
_SHARED: dict[str, Attribute] = {
    "label": optional(STRING),
    "size": optional(STRING, immutable=True),
    "anchor": optional(STRING, immutable=True),
    "refs": optional(List(STRING)),
    "secret": optional(STRING),
    "id": computed(STRING),
    "serial": computed(STRING),
    "echo": computed(STRING),
}


@dataclass(frozen=True)
class Connection:
    """A client: the service as one run talks to it."""

    service: Service
    run: Run

    def call(self, on: Where, act: Callable[[], T]) -> T:
        self.service.settle()
        return self.run.call(on, act)


class Unit(ResourceKind):
    """Named by the service, so that only its token tells who made it. `serial` is another one after each change."""

    type = "mem_unit"
    schema = Schema(_SHARED)

    def plan(self, client: Client | None, prior: Observed | None, proposed: Values, config: Values) -> Planned:
        if prior is None:
            return Planned({**proposed, **self._known_id(proposed)})
        planned = plan_by_schema(self.schema, prior, proposed)
        names = changed(prior.values, proposed)
        if not names or planned.replace:
            return planned
        after = {**proposed, "serial": Unknown(STRING, not_null=True)}
        if "label" in names:
            after["echo"] = Unknown(STRING, not_null=True)
        return Planned(after)

    def _known_id(self, proposed: Values) -> Values:
        return {}

    def read(self, client: Connection, priors: Sequence[Observed]) -> Sequence[Observed | None]:
        def look() -> list[Observed | None]:
            there = {thing.id: thing.observed for thing in client.service.seen() if thing.type == self.type}
            return [there.get(prior.identity["id"]) for prior in priors]

        return client.call("look", look)

    def create(self, client: Connection, planned: Values, config: Values, call: Call) -> Observed:
        client.run.sent.append(Sent(call.address, "create", planned))
        return self._made(client, lambda: client.service.make(self.type, planned, call.token, call.lineage), call)

    def _made(self, client: Connection, make: Callable[[], Observed], call: Call) -> Observed:
        try:
            return client.call("change", make)
        finally:
            if client.service.patient and not client.run.dead:
                call.clock.sleep(client.service.lag)

    def update(self, client: Connection, prior: Observed, planned: Values, config: Values, call: Call) -> Observed:
        client.run.sent.append(Sent(call.address, "update", planned))
        return client.call("change", lambda: client.service.change(prior.identity["id"], planned))

    def delete(self, client: Connection, prior: Observed, call: Call) -> None:
        client.call("change", lambda: client.service.remove(prior.identity["id"]))

    def find(self, client: Connection, planned: Values, call: Call) -> Observed | None:
        def look() -> Observed | None:
            mine = (thing for thing in client.service.seen() if thing.type == self.type)
            return next((thing.observed for thing in mine if self._is_it(thing, planned, call)), None)

        return client.call("look", look)

    def _is_it(self, thing: Thing, planned: Values, call: Call) -> bool:
        return bool(call.token) and thing.token == call.token


class Name(Unit):
    """Named by the configuration: a replacement has its predecessor's id, unless it is renamed."""

    type = "mem_name"
    schema = Schema({"name": required(STRING, immutable=True), **_SHARED})
    key_names = ("name",)

    def _known_id(self, proposed: Values) -> Values:
        return {"id": proposed["name"]} if is_known(proposed["name"]) else {}

    def _is_it(self, thing: Thing, planned: Values, call: Call) -> bool:
        return thing.id == planned["name"] and thing.lineage == call.lineage


class Slow(Unit):
    """What is done to it goes on by itself: the service gives a handle, and takes its time."""

    type = "mem_slow"

    def create(self, client: Connection, planned: Values, config: Values, call: Call) -> Observed:
        handles = []

        def start() -> Observed:
            made = client.service.make(self.type, planned, call.token, call.lineage)
            handles.append(client.service.start(made.identity["id"], lambda: None))
            return made

        client.run.sent.append(Sent(call.address, "create", planned))
        made = self._made(client, start, call)
        self._wait_for(client, handles[0], call)
        return made

    def update(self, client: Connection, prior: Observed, planned: Values, config: Values, call: Call) -> Observed:
        id_, service = prior.identity["id"], client.service
        client.run.sent.append(Sent(call.address, "update", planned))
        handle = client.call("change", lambda: service.start(id_, lambda: service.change(id_, planned)))
        self._wait_for(client, handle, call)
        return service.things[id_].observed

    def delete(self, client: Connection, prior: Observed, call: Call) -> None:
        id_, service = prior.identity["id"], client.service
        handle = client.call("change", lambda: service.start(id_, lambda: service.remove(id_)))
        self._wait_for(client, handle, call)

    def is_running(self, client: Connection, handle: Mapping[str, Any]) -> bool:
        return client.call("look", lambda: handle["name"] in client.service.going)

    def resume(self, client: Connection, handle: Mapping[str, Any], call: Call) -> None:
        while self.is_running(client, handle):
            call.clock.sleep(1.0)

    def _wait_for(self, client: Connection, handle: str, call: Call) -> None:
        call.accepted({"name": handle})
        self.resume(client, {"name": handle}, call)


class MemoryProvider(Provider):
    """All kinds, of one service."""

    name = "mem"
    source = "registry.terraform.io/tests/mem"

    def __init__(self, service: Service) -> None:
        self._service = service
        self._kinds: dict[str, ResourceKind] = {kind.type: kind for kind in (Unit(), Name(), Slow())}

    @property
    def kinds(self) -> Mapping[str, ResourceKind]:
        return self._kinds

    def configure(self, config: Values, environment: Environment) -> Any:
        return Connection(self._service, self._service.run)
