"""The front door of AWS: recognises a request, counts it, lets a fault befall it, and hands it to who serves it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wrappers import Response

from sandbox.aws.authentication import authenticate
from sandbox.aws.credentials import install_administrator
from sandbox.aws.ec2.offerings import import_ec2
from sandbox.aws.ec2.service import Ec2
from sandbox.aws.eks.service import Eks
from sandbox.aws.errors import AwsError, render_error
from sandbox.aws.moto import Moto
from sandbox.aws.requests import AwsRequest, recognise
from sandbox.clock import Clock
from sandbox.counters import Counters
from sandbox.faults import Fault, Faults
from sandbox.httpserver import DroppedConnection

log = logging.getLogger(__name__)


class Aws:
    """The whole of AWS as one WSGI application. `host` is where it listens, as clients write it."""

    def __init__(self, clock: Clock, faults: Faults, counters: Counters, host: Callable[[], str]) -> None:
        self._faults = faults
        self._counters = counters
        self._moto = Moto()
        import_ec2()
        self._ec2 = Ec2(self._moto.application("ec2"), clock)
        self._eks = Eks(clock, host)
        self._moto.application("iam")
        install_administrator()

    def reset(self) -> None:
        """Back to an empty account: its administrator and the default networks."""
        self._eks.reset()
        self._ec2.reset()
        self._moto.reset()
        install_administrator()

    def stop(self) -> None:
        """End what runs beside the requests."""
        self._eks.reset()

    def status(self) -> dict[str, Any]:
        """What there is, for `sandbox status`."""
        return {"clusters": self._eks.describe()}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        protocol = "rest-json"
        try:
            request = recognise(environ)
            protocol = request.protocol
            response = self._serve(request)
        except AwsError as refusal:
            response = render_error(refusal, protocol)
        except DroppedConnection:
            raise
        except Exception:
            log.exception("%s %s could not be served", environ.get("REQUEST_METHOD"), environ.get("PATH_INFO"))
            response = render_error(AwsError("InternalFailure", "The sandbox failed; its log says why.", 500), protocol)
        return response(environ, start_response)

    def _serve(self, request: AwsRequest) -> Response:
        if request.service == "eks":
            self._eks.read(request)
        self._counters.count(request.service, request.operation)
        fault = self._faults.take(request.service, request.operation, request.parameters)
        if fault is not None:
            _befall(fault)
        authenticate(request)
        response = self._dispatch(request, fault)
        if fault is not None and fault.drop == "after":
            raise DroppedConnection
        return response

    def _dispatch(self, request: AwsRequest, fault: Fault | None) -> Response:
        match request.service:
            case "eks":
                return self._eks.serve(request, fault)
            case "ec2":
                return self._ec2.serve(request)
        return Response.from_app(self._moto.application(request.service), request.environ)


def _befall(fault: Fault) -> None:
    """What happens to a request before it is served."""
    if fault.latency:
        time.sleep(fault.latency)
    if fault.drop == "before":
        raise DroppedConnection
    if fault.error is not None:
        raise AwsError(*fault.error)
