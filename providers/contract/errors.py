"""What can go wrong at a provider's border: one small tree, in place of each SDK's own errors.

    ProviderError             anything; carries address, operation, whether a retry may help, and what to do
    |-- NotFound              it is confirmed not to exist
    |-- AlreadyExists         the name is taken
    |-- AccessDenied          credentials are missing or not allowed
    |-- Unreachable           no answer; says nothing about what exists
    |-- Conflict              another writer holds it or changed it meanwhile
    |-- NotKnownYet           the kind cannot plan while a value of the configuration is unknown
    |-- Invalid               the service refused the values
    `-- Failed                the service accepted, and then it did not become ready

The original is chained with `raise ... from`.
"""

from __future__ import annotations

from providers.contract.values import Observed, ValuePath


class ProviderError(Exception):
    """`summary` is one line for people; `detail` and `advice` say more; `path` names the value that is to blame.

    `observed` is what exists in spite of the error (a create that went through and then failed): it is kept in
    state, tainted, so that nothing is orphaned.
    """

    def __init__(
        self,
        summary: str,
        detail: str = "",
        *,
        advice: str = "",
        address: str = "",
        operation: str = "",
        retryable: bool = False,
        path: tuple[str | int, ...] = (),
        observed: Observed | None = None,
    ) -> None:
        super().__init__(summary)
        self.summary = summary
        self.detail = detail
        self.advice = advice
        self.address = address
        self.operation = operation
        self.retryable = retryable
        self.path = path
        self.observed = observed


class NotFound(ProviderError):
    """It is confirmed not to exist."""


class AlreadyExists(ProviderError):
    """The name is taken by something that is not ours."""


class AccessDenied(ProviderError):
    """Credentials are missing, expired or not allowed to do this."""


class Unreachable(ProviderError):
    """No answer. Never taken for "deleted"."""


class Conflict(ProviderError):
    """Another writer holds a field, or changed the object in between."""


class Invalid(ProviderError):
    """The service refused the values; trying again will not help."""


class NotKnownYet(ProviderError):
    """A kind cannot plan while the value at `path` of the configuration is unknown: the instance is deferred."""

    def __init__(self, path: ValuePath) -> None:
        where = ".".join(str(step) for step in path)
        super().__init__("Value not known", f"{where} has to be known when the plan is made.", path=path)


class Failed(ProviderError):
    """The service accepted the request, and the thing did not become ready."""
