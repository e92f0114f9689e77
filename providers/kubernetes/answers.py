"""What the answers of an API server look like. Anything else that comes back (a proxy's page, an empty object, another
kind) says nothing of what exists, and is an error.

Source: the API conventions of Kubernetes ("Types (Kinds)", "Response Status Kind").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from providers.contract import Values
from providers.contract.errors import (
    AccessDenied,
    AlreadyExists,
    Conflict,
    Invalid,
    NotFound,
    ProviderError,
    Unreachable,
)
from providers.kubernetes.objects import values
from providers.kubernetes.transport import RETRIED, Answer

_LONGEST = 200
_KINDS: Mapping[int, type[ProviderError]] = {
    400: Invalid,
    401: AccessDenied,
    403: AccessDenied,
    404: NotFound,
    409: Conflict,
    422: Invalid,
}


class Refused(ProviderError):
    """The server's own Status of a refused request; `error` is what it means."""

    def __init__(self, status: int, body: Values, request: str) -> None:
        self.said = str(body.get("message") or f"HTTP {status}")
        self.status = status
        self.body = body if is_status(body) else {}
        self.request = request
        super().__init__(f"The cluster refused: {self.reason or status}", f"{request}: {self.said}")

    @property
    def reason(self) -> str:
        """The reason in one word, as "NotFound"; empty where the answer was no Status."""
        reason = self.body.get("reason")
        return reason if isinstance(reason, str) else ""

    @property
    def details(self) -> Values:
        """What the refusal is about: the kind (in plural) and name of an object, causes."""
        details = self.body.get("details")
        return details if isinstance(details, dict) else {}

    @property
    def not_found(self) -> bool:
        """Whether the server itself says that what was asked for does not exist."""
        return self.status == 404 and self.reason == "NotFound"

    def not_found_as(self, name: str) -> bool:
        """Whether the server itself says that the object of this name does not exist, and not that something else
        does not, as a webhook may."""
        return self.not_found and self.details.get("name") == name

    @property
    def causes(self) -> tuple[Values, ...]:
        """The single fields that are to blame."""
        causes = self.details.get("causes")
        return tuple(each for each in causes if isinstance(each, dict)) if isinstance(causes, tuple) else ()

    def error(self, address: str = "") -> ProviderError:
        """As an error of ours."""
        kind = _KINDS.get(self.status, ProviderError)
        if self.reason == "AlreadyExists":
            kind = AlreadyExists
        if kind is NotFound and not self.not_found:
            return unexpected(
                self.request, f"the answer 404 is no Status of Kubernetes: {self.said}", address, OnlyListed
            )
        advice = "Give the identity that applies the right to do this on the cluster." if kind is AccessDenied else ""
        return kind(self.summary, self.detail, address=address, advice=advice, retryable=self.status in RETRIED)


class OnlyListed(Unreachable):
    """What is listed is not found, and not by a Status: so it is for a moment with a kind that was just defined."""


def unexpected(request: str, what: str, address: str = "", error: type[Unreachable] = Unreachable) -> Unreachable:
    """The error for an answer that no API server gives."""
    return error(
        "This is not an answer of Kubernetes",
        f"{request}: {what}. Nothing is taken for deleted.",
        address=address,
        advice="Check the endpoint of the cluster, and what is in front of it: a proxy, a login page, a load balancer.",
    )


def parsed(answer: Answer, request: str) -> Values:
    """The object in an answer. Raises Refused for a refusal, Unreachable for what is no object."""
    encoding = answer.headers.get("Content-Encoding", "identity")
    if encoding != "identity":
        raise unexpected(request, f"the answer is encoded as {encoding[:_LONGEST]}, which was not asked for")
    if 300 <= answer.status < 400:
        to = answer.headers.get("Location", "elsewhere")
        raise unexpected(request, f"{answer.status} sends on to {to[:_LONGEST]}")
    try:
        body = values(orjson.loads(answer.data))
    except orjson.JSONDecodeError:
        body = answer.data[:_LONGEST].decode("utf-8", "replace")
    if answer.status >= 400:
        raise Refused(answer.status, body if isinstance(body, dict) else {"message": str(body)[:_LONGEST]}, request)
    if not isinstance(body, dict):
        raise unexpected(request, f"{answer.status} with {_described(body)} in place of an object")
    return body


def is_status(body: Values) -> bool:
    """Whether a body is a Status of Kubernetes."""
    return body.get("kind") == "Status" and body.get("apiVersion") == "v1"


def object_of(body: Values, kind: str, name: str, request: str) -> Values:
    """The body, if it is the object of this kind and name."""
    metadata = body.get("metadata")
    if body.get("kind") != kind or not isinstance(metadata, dict) or metadata.get("name") != name:
        raise unexpected(request, f"the answer is no {kind} {name}")
    if not isinstance(metadata.get("uid"), str):
        raise unexpected(request, f"the {kind} {name} has no uid")
    return body


def items_of(body: Values, kind: str, request: str) -> tuple[Values, ...]:
    """The objects of a typed list. A list of Go may be null, which is empty."""
    items = body.get("items", ())
    if body.get("kind") != kind or not isinstance(items, tuple | None):
        raise unexpected(request, f"the answer is no {kind}")
    for item in items or ():
        metadata = item.get("metadata") if isinstance(item, dict) else None
        if not isinstance(metadata, dict) or not all(isinstance(metadata.get(each), str) for each in ("name", "uid")):
            raise unexpected(request, f"an item of the {kind} has no name and uid")
    return items or ()


def continue_of(body: Values) -> str:
    """Where the next page of a list begins; empty for the last."""
    metadata = body.get("metadata")
    token = metadata.get("continue") if isinstance(metadata, dict) else None
    return token if isinstance(token, str) else ""


def _described(body: Any) -> str:
    if isinstance(body, str):
        return f'the text "{body.strip()[:60]}"'
    return {tuple: "a list", type(None): "nothing", bool: "a bool"}.get(type(body), "a number")
