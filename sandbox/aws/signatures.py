"""Signature version 4, checked: what a client signed is built again from what arrived, and signed again.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote

_UNRESERVED = "-_.~"
_HEADER = re.compile(r"AWS4-HMAC-SHA256 +Credential=([^/,\s]+)/([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=(\w+)")
EMPTY_PAYLOAD = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class Signature:
    """A signature as it came: whose, in which scope, over which headers, at what time."""

    access_key: str
    scope: str  # date/region/service/aws4_request
    headers: tuple[str, ...]
    timestamp: str
    value: str
    session_token: str | None

    def matches(
        self,
        secret: str,
        method: str,
        path: str,
        query: Iterable[tuple[str, str]],
        headers: Mapping[str, str],
        payload_hash: str,
    ) -> bool:
        """Whether `secret` made it over this request.

        `path` is the canonical one; `query` is without the signature; `headers` by lower-case names with dashes.
        """
        pairs = sorted((quote(name, safe=_UNRESERVED), quote(value, safe=_UNRESERVED)) for name, value in query)
        canonical = "\n".join(
            (
                method,
                path,
                "&".join(f"{name}={value}" for name, value in pairs),
                *(f"{name}:{' '.join(headers.get(name.replace('_', '-'), '').split())}" for name in self.headers),
                "",
                ";".join(self.headers),
                payload_hash,
            )
        )
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        key = b"AWS4" + secret.encode()
        for part in self.scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        text = "\n".join(("AWS4-HMAC-SHA256", self.timestamp, self.scope, digest))
        return hmac.compare_digest(hmac.new(key, text.encode(), "sha256").hexdigest(), self.value)


def read_header(authorization: str, headers: Mapping[str, str]) -> Signature | None:
    """The signature in an Authorization header, or None when there is none of this version."""
    match = _HEADER.fullmatch(authorization.strip())
    if match is None:
        return None
    return Signature(
        access_key=match[1],
        scope=match[2],
        headers=tuple(match[3].split(";")),
        timestamp=headers.get("x-amz-date", ""),
        value=match[4],
        session_token=headers.get("x-amz-security-token"),
    )


def read_query(pairs: Sequence[tuple[str, str]]) -> Signature | None:
    """The signature in the query of a presigned URL, or None when there is none."""
    found = {name.lower(): value for name, value in pairs}
    access_key, _, scope = found.get("x-amz-credential", "").partition("/")
    if not access_key or "x-amz-signature" not in found:
        return None
    return Signature(
        access_key=access_key,
        scope=scope,
        headers=tuple(found.get("x-amz-signedheaders", "").split(";")),
        timestamp=found.get("x-amz-date", ""),
        value=found["x-amz-signature"],
        session_token=found.get("x-amz-security-token"),
    )


def split_query(query: str) -> list[tuple[str, str]]:
    """The decoded pairs of a query string, in their order; a name alone has an empty value."""
    return parse_qsl(query, keep_blank_values=True)


def without_signature(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """A presigned URL's parameters as they were when they were signed."""
    return [(name, value) for name, value in pairs if name.lower() != "x-amz-signature"]
