"""A trace of what happens inside, by Python's `logging`: a logger a room, below "freehold".

`FREEHOLD_LOG` says how much (error, warn, info, debug, trace), `FREEHOLD_LOG_PATH` names a file in place of standard
error. Bodies of requests are there at `trace` only, as are the loggers of the SDKs. Every line passes `_Formatter`, so
that no credential and none of the stack's sensitive texts is in it.
"""

from __future__ import annotations

import logging
import os
import re
import stat
import sys
import time
from collections.abc import Mapping
from typing import TextIO

from language.diagnostics import FreeholdError, error
from language.overriding import override
from language.redaction import HIDDEN, REDACTOR
from language.tracing import TRACE, logger
from planner.events import Errored, Event
from planner.render.outlet import safe

LEVELS = {"error": logging.ERROR, "warn": logging.WARNING, "info": logging.INFO, "debug": logging.DEBUG, "trace": TRACE}
_LOG = logger("planner")
_SDKS = ("boto3", "botocore", "urllib3")
_QUIET = ("botocore.auth", "botocore.credentials", "botocore.tokens", "botocore.loaders", "botocore.hooks")
"""Loggers of what signs requests, and of what nobody debugs."""

_CREDENTIALS = re.compile(
    r"""
    (?P<header> \b(?:proxy-)?(?:authorization|cookie|set-cookie|x-amz-security-token|x-goog-iam-authorization-token)
        ['"]? \s* [:=] \s* ) (?: b?'[^'\n]* | b?"[^"\n]* | [^,}\n]* )
    | (?P<scheme> \b(?:bearer|basic) \s+ ) [\w.~+/=-]+
    | (?P<query> [?&](?:x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|signature|sig
        |access_token|token|awsaccesskeyid) = ) [^&\s'"]+
    | (?P<member> ['"] \w* (?:token|password|passwd|secret\w*|private_?key|client-key-data) ['"] \s* : \s* )
        b? (?: '[^']*' | "[^"]*" )
    | (?P<element> < (?:SecretAccessKey|SessionToken) > ) [^<]*
    | (?P<jwt> \b eyJ ) [\w-]+ \. [\w-]+ \. [\w-]*
    | (?P<eks> \b k8s-aws-v1\. ) [\w-]+
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What is a credential by where it stands: headers, presigned URLs, members of JSON, tokens by their form."""


def start(variables: Mapping[str, str]) -> None:
    """Begin to log, where the environment asks for it. Raises FreeholdError for a level or a file that is none."""
    wish = variables.get("FREEHOLD_LOG", "")
    if not wish:
        return
    level = LEVELS.get(wish.lower())
    if level is None:
        detail = f'FREEHOLD_LOG is "{wish}".'
        raise FreeholdError([error("Unknown log level", detail, advice=f"There are: {', '.join(LEVELS)}.")])
    path = variables.get("FREEHOLD_LOG_PATH")
    handler = logging.StreamHandler(_opened(path) if path else sys.stderr)
    handler.setFormatter(_Formatter())
    for name in ("freehold", *(_SDKS if level == TRACE else ())):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _opened(path: str) -> TextIO:
    """The log file, for its owner alone, at its end. A link, a device or another user's file is refused."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
    except OSError as failure:
        raise _refused(path, f"{failure.strerror}") from failure
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
        os.close(descriptor)
        raise _refused(path, "it is not a file of yours")
    os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace")


def _refused(path: str, reason: str) -> FreeholdError:
    advice = "Name a new file, or one of your own, in FREEHOLD_LOG_PATH."
    return FreeholdError([error("Cannot write the log", f"{path}: {reason}.", advice=advice)])


class _Formatter(logging.Formatter):
    """One line a record, tracebacks included, without what is sensitive."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s.%(msecs)03dZ %(levelname)-5s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
        self.converter = time.gmtime

    @override
    def format(self, record: logging.LogRecord) -> str:
        """The record, redacted whole: arguments, message and traceback."""
        return safe(redacted(super().format(record))).replace("\n", "\\n")


def happened(event: Event) -> None:
    """Log what happens while a plan is made and applied."""
    level = logging.ERROR if isinstance(event, Errored) else logging.INFO
    if not _LOG.isEnabledFor(level):
        return
    members = {name: getattr(event, name) for name in event.__slots__}
    if isinstance(event, Errored):
        members["diagnostic"] = f"{event.diagnostic.summary}: {event.diagnostic.detail}"
    said = " ".join(f"{name}={value}" for name, value in members.items() if value not in ("", None))
    _LOG.log(level, "%s %s", type(event).__name__.lower(), said)


def redacted(text: str) -> str:
    """A text without credentials and without the stack's sensitive texts."""
    return REDACTOR.redact(_CREDENTIALS.sub(_hidden, text))


def _hidden(found: re.Match[str]) -> str:
    return f"{found[found.lastgroup or 0]}{HIDDEN}"
