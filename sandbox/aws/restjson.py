"""AWS's REST-JSON protocol, server side, driven by the service's published model.

The model that clients are generated from (botocore's) also routes here, checks parameters and shapes answers, so that
field names and types cannot drift from what clients expect.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape
from botocore.validate import ParamValidator
from werkzeug.wrappers import Response

from sandbox.aws.errors import AwsError


class RestJsonProtocol:
    """Routes, reads and writes the requests of one service."""

    def __init__(self, service: str) -> None:
        self._model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
        self._routes = [self._route(name) for name in self._model.operation_names]
        self._validator = ParamValidator()

    def _route(self, name: str) -> tuple[str, re.Pattern[str], str]:
        http = self._model.operation_model(name).http
        path = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", http["requestUri"].partition("?")[0])
        return http["method"], re.compile(path + "/?"), name

    def read(self, method: str, path: str, query: Mapping[str, list[str]], body: bytes) -> tuple[str, dict[str, Any]]:
        """The operation a request asks for and its parameters, checked against the model.

        Raises AwsError: UnknownOperationException, SerializationException or InvalidParameterException.
        """
        for route_method, pattern, name in self._routes:
            if route_method == method and (match := pattern.fullmatch(path)):
                labels = {label: unquote(value) for label, value in match.groupdict().items()}
                return name, self._parameters(self._model.operation_model(name), labels, query, body)
        raise AwsError("UnknownOperationException", f"No operation answers {method} {path}.", 404)

    def _parameters(
        self, operation: OperationModel, labels: Mapping[str, str], query: Mapping[str, list[str]], body: bytes
    ) -> dict[str, Any]:
        shape = operation.input_shape
        if shape is None:
            return {}
        try:
            document = json.loads(body) if body.strip() else {}
        except ValueError:
            raise AwsError("SerializationException", "The body is no JSON.") from None
        if not isinstance(document, dict):
            raise AwsError("SerializationException", "The body is no JSON object.")
        parameters: dict[str, Any] = {}
        for name, member in shape.members.items():
            wire = member.serialization.get("name", name)
            match member.serialization.get("location"):
                case "uri":
                    parameters[name] = labels[wire]
                case "querystring" if wire in query:
                    parameters[name] = _from_text(member, query[wire])
                case None if document.get(wire) is not None:
                    parameters[name] = document[wire]
        report = self._validator.validate(parameters, shape)
        if report.has_errors():
            raise AwsError("InvalidParameterException", report.generate_report())
        return parameters

    def write(self, operation: str, result: Mapping[str, Any]) -> Response:
        """The answer to a request that was served."""
        shape = self._model.operation_model(operation).output_shape
        document = _to_wire(shape, result) if shape is not None else {}
        response = Response(json.dumps(document), 200, content_type="application/json")
        response.headers["x-amzn-RequestId"] = str(uuid.uuid4())
        return response

    def status_of(self, code: str, default: int) -> int:
        """The HTTP status that goes with an error code of this service."""
        try:
            return int(self._model.shape_for(code).metadata["error"]["httpStatusCode"])
        except Exception:  # botocore raises a private mix for a shape that is unknown or is no error
            return default


def _from_text(shape: Shape, values: list[str]) -> Any:
    match shape.type_name:
        case "list":
            return list(values)
        case "boolean":
            return values[0].lower() == "true"
        case "integer" | "long" if values[0].lstrip("-").isdigit():
            return int(values[0])
    return values[0]


def _to_wire(shape: Shape, value: Any) -> Any:
    match shape:
        case StructureShape():
            return {
                member.serialization.get("name", name): _to_wire(member, value[name])
                for name, member in shape.members.items()
                if value.get(name) is not None
            }
        case ListShape():
            return [_to_wire(shape.member, item) for item in value]
        case MapShape():
            return {key: _to_wire(shape.value, item) for key, item in value.items()}
    return value.timestamp() if isinstance(value, datetime) else value
