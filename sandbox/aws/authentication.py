"""Whether a request comes from whom it says: a key that was given out, and a signature made with its secret.

Refusals are those of each protocol's services. Unsigned requests pass here; the services decide about them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sandbox.aws.credentials import find_credentials
from sandbox.aws.errors import AwsError
from sandbox.aws.requests import AwsRequest
from sandbox.aws.signatures import read_header, read_query, split_query, without_signature

_INVALID_TOKEN = "The security token included in the request is invalid."  # noqa: S105
_UNKNOWN_KEY = {
    "ec2": ("AuthFailure", "AWS was not able to validate the provided access credentials", 401),
    "query": ("InvalidClientTokenId", _INVALID_TOKEN, 403),
    "s3": ("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403),
    "json": ("UnrecognizedClientException", _INVALID_TOKEN, 400),
    "rest-json": ("UnrecognizedClientException", _INVALID_TOKEN, 403),
}

_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your AWS Secret Access Key and signing method."
)
_WRONG_SECRET = {
    "ec2": _UNKNOWN_KEY["ec2"],
    "query": ("SignatureDoesNotMatch", _MISMATCH, 403),
    "s3": ("SignatureDoesNotMatch", _MISMATCH, 403),
    "json": ("InvalidSignatureException", _MISMATCH, 400),
    "rest-json": ("InvalidSignatureException", _MISMATCH, 403),
}


def authenticate(request: AwsRequest) -> None:
    """Let a request pass, or raise AwsError."""
    if request.access_key is None:
        return
    credentials = find_credentials(request.access_key)
    if credentials is None:
        raise AwsError(*_UNKNOWN_KEY[request.protocol])
    headers = _headers(request.environ)
    pairs = split_query(request.query_string)
    signature = read_header(headers.get("authorization", ""), headers) or read_query(pairs)
    if signature is None or signature.session_token != credentials.session_token:
        raise AwsError(*_UNKNOWN_KEY[request.protocol])
    # S3 signs the path as it is sent; everybody else encodes it once more
    path = request.path if request.service == "s3" else quote(request.path, safe="/~")
    payload = headers.get("x-amz-content-sha256") or _payload_hash(request, signed_query="authorization" not in headers)
    query = without_signature(pairs)
    if not signature.matches(credentials.secret_key, request.method, path, query, headers, payload):
        raise AwsError(*_WRONG_SECRET[request.protocol])


def _payload_hash(request: AwsRequest, signed_query: bool) -> str:
    if request.service == "s3" and signed_query:
        return "UNSIGNED-PAYLOAD"
    return hashlib.sha256(request.body).hexdigest()


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    """The headers of a request by lower-case names with dashes, which is all that WSGI keeps of them."""
    named = {key.removeprefix("HTTP_"): value for key, value in environ.items() if key.startswith("HTTP_")}
    named |= {key: environ[key] for key in ("CONTENT_TYPE", "CONTENT_LENGTH") if key in environ}
    return {key.lower().replace("_", "-"): str(value) for key, value in named.items()}
