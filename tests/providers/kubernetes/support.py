"""What tests of Kubernetes' objects share: an object driven as the planner drives it, and a transport that counts."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from urllib3 import HTTPResponse

from planner.evaluation.decode import conform
from providers.contract import Call, Clock
from providers.contract.diff import proposed_new
from providers.kubernetes import provider

KIND = provider.kinds["kubernetes_manifest"]
LINEAGE = "7c5f9a3e-0000-4000-8000-000000000001"


def response(status: int, body: Any, headers: Mapping[str, str] | None = None) -> HTTPResponse:
    """An answer as urllib3 gives it: a body of bytes as it is, any other as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HTTPResponse(io.BytesIO(data), headers, status, preload_content=False)


class StillClock(Clock):
    """A clock that stands; sleeps take no time, and are kept."""

    def __init__(self, now: float = 0.0) -> None:
        self.slept: list[float] = []
        self._now = now

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


class CountingPool:
    """A pool of connections that notes what goes through it: `requests` are (method, path, query)."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self.requests: list[tuple[str, str, dict[str, str]]] = []

    def request(self, method: str, url: str, **options: Any) -> Any:
        parts = urlsplit(url)
        self.requests.append((method, parts.path, dict(parse_qsl(parts.query))))
        return self._pool.request(method, url, **options)

    def count(self, method: str, **query: str) -> int:
        """How many requests of this method had this in their query."""
        return sum(m == method and query.items() <= q.items() for m, _, q in self.requests)


class Managed:
    """One object through its life. `said` is the progress that was told."""

    def __init__(self, client: Any, **more: Any) -> None:
        self.client = client
        self.said: list[str] = []
        call = Call("app.a/object", "token", progress=self.said.append, stack="shop", lineage=LINEAGE, **more)
        self.call = replace(call, tags=provider.tags(call))
        self.observed: Any = None

    def planned(self, manifest: Any, **more: Any) -> Any:
        """What the planner would show for a manifest, by what was last observed."""
        values = conform({"manifest": manifest, **more}, KIND.schema)
        before = self.observed.values if self.observed else None
        return KIND.plan(self.client, self.observed, proposed_new(KIND.schema, before, values), values)

    def existing(self, manifest: Any, **more: Any) -> Any:
        """What the planner is told of what has the manifest's name already."""
        values = conform({"manifest": manifest, **more}, KIND.schema)
        return KIND.existing(self.client, values, self.call)

    def create(self, manifest: Any, **more: Any) -> Managed:
        planned = self.planned(manifest, **more).values
        self.observed = KIND.create(self.client, planned, planned, self.call)
        return self

    def read(self) -> Any:
        return KIND.read(self.client, [self.observed])[0]

    def refresh(self) -> Managed:
        self.observed = self.read()
        return self

    def update(self, manifest: Any, **more: Any) -> Managed:
        planned = self.planned(manifest, **more)
        assert not planned.replace
        assert not planned.diagnostics
        call = replace(self.call, private=planned.private)
        self.observed = KIND.update(self.client, self.observed, planned.values, planned.values, call)
        return self

    def delete(self) -> None:
        KIND.delete(self.client, self.observed, self.call)


def interrupted() -> threading.Event:
    """What a call carries when waiting has to stop."""
    event = threading.Event()
    event.set()
    return event
