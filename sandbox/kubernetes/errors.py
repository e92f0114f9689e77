"""The Status objects that an API server answers with when it refuses, in the words of the real one.

Raised anywhere below the handlers, which write them out. Wording follows `apimachinery/pkg/api/errors` and
`apimachinery/pkg/util/validation/field`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from language.overriding import override


@dataclass(frozen=True)
class Cause:
    """One reason of several: `reason` is FieldValueInvalid and its like, `field` a path such as `spec.replicas`."""

    reason: str
    message: str
    field: str

    def document(self) -> dict[str, str]:
        """As a Status has it among its causes."""
        return {"reason": self.reason, "message": self.message, "field": self.field}


class StatusError(Exception):
    """A request that is refused. `document()` is the Status to answer with, `code` its HTTP status."""

    def __init__(self, code: int, reason: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.details = details

    def document(self) -> dict[str, Any]:
        """The Status, as JSON."""
        status: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": str(self),
        }
        if self.reason:
            status["reason"] = self.reason
        if self.details is not None:
            status["details"] = self.details
        status["code"] = self.code
        return status


class FieldProblem(Exception):
    """Something wrong with one field; several make an Invalid."""

    def __init__(self, reason: str, field: str, messages: str) -> None:
        super().__init__(messages)
        self.cause = Cause(reason, messages, field)

    @override
    def __str__(self) -> str:
        return f"{self.cause.field}: {self.cause.message}"


def quoted(value: Any) -> str:
    """A value as field errors show it: strings in quotes, numbers bare, the rest as JSON."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def required(field: str, detail: str = "") -> FieldProblem:
    """field.Required of apimachinery."""
    return FieldProblem("FieldValueRequired", field, "Required value" + (f": {detail}" if detail else ""))


def invalid_value(field: str, value: Any, detail: str) -> FieldProblem:
    """field.Invalid of apimachinery."""
    return FieldProblem("FieldValueInvalid", field, f"Invalid value: {quoted(value)}: {detail}")


def unsupported(field: str, value: Any, allowed: list[str]) -> FieldProblem:
    """field.NotSupported of apimachinery."""
    messages = f"Unsupported value: {quoted(value)}: supported values: {', '.join(quoted(one) for one in allowed)}"
    return FieldProblem("FieldValueNotSupported", field, messages)


def too_long(field: str, limit: int) -> FieldProblem:
    """field.TooLong of apimachinery."""
    return FieldProblem("FieldValueTooLong", field, f"Too long: may not be more than {limit} bytes")


def forbidden_field(field: str, detail: str) -> FieldProblem:
    """field.Forbidden of apimachinery."""
    return FieldProblem("FieldValueForbidden", field, f"Forbidden: {detail}")


def duplicate(field: str, value: Any) -> FieldProblem:
    """field.Duplicate of apimachinery."""
    return FieldProblem("FieldValueDuplicate", field, f"Duplicate value: {quoted(value)}")


def not_found_field(field: str, value: Any) -> FieldProblem:
    """field.NotFound of apimachinery."""
    return FieldProblem("FieldValueNotFound", field, f"Not found: {quoted(value)}")


def _qualified(group: str, word: str) -> str:
    return f"{word}.{group}" if group else word


def _details(name: str, group: str, kind: str, **more: Any) -> dict[str, Any]:
    given = {"name": name, "group": group, "kind": kind, **more}
    return {key: value for key, value in given.items() if value}


def bad_request(message: str) -> StatusError:
    """400, the request cannot be understood."""
    return StatusError(400, "BadRequest", message)


def unauthorized() -> StatusError:
    """401, nobody knows the token."""
    return StatusError(401, "Unauthorized", "Unauthorized")


def forbidden(group: str, plural: str, name: str, why: str) -> StatusError:
    """403, who asks may not do this."""
    shown = (
        f'{_qualified(group, plural)} "{name}" is forbidden' if name else f"{_qualified(group, plural)} is forbidden"
    )
    return StatusError(403, "Forbidden", f"{shown}: {why}", _details(name, group, plural))


