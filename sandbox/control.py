"""The sandbox's own endpoints, under `/_sandbox/`, for its commands and for tests. Each asks for the run's token.

| request | answer |
| --- | --- |
| GET status | pid, port, speed, what is in the clouds, faults in force, requests served by service and operation |
| GET counters, POST counters/reset | the requests served; counting starts again |
| GET faults, POST faults | the rules in force; a document of rules takes their place (`sandbox.faults`) |
| POST reset | every cloud is empty again, faults and counters are gone |
| POST stop | the process ends |
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Callable, Iterable
from typing import Any

import yaml
from werkzeug.wrappers import Request, Response

from sandbox.clock import Clock
from sandbox.counters import Counters
from sandbox.faults import MAXIMUM_BYTES, Faults, InvalidFaults

PREFIX = "/_sandbox/"


class Refused(Exception):
    """A control request that is not served: the HTTP status and why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Control:
    """Answers `/_sandbox/`. `clouds` tells what there is, `reset` empties it and `stop` ends the process."""

    def __init__(
        self,
        token: str,
        clock: Clock,
        faults: Faults,
        counters: Counters,
        clouds: Callable[[], dict[str, Any]],
        reset: Callable[[], None],
        stop: Callable[[], None],
    ) -> None:
        self._token = token
        self._clock = clock
        self._faults = faults
        self._counters = counters
        self._clouds = clouds
        self._reset = reset
        self._stop = stop
        self._answers: dict[tuple[str, str], Callable[[Request], Any]] = {
            ("GET", "status"): self._status,
            ("GET", "counters"): lambda request: self._counters.snapshot(),
            ("POST", "counters/reset"): lambda request: self._counters.reset(),
            ("GET", "faults"): lambda request: self._faults.describe(),
            ("POST", "faults"): self._replace_faults,
            ("POST", "reset"): lambda request: self._reset(),
            ("POST", "stop"): lambda request: self._stop(),
        }

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        request = Request(environ)
        try:
            document, status = self._answer(request), 200
        except Refused as refused:
            document, status = {"error": str(refused)}, refused.status
        response = Response(json.dumps(document), status, content_type="application/json")
        return response(environ, start_response)

    def _answer(self, request: Request) -> Any:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            raise Refused(401, "this endpoint is for who started the sandbox")
        answer = self._answers.get((request.method, request.path.removeprefix(PREFIX)))
        if answer is None:
            raise Refused(404, f"no such endpoint: {request.method} {request.path}")
        return answer(request)

    def _status(self, request: Request) -> dict[str, Any]:
        return {
            "pid": os.getpid(),
            "speed": self._clock.speed,
            "requests": self._counters.snapshot(),
            "faults": self._faults.describe(),
            **self._clouds(),
        }

    def _replace_faults(self, request: Request) -> dict[str, int]:
        if (request.content_length or 0) > MAXIMUM_BYTES:
            raise Refused(413, f"faults may have {MAXIMUM_BYTES} bytes")
        try:
            return {"rules": self._faults.replace(yaml.safe_load(request.get_data()))}
        except (InvalidFaults, yaml.YAMLError) as reason:
            raise Refused(400, str(reason)) from reason
