"""The bearer tokens of EKS clusters: a presigned call of STS's GetCallerIdentity, base64url-encoded.

Verified as aws-iam-authenticator does (https://github.com/kubernetes-sigs/aws-iam-authenticator, pkg/token), except
that the signature is checked here against the key's secret instead of by calling STS.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from sandbox.aws.credentials import Principal, find_credentials
from sandbox.aws.signatures import EMPTY_PAYLOAD, read_query, split_query, without_signature

PREFIX = "k8s-aws-v1."
LIFETIME_SECONDS = 900  # from X-Amz-Date, whatever X-Amz-Expires says: how STS treats presigned calls
_CLUSTER_HEADER = "x-k8s-aws-id"
_MAXIMUM_LENGTH = 16 << 10
_SKEW_SECONDS = 300
_PARAMETERS = frozenset(
    {
        "action",
        "version",
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-security-token",
        "x-amz-signature",
        "x-amz-signedheaders",
        "x-amz-user-agent",
    }
)


class InvalidToken(ValueError):
    """The token does not let anybody in; the message says why, without the token."""


def verify_token(token: str, cluster: str, own_host: str, now: float) -> Principal:
    """Who a token speaks for.

    `own_host` is the sandbox's `host:port`, which stands for STS's when a client was pointed here; `now` is in seconds
    since the epoch. Raises InvalidToken.
    """
    url = urlsplit(_decode(token))
    is_own = url.netloc == own_host
    if not is_own and not _is_sts(url.hostname or ""):
        raise InvalidToken(f"the host {url.hostname} is not STS")
    if url.scheme != "https" and not is_own:
        raise InvalidToken("the URL is not https")
    if url.path not in ("", "/"):
        raise InvalidToken("the URL has a path")
    pairs = split_query(url.query)
    parameters = {name.lower(): value for name, value in pairs}
    if len(parameters) != len(pairs) or not parameters.keys() <= _PARAMETERS:
        raise InvalidToken("the URL has unknown or repeated parameters")
    if parameters.get("action") != "GetCallerIdentity":
        raise InvalidToken("the action is not GetCallerIdentity")
    if _CLUSTER_HEADER not in parameters.get("x-amz-signedheaders", "").split(";"):
        raise InvalidToken("the cluster's name is not signed")
    _check_time(parameters, now)
    return _check_signature(url.netloc, pairs, cluster)


def _decode(token: str) -> str:
    if not token.startswith(PREFIX) or len(token) > _MAXIMUM_LENGTH:
        raise InvalidToken("this is no token of a cluster")
    text = token.removeprefix(PREFIX)
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        raise InvalidToken("the token is no base64url") from None


def _is_sts(host: str) -> bool:
    labels = host.removesuffix(".cn").split(".")
    return labels[0] in ("sts", "sts-fips") and labels[-2:] == ["amazonaws", "com"] and len(labels) in (3, 4)


def _check_time(parameters: Mapping[str, str], now: float) -> None:
    try:
        signed = datetime.strptime(parameters["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
        expires = int(parameters.get("x-amz-expires", "60"))
    except (KeyError, ValueError):
        raise InvalidToken("the URL is not dated") from None
    if not 0 <= expires <= LIFETIME_SECONDS:
        raise InvalidToken("the URL asks for a longer life than a token may have")
    if now > signed + LIFETIME_SECONDS:
        raise InvalidToken("the token has expired")
    if now < signed - _SKEW_SECONDS:
        raise InvalidToken("the token is from the future")


def _check_signature(host: str, pairs: list[tuple[str, str]], cluster: str) -> Principal:
    """What was signed, with `cluster` for the name in it."""
    signature = read_query(pairs)
    credentials = find_credentials(signature.access_key) if signature is not None else None
    if signature is None or credentials is None or credentials.session_token != signature.session_token:
        raise InvalidToken("the access key is unknown")
    date, *_, service, end = signature.scope.split("/")
    if (service, end) != ("sts", "aws4_request") or not signature.timestamp.startswith(date):
        raise InvalidToken("the scope is not STS's")
    headers = {"host": host, _CLUSTER_HEADER: cluster}
    if not set(signature.headers) <= headers.keys():
        raise InvalidToken("more headers are signed than a token has")
    query = without_signature(pairs)
    if not signature.matches(credentials.secret_key, "GET", "/", query, headers, EMPTY_PAYLOAD):
        raise InvalidToken("the signature does not match, or was made for another cluster")
    return credentials.principal