def not_found(group: str, plural: str, name: str) -> StatusError:
    """404, there is no such object."""
    message = f'{_qualified(group, plural)} "{name}" not found'
    return StatusError(404, "NotFound", message, _details(name, group, plural))


def no_such_path() -> StatusError:
    """For an address that nothing is served at."""
    return StatusError(404, "NotFound", "the server could not find the requested resource", {})


def method_not_allowed(group: str, plural: str) -> StatusError:
    """405, the resource does not have the verb."""
    message = "the server does not allow this method on the requested resource"
    return StatusError(405, "MethodNotAllowed", message, _details("", group, plural))


def not_acceptable(accepted: str) -> StatusError:
    """406, no media type that is accepted can be given."""
    return StatusError(406, "NotAcceptable", f"only the following media types are accepted: {accepted}")


def already_exists(group: str, plural: str, name: str) -> StatusError:
    """409, an object of this name exists."""
    message = f'{_qualified(group, plural)} "{name}" already exists'
    return StatusError(409, "AlreadyExists", message, _details(name, group, plural))


def conflict(group: str, plural: str, name: str, why: str) -> StatusError:
    """409, the object is another by now, or in the way."""
    message = f'Operation cannot be fulfilled on {_qualified(group, plural)} "{name}": {why}'
    return StatusError(409, "Conflict", message, _details(name, group, plural))


def precondition(kind: str, name: str, word: str, wanted: str, found: str, advice: str) -> StatusError:
    """A delete that is for another object or version than the one that is there. The server names the kind in it."""
    why = f"the {word} in the precondition ({wanted}) does not match the {word} in record ({found}). {advice}"
    return conflict("", kind, name, why)


def invalid_options(kind: str, problem: FieldProblem) -> StatusError:
    """Options of a request (`PatchOptions`, `DeleteOptions`) that are wrong: 422."""
    return invalid("meta.k8s.io", kind, "", [problem])


def modified(group: str, plural: str, name: str) -> StatusError:
    """A write that was made from an old version of the object."""
    why = "the object has been modified; please apply your changes to the latest version and try again"
    return conflict(group, plural, name, why)


def apply_conflict(message: str, causes: list[Cause]) -> StatusError:
    """409, fields that others manage."""
    return StatusError(409, "Conflict", message, {"causes": [cause.document() for cause in causes]})


def expired(message: str) -> StatusError:
    """410, what a watch or a page goes on from is too old."""
    return StatusError(410, "Expired", message)


def too_large(limit: int) -> StatusError:
    """413, the body has more bytes than the limit."""
    return StatusError(413, "RequestEntityTooLarge", f"limit is {limit}")


def unsupported_media_type(accepted: tuple[str, ...]) -> StatusError:
    """415, the body is in a format that is not read."""
    messages = f"the body of the request was in an unknown format - accepted media types include: {', '.join(accepted)}"
    return StatusError(415, "UnsupportedMediaType", messages)


def invalid(group: str, kind: str, name: str, problems: list[FieldProblem]) -> StatusError:
    """422, with a cause for each problem; several are told as `[a, b]`."""
    messages = list(dict.fromkeys(str(problem) for problem in problems))
    message = messages[0] if len(messages) == 1 else f"[{', '.join(messages)}]"
    shown = f'{_qualified(group, kind)} "{name}" is invalid: {message}'
    causes = [problem.cause.document() for problem in problems]
    return StatusError(422, "Invalid", shown, _details(name, group, kind, causes=causes))


def unprocessable(message: str) -> StatusError:
    """422, without saying which field."""
    return StatusError(422, "Invalid", message)


def internal(message: str) -> StatusError:
    """500 without a reason: what the real server makes of an error that it has no Status for."""
    return StatusError(500, "", message)
