"""How an operation of EKS is answered: a function a module registers under its name, given a `Call`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.aws.credentials import Principal
from sandbox.aws.eks.store import Region
from sandbox.aws.errors import AwsError
from sandbox.faults import Fault

_MAXIMUM_PAGE = 100


@dataclass(frozen=True)
class Call:
    """One request: where, by whom, with which parameters (named and typed as the service's model has them)."""

    region: Region
    principal: Principal
    parameters: Mapping[str, Any]
    fault: Fault | None = None

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter, where the request has it."""
        return self.parameters.get(name, default)

    def __getitem__(self, name: str) -> Any:
        return self.parameters[name]

    def outcome(self, status: str) -> tuple[str, list[dict[str, Any]]]:
        """How this ends: `status` without issues, or what a fault has in store."""
        if self.fault is None or self.fault.status is None:
            return status, []
        issue = {"code": "InternalFailure", "message": "Injected fault", **(self.fault.issue or {})}
        return self.fault.status, [issue]

    def page(self, items: Sequence[Any]) -> tuple[list[Any], str | None]:
        """The part of `items` asked for by nextToken and maxResults, and the token of the next part."""
        token = self.get("nextToken", "0")
        start = int(token) if str(token).isdigit() else 0
        end = start + min(self.get("maxResults", _MAXIMUM_PAGE), _MAXIMUM_PAGE)
        return list(items[start:end]), str(end) if end < len(items) else None


Handler = Callable[[Call], dict[str, Any]]
HANDLERS: dict[str, Handler] = {}


def operation(name: str) -> Callable[[Handler], Handler]:
    """Register the decorated function as what answers the operation `name`."""

    def register(handler: Handler) -> Handler:
        HANDLERS[name] = handler
        return handler

    return register


def invalid_parameter(message: str, **fields: Any) -> AwsError:
    """400, a parameter's value is wrong."""
    return AwsError("InvalidParameterException", message, 400, **fields)


def invalid_request(message: str, **fields: Any) -> AwsError:
    """400, the parameters do not go together, or not with what exists."""
    return AwsError("InvalidRequestException", message, 400, **fields)


def in_use(message: str, **fields: Any) -> AwsError:
    """409, what it needs is in use, or in a state that forbids it."""
    return AwsError("ResourceInUseException", message, 409, **fields)


def not_found(message: str, **fields: Any) -> AwsError:
    """404, there is no such resource."""
    return AwsError("ResourceNotFoundException", message, 404, **fields)
