"""EC2 as the front sees it: what goes for every operation, before moto serves it.

`DryRun` creates nothing and a `ClientToken` creates once; moto heeds neither throughout.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Response

from sandbox.aws.ec2 import dependencies, nat_gateways
from sandbox.aws.errors import AwsError
from sandbox.aws.requests import AwsRequest
from sandbox.clock import Clock

_DRY_RUN = "Request would have succeeded, but DryRun flag is set."
_MISMATCH = "The client token you have provided is associated with a resource for which the parameters do not match."


class _Remembered:
    """The answer to the first request with a token; later ones wait for it and get the same."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.parameters: Mapping[str, str] = {}
        self.body: bytes | None = None


class Ec2:
    """Serves EC2 through moto's application, with its corrections in place."""

    def __init__(self, application: Any, clock: Clock) -> None:
        self._application = application
        self._tokens: dict[tuple[str, str, str], _Remembered] = {}
        self._lock = threading.Lock()
        nat_gateways.correct(clock)
        dependencies.correct()

    def reset(self) -> None:
        """Forget which requests were answered before."""
        with self._lock:
            self._tokens.clear()

    def serve(self, request: AwsRequest) -> Response:
        """Answer one request. Raises AwsError for what is refused here."""
        if request.parameters.get("DryRun", "").lower() == "true":
            raise AwsError("DryRunOperation", _DRY_RUN, 412)
        token = request.parameters.get("ClientToken")
        if not token:
            return self._forward(request)
        with self._lock:
            remembered = self._tokens.setdefault((request.region, request.operation, token), _Remembered())
        with remembered.lock:
            return self._once(request, remembered)

    def _once(self, request: AwsRequest, remembered: _Remembered) -> Response:
        if remembered.body is not None:
            if remembered.parameters != request.parameters:
                raise AwsError("IdempotentParameterMismatch", _MISMATCH)
            return Response(remembered.body, 200, content_type="text/xml;charset=UTF-8")
        response = self._forward(request)
        if response.status_code == 200:
            remembered.parameters, remembered.body = request.parameters, response.get_data()
        return response

    def _forward(self, request: AwsRequest) -> Response:
        return Response.from_app(self._application, request.environ)
