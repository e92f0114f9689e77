"""A line in the log for every call to AWS: its operation, status, request id, attempts and time."""

from __future__ import annotations

import logging
import time
from typing import Any

from language.tracing import logger

_LOG = logger("providers.aws")
_BEGUN = "freehold_begun"


def trace(client: Any) -> None:
    """Log the calls of a botocore client, where the log is on when it is made."""
    if not _LOG.isEnabledFor(logging.DEBUG):
        return
    events = client.meta.events
    events.register("before-call.*.*", _before)
    events.register("after-call.*.*", _after)
    events.register("after-call-error.*.*", _failed)


def _before(context: dict[str, Any], **_: Any) -> None:
    context[_BEGUN] = time.monotonic()


def _after(http_response: Any, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
    about = parsed.get("ResponseMetadata", {})
    code = parsed.get("Error", {}).get("Code")
    _LOG.debug(
        "%s:%s %s%s request %s, %d attempts, %.3f s",
        model.service_model.service_name,
        model.name,
        http_response.status_code,
        f" {code}" if code else "",
        about.get("RequestId", "without id"),
        1 + about.get("RetryAttempts", 0),
        time.monotonic() - context.get(_BEGUN, time.monotonic()),
    )


def _failed(exception: Exception, context: dict[str, Any], event_name: str, **_: Any) -> None:
    elapsed = time.monotonic() - context.get(_BEGUN, time.monotonic())
    _LOG.debug("%s: %s, %.3f s", ":".join(event_name.split(".")[1:]), exception, elapsed)
