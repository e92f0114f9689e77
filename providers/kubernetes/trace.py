"""A line in the log for every request to a cluster; its bodies at the level trace, without what Secrets hold."""

from __future__ import annotations

import logging
from typing import Any

import orjson

from language.redaction import HIDDEN
from language.tracing import TRACE, logger

_LOG = logger("providers.kubernetes")
_LONGEST = 20_000
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def exchanged(
    method: str, url: str, sent: bytes | None, status: int, audit_id: str, got: bytes, seconds: float
) -> None:
    """Log one request and its answer. `audit_id` is what the server's own audit log calls it."""
    _LOG.debug("%s %s %d request %s, %.3f s", method, url, status, audit_id or "without id", seconds)
    if _LOG.isEnabledFor(TRACE):
        if sent:
            _LOG.log(TRACE, "sent: %s", _safe_body(sent))
        _LOG.log(TRACE, "got: %s", _safe_body(got))


def failed(method: str, url: str, failure: Exception, seconds: float) -> None:
    """Log a request without an answer."""
    _LOG.debug("%s %s: %s, %.3f s", method, url, failure, seconds)


def enabled() -> bool:
    """Whether requests are logged at all."""
    return _LOG.isEnabledFor(logging.DEBUG)


def _safe_body(body: bytes) -> str:
    """A body as JSON, cut; what is no JSON is not shown, since nothing is known of what it holds."""
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        return f"({len(body)} bytes that are no JSON)"
    text = orjson.dumps(_without_secrets(parsed)).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"


def _without_secrets(value: Any, kind: str = "") -> Any:
    if isinstance(value, list):
        return [_without_secrets(item, kind) for item in value]
    if not isinstance(value, dict):
        return value
    kind = str(value.get("kind") or kind.removesuffix("List"))
    if kind == "Secret":
        return {name: _secret_member(name, member) for name, member in value.items()}
    if kind == "TokenRequest":
        return {**value, "status": HIDDEN}
    return {name: _without_secrets(member, kind if name == "items" else "") for name, member in value.items()}


def _secret_member(name: str, member: Any) -> Any:
    if name in ("data", "stringData") and isinstance(member, dict):
        return dict.fromkeys(member, HIDDEN)
    if name == "metadata" and isinstance(member, dict) and isinstance(member.get("annotations"), dict):
        return {**member, "annotations": {k: v for k, v in member["annotations"].items() if k != _APPLIED}}
    return member
