"""EKS as the front sees it: reads a request by the service's model, answers it once per token, writes the answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Response

from sandbox.aws.credentials import principal_of
from sandbox.aws.eks import (  # noqa: F401 - they register what they answer
    access_entry,
    access_policy,
    addon,
    addon_catalogue,
    cluster,
    cluster_updates,
    insights,
    nodegroup,
    nodegroup_updates,
    pod_identity,
    tags,
    updates,
    versions,
)
from sandbox.aws.eks.operations import HANDLERS, Call
from sandbox.aws.eks.store import Region
from sandbox.aws.errors import AwsError
from sandbox.aws.requests import AwsRequest
from sandbox.aws.restjson import RestJsonProtocol
from sandbox.clock import Clock
from sandbox.faults import Fault


class Eks:
    """Serves EKS in every region. `host` tells where clients reach this endpoint, as they write it."""

    def __init__(self, clock: Clock, host: Callable[[], str]) -> None:
        self._clock = clock
        self._host = host
        self._protocol = RestJsonProtocol("eks")
        self._regions: dict[str, Region] = {}
        self._lock = threading.Lock()

    def read(self, request: AwsRequest) -> None:
        """Fill in the operation and the parameters of a request. Raises AwsError."""
        request.operation, request.parameters = self._protocol.read(
            request.method, request.path, request.query, request.body
        )

    def serve(self, request: AwsRequest, fault: Fault | None) -> Response:
        """Answer a request that was read. Raises AwsError for what is refused."""
        handler = HANDLERS.get(request.operation)
        if handler is None:
            raise AwsError("UnknownOperationException", f"{request.operation} is not served here.", 404)
        region = self._region(request.region)
        call = Call(region, principal_of(request.access_key), request.parameters, fault)
        with region.lock:
            return self._protocol.write(request.operation, self._once(request.operation, handler, call))

    def _once(self, operation: str, handler: Callable[[Call], dict[str, Any]], call: Call) -> dict[str, Any]:
        token = call.get("clientRequestToken")
        if not token:
            return handler(call)
        answers = call.region.answers
        if known := answers.get((operation, token)):
            parameters, answer = known
            if all(body.get("status") != "DELETED" for body in answer.values() if isinstance(body, dict)):
                if parameters != call.parameters:
                    message = "The clientRequestToken was used before, with other parameters."
                    raise AwsError("InvalidParameterException", message)
                return answer
        answer = handler(call)
        answers[operation, token] = (call.parameters, answer)
        return answer

    def describe(self) -> list[dict[str, Any]]:
        """The clusters of all regions, for `sandbox status`."""
        return [
            {"name": c.name, "region": region.name, "status": c.body["status"], "nodes": c.node_count()}
            for region in list(self._regions.values())
            for c in list(region.clusters.values())
        ]

    def reset(self) -> None:
        """Forget every cluster and stop what runs behind it."""
        with self._lock:
            regions, self._regions = self._regions, {}
        for region in regions.values():
            for deleted in list(region.clusters.values()):
                if deleted.control_plane is not None:
                    deleted.control_plane.stop()

    def _region(self, name: str) -> Region:
        with self._lock:
            if name not in self._regions:
                self._regions[name] = Region(name, self._clock, self._host)
            return self._regions[name]
