"""What a request asks: which service, in which region, by which key, which operation, with which parameters.

Read from the signature's scope as AWS's own front doors do, never from the host: one port serves all services.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote

from sandbox.aws.errors import AwsError
from sandbox.aws.s3operations import s3_operation

MAXIMUM_BODY = 256 << 20
_MAXIMUM_DOCUMENT = 4 << 20

PROTOCOLS = {"ec2": "ec2", "iam": "query", "sts": "query", "s3": "s3", "kms": "json", "eks": "rest-json"}
_SCOPE = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/,\s]+)/([^/,\s]+)/aws4_request")


@dataclass
class AwsRequest:
    """One request, recognised. `parameters` are flat for the query protocols and nested for the JSON ones."""

    service: str
    region: str
    access_key: str | None
    method: str
    path: str  # as sent, still percent-encoded
    query_string: str
    query: dict[str, list[str]]
    environ: dict[str, Any]
    operation: str = ""
    body: bytes = b""
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def protocol(self) -> str:
        """In which the service is spoken to, and errors are answered."""
        return PROTOCOLS[self.service]


def recognise(environ: dict[str, Any]) -> AwsRequest:
    """The request in `environ`; its body stays readable there.

    Raises AwsError for a service that is not served here and for a body that cannot be read.
    """
    target, _, query = str(environ.get("REQUEST_URI") or environ.get("PATH_INFO", "/")).partition("?")
    parsed = parse_qs(query, keep_blank_values=True)
    access_key, region, service = _scope(environ, parsed)
    if service not in PROTOCOLS:
        raise AwsError(
            "UnknownService", f"This endpoint serves {', '.join(sorted(PROTOCOLS))}, and not {service}.", 404
        )
    request = AwsRequest(service, region, access_key, environ["REQUEST_METHOD"], target, query, parsed, environ)
    _bound(environ)
    _READERS[request.protocol](request)
    return request


def _scope(environ: Mapping[str, Any], query: Mapping[str, list[str]]) -> tuple[str | None, str, str]:
    signed = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    if signed is None and "X-Amz-Credential" in query:
        signed = _SCOPE.search(f"Credential={query['X-Amz-Credential'][0]}")
    if signed is not None:
        return signed[1], signed[2], signed[3]
    is_form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
    return None, "us-east-1", "sts" if is_form else "s3"  # what AWS answers unsigned: web identities and open objects


def _bound(environ: Mapping[str, Any]) -> None:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MAXIMUM_BODY:
        raise AwsError("RequestEntityTooLarge", f"A request may have {MAXIMUM_BODY} bytes.", 413)


def _read_body(request: AwsRequest) -> None:
    stream = request.environ["wsgi.input"]
    is_chunked = request.environ.get("wsgi.input_terminated", False)
    body = stream.read(_MAXIMUM_DOCUMENT + 1 if is_chunked else int(request.environ.get("CONTENT_LENGTH") or 0))
    if len(body) > _MAXIMUM_DOCUMENT:
        raise AwsError("RequestEntityTooLarge", f"A document may have {_MAXIMUM_DOCUMENT} bytes.", 413)
    request.body = body
    request.environ["wsgi.input"] = io.BytesIO(body)
    request.environ["CONTENT_LENGTH"] = str(len(body))


def _read_query(request: AwsRequest) -> None:
    _read_body(request)
    pairs = {name: values[0] for name, values in request.query.items()}
    pairs.update(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    request.operation = pairs.get("Action", "")
    request.parameters = pairs


def _read_json(request: AwsRequest) -> None:
    _read_body(request)
    request.operation = request.environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    try:
        parameters = json.loads(request.body or b"{}")
    except ValueError:
        raise AwsError("SerializationException", "The body is no JSON.") from None
    request.parameters = parameters if isinstance(parameters, dict) else {}


def _read_s3(request: AwsRequest) -> None:
    bucket, _, key = unquote(request.path).lstrip("/").partition("/")
    request.operation = s3_operation(request.method, bool(bucket), bool(key), request.query, request.environ)
    request.parameters = {"Bucket": bucket, "Key": key} | {k: v[0] for k, v in request.query.items()}


_READERS = {
    "ec2": _read_query,
    "query": _read_query,
    "json": _read_json,
    "s3": _read_s3,
    "rest-json": _read_body,  # its operation is in the path, which the service's own routing reads
}
