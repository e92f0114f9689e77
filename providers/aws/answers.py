"""What the answers of AWS look like. Anything else that comes back (a portal's page, an empty object) says nothing of
what exists, and is an error.

An SDK makes the best of what it gets: of a page in XHTML an empty list. So what a body is of is asked before it is
parsed, and each value's type after that, by the service's own model.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from language.bodies import whole
from providers.contract.errors import Unreachable

_ROOT = re.compile(rb"\s*(?:<\?xml[^>]*\?>)?\s*<(?:[\w.-]+:)?([\w.-]+)")
_XML = ("ec2", "query")
_DECODED = "policyDocumentType"
"""A text in the model of IAM, and by now what botocore made of its JSON."""
_TYPES: dict[str, Any] = {
    "string": str,
    "character": str,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "boolean": bool,
    "timestamp": datetime,
    "blob": bytes,
    "map": dict,
    "list": list,
}


def unexpected(request: str, what: str) -> Unreachable:
    """The error for an answer that AWS does not give."""
    return Unreachable(
        "This is not an answer of AWS",
        f"{request}: {what}. Nothing is taken for deleted.",
        operation=request,
        advice="Check AWS_ENDPOINT_URL, and what is in between: a proxy, a login page.",
    )


class Structure(dict[str, Any]):
    """A structure of an answer. What it lacks, and is asked for, was not in the answer."""

    def __init__(self, members: dict[str, Any], request: str) -> None:
        super().__init__(members)
        self._request = request

    def __missing__(self, name: str) -> Any:
        raise unexpected(self._request, f'there is no "{name}" in the answer')


def checked(value: Any, shape: Any, request: str) -> Any:
    """The parsed value, each part as the service's model says; there is none for what answers with nothing.

    Raises Unreachable.
    """
    if shape is None or shape.name == _DECODED:
        return value
    if shape.type_name == "structure":
        if not isinstance(value, dict):
            raise unexpected(request, f"{shape.name} is no object")
        members = shape.members
        return Structure(
            {name: checked(item, members[name], request) if name in members else item for name, item in value.items()},
            request,
        )
    wanted = _TYPES.get(shape.type_name, object)
    if not isinstance(value, wanted):
        raise unexpected(request, f"{shape.name} is no {shape.type_name}")
    if shape.type_name == "list":
        return [checked(item, shape.member, request) for item in value]
    if shape.type_name == "map":
        return {name: checked(item, shape.value, request) for name, item in value.items()}
    return value


def guard(client: Any) -> None:
    """Have a botocore client read answers within limits, and refuse those that are of something else."""
    session = client._endpoint.http_session
    client.meta.events.register("before-send.*.*", lambda request, **_: _sent(session, request))
    client.meta.events.register("before-parse.*.*", _refuse_others)


def _sent(session: Any, request: Any) -> Any:
    """The response with its body read, as botocore has it of a request that is not streamed."""
    import urllib3
    from botocore.exceptions import HTTPClientError

    if request.stream_output:
        return None
    request.stream_output = True
    response = session.send(request)
    try:
        response._content = whole(lambda size: response.raw.read1(size, decode_content=False))
    except urllib3.exceptions.HTTPError as failure:
        raise HTTPClientError(error=failure) from failure
    finally:
        response.raw.close()
    return response


def _refuse_others(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    """Refuse a good answer in XML that is of another operation, or of none."""
    if response_dict["status_code"] >= 300 or operation_model.service_model.resolved_protocol not in _XML:
        return
    root = _ROOT.match(response_dict["body"])
    name = root[1].decode() if root else "nothing that is XML"
    if name != f"{operation_model.name}Response":
        request = f"{operation_model.service_model.service_name}:{operation_model.name}"
        raise unexpected(request, f"it is of {name}, with status {response_dict['status_code']}")
