"""Refusals, in the form in which each of AWS's protocols puts them on the wire."""

from __future__ import annotations

import json
import uuid
from typing import Any
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response


class AwsError(Exception):
    """A refusal: the service's error code, its message, the HTTP status, and the fields its error shape has."""

    def __init__(self, code: str, message: str, status: int = 400, **fields: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.fields = {name: value for name, value in fields.items() if value is not None}


_EC2 = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>{code}</Code>'
    "<Message>{message}</Message></Error></Errors><RequestID>{id}</RequestID></Response>"
)
_QUERY = (
    "<ErrorResponse><Error><Type>{fault}</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    "<RequestId>{id}</RequestId></ErrorResponse>"
)
_S3 = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message>'
    "<RequestId>{id}</RequestId></Error>"
)
_XML = {"ec2": _EC2, "query": _QUERY, "s3": _S3}


def render_error(error: AwsError, protocol: str) -> Response:
    """The response to a refused request; `protocol` is one of ec2, query, s3, json, rest-json."""
    request_id = str(uuid.uuid4())
    if protocol in _XML:
        body = _XML[protocol].format(
            code=escape(error.code),
            message=escape(error.message),
            id=request_id,
            fault="Sender" if error.status < 500 else "Receiver",
        )
        response = Response(body, error.status, content_type="text/xml;charset=UTF-8")
    else:
        document = {"message": error.message, **error.fields}
        if protocol == "json":
            document = {"__type": error.code, **document}
        kind = "application/x-amz-json-1.1" if protocol == "json" else "application/json"
        response = Response(json.dumps(document), error.status, content_type=kind)
        response.headers["x-amzn-ErrorType"] = error.code
    response.headers["x-amzn-RequestId"] = request_id
    return response
