"""The bearer tokens of EKS clusters: a presigned call of STS's GetCallerIdentity, base64url-encoded.

Verified as aws-iam-authenticator does (https://github.com/kubernetes-sigs/aws-iam-authenticator, pkg/token), except
that the signature is checked here against the key's secret instead of by calling STS.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, urlsplit

from sandbox.aws.credentials import Principal, find_credentials

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
    pairs = parse_qsl(url.query, keep_blank_values=True)
    parameters = {name.lower(): value for name, value in pairs}
    if len(parameters) != len(pairs) or not parameters.keys() <= _PARAMETERS:
        raise InvalidToken("the URL has unknown or repeated parameters")
    if parameters.get("action") != "GetCallerIdentity":
        raise InvalidToken("the action is not GetCallerIdentity")
    if _CLUSTER_HEADER not in parameters.get("x-amz-signedheaders", "").split(";"):
        raise InvalidToken("the cluster's name is not signed")
    _check_time(parameters, now)
    return _check_signature(url.netloc, pairs, parameters, cluster)


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


def _check_signature(host: str, pairs: list[tuple[str, str]], parameters: Mapping[str, str], cluster: str) -> Principal:
    """Signature version 4 in a query string: what was signed is built again, for `cluster`, and signed again.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """
    access_key, _, scope = parameters.get("x-amz-credential", "").partition("/")
    credentials = find_credentials(access_key)
    if credentials is None or credentials.session_token != parameters.get("x-amz-security-token"):
        raise InvalidToken("the access key is unknown")
    parts = scope.split("/")
    if len(parts) != 4 or parts[2:] != ["sts", "aws4_request"] or not parameters["x-amz-date"].startswith(parts[0]):
        raise InvalidToken("the scope is not STS's")
    headers = {"host": host, _CLUSTER_HEADER: cluster}
    names = parameters["x-amz-signedheaders"].split(";")
    if not set(names) <= headers.keys():
        raise InvalidToken("more headers are signed than a token has")
    encoded = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in pairs if k.lower() != "x-amz-signature")
    canonical = "\n".join(
        (
            "GET",
            "/",
            "&".join(f"{name}={value}" for name, value in encoded),
            *(f"{name}:{headers[name]}" for name in names),
            "",
            ";".join(names),
            hashlib.sha256(b"").hexdigest(),
        )
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join(("AWS4-HMAC-SHA256", parameters["x-amz-date"], scope, digest))
    key = b"AWS4" + credentials.secret_key.encode()
    for part in parts:
        key = hmac.digest(key, part.encode(), "sha256")
    expected = hmac.new(key, text.encode(), "sha256").hexdigest()
    if not hmac.compare_digest(expected, parameters.get("x-amz-signature", "")):
        raise InvalidToken("the signature does not match, or was made for another cluster")
    return credentials.principal
