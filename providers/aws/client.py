"""Sessions and calls. Credentials and endpoints are found where AWS's own tools find them; errors become ours."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from language.bodies import Excessive
from providers.aws.answers import checked, guard, unexpected
from providers.aws.trace import trace
from providers.contract import Environment, Values
from providers.contract.errors import (
    AccessDenied,
    AlreadyExists,
    Conflict,
    Invalid,
    NotFound,
    ProviderError,
    Unreachable,
)

_CONNECT, _READ = 10, 60
_CONNECTIONS = 32
_LONGEST = 200

_CODES: dict[str, type[ProviderError]] = {
    **dict.fromkeys(
        (
            "AccessDenied",
            "AccessDeniedException",
            "AuthFailure",
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "UnauthorizedOperation",
            "UnrecognizedClientException",
        ),
        AccessDenied,
    ),
    **dict.fromkeys(
        ("EntityAlreadyExists", "Resource.AlreadyAssociated", "ResourceInUseException", "RouteAlreadyExists"),
        AlreadyExists,
    ),
    **dict.fromkeys(("NoSuchEntity", "ResourceNotFoundException", "NotFoundException"), NotFound),
    **dict.fromkeys(("DependencyViolation", "DeleteConflict"), Conflict),
    **dict.fromkeys(
        ("ValidationError", "InvalidParameterException", "InvalidRequestException", "InvalidParameterValue"), Invalid
    ),
}
_THROTTLED = frozenset({"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException"})
_ADVICE: dict[type[ProviderError], str] = {
    AccessDenied: "Check the credentials (aws sts get-caller-identity) and what they may do.",
    Conflict: "Something still uses it; find out what, and try again.",
}


class AwsClient:
    """Clients of AWS's services, made once each and used by many threads."""

    def __init__(self, session: Any, config: Values, environment: Environment) -> None:
        self.region: str = session.region_name
        self.clock = environment.clock
        self.session = session
        self._config = config
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()
        tags: Mapping[str, str] | None = (config.get("default_tags") or {}).get("tags")
        self.default_tags: dict[str, str] = dict(tags or {})

    def service(self, name: str, *, once: bool = False) -> Any:
        """The client of a service; with `once` it sends nothing a second time."""
        key = f"{name} once" if once else name
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._made(name, 1 if once else self._attempts)
            return self._clients[key]

    @property
    def _attempts(self) -> int:
        return int(self._config.get("max_retries") or 10)

    def _made(self, name: str, attempts: int) -> Any:
        from botocore.config import Config

        settings = Config(
            connect_timeout=_CONNECT,
            read_timeout=_READ,
            max_pool_connections=_CONNECTIONS,
            retries={"mode": "standard", "total_max_attempts": attempts},
            user_agent_extra="freehold",
            s3={"addressing_style": "path"} if self._config.get("s3_use_path_style") else None,
        )
        endpoint = (self._config.get("endpoints") or {}).get(name)
        client = self.session.client(name, endpoint_url=endpoint, config=settings)
        guard(client)
        trace(client)
        return client

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            client.close()

    @cached_property
    def _caller(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("sts", "get_caller_identity")
        return found

    @property
    def account(self) -> str:
        """The account's number."""
        return str(self._caller["Account"])

    @property
    def identity(self) -> str:
        """The partition, region and account, which a saved plan is for, as ARNs name them."""
        return f"arn:{self._caller['Arn'].split(':')[1]}::{self.region}:{self._caller['Account']}:"

    def create(self, service: str, operation: str, **parameters: Any) -> Any:
        """A call that makes something without a token: sent once, since an answer that is lost may be of a success.

        What was throttled was not done, and is sent again.
        """
        for attempt in range(self._attempts):
            try:
                return self.call(service, operation, once=True, **parameters)
            except ProviderError as failure:
                if isinstance(failure, Unreachable) or not failure.retryable or attempt + 1 == self._attempts:
                    raise
            self.clock.sleep(min(0.2 * 2**attempt, 10.0))
        raise AssertionError("the last attempt returns or raises")

    def call(self, service: str, operation: str, *, once: bool = False, **parameters: Any) -> Any:
        """One call. Raises an error of ours, the original chained."""
        client = self.service(service, once=once)
        method, request = getattr(client, operation), f"{service}:{operation}"
        with _translated(request):
            return checked(method(**parameters), _shape(client, operation), request)

    def pages(self, service: str, operation: str, key: str, **parameters: Any) -> Iterator[Any]:
        """Every item of a paginated call."""
        client, request = self.service(service), f"{service}:{operation}"
        if not client.can_paginate(operation):
            yield from self.call(service, operation, **parameters)[key]
            return
        pages = iter(client.get_paginator(operation).paginate(**parameters))
        while True:
            with _translated(request):
                page = next(pages, None)
            if page is None:
                return
            yield from checked(page, _shape(client, operation), request)[key]


def _shape(client: Any, operation: str) -> Any:
    """The model of an operation's answer."""
    return client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation]).output_shape


@contextmanager
def _translated(request: str) -> Iterator[None]:
    """What the SDK raises, as an error of ours. Of what is no answer at all its parsers raise nearly anything."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        yield
    except ClientError as failure:
        raise _of_code(failure, request) from failure
    except BotoCoreError as failure:
        raise _of_transport(failure, request) from failure
    except (ResponseParserError, Excessive) as failure:
        raise unexpected(request, str(failure)[:_LONGEST]) from failure
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as failure:
        raise unexpected(request, "it cannot be parsed") from failure


def code_of(failure: ProviderError) -> str:
    """AWS's own code of an error, or an empty text."""
    # botocore gives an error of the connection a response too: None.
    response = getattr(failure.__cause__, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def _of_code(failure: Any, operation: str) -> ProviderError:
    found = failure.response.get("Error", {})
    code, message = str(found.get("Code", "")), str(found.get("Message", ""))
    kind = _CODES.get(code, ProviderError)
    if kind is ProviderError and (code.endswith(("NotFound", "NotFoundException"))):
        kind = NotFound
    if kind is ProviderError and code.startswith("Invalid"):
        kind = Invalid
    throttled = code in _THROTTLED
    advice = "AWS limits how often this may be called; try again, with a lower -parallelism." if throttled else ""
    return kind(
        f"AWS refused: {code}",
        f"{operation}: {message}",
        operation=operation,
        advice=advice or _ADVICE.get(kind, ""),
        retryable=throttled,
    )


def _of_transport(failure: Any, operation: str) -> ProviderError:
    from botocore.exceptions import NoCredentialsError, PartialCredentialsError, ProfileNotFound, TokenRetrievalError

    if isinstance(failure, NoCredentialsError | PartialCredentialsError | ProfileNotFound | TokenRetrievalError):
        return _no_credentials(str(failure))
    advice = "Check the network, the region, and AWS_ENDPOINT_URL if it is set."
    return Unreachable(
        "AWS does not answer", f"{operation}: {failure}", operation=operation, advice=advice, retryable=True
    )


def _no_credentials(reason: str) -> AccessDenied:
    advice = "Run aws configure or aws sso login, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
    return AccessDenied("No AWS credentials", reason, advice=advice)


def configured(config: Values, environment: Environment) -> AwsClient:
    """A client for a provider block. Raises AccessDenied when there are no credentials, Invalid without a region."""
    try:
        import boto3
        from botocore.exceptions import BotoCoreError
    except ImportError as failure:
        advice = "Install it: pip install 'freehold[aws]'."
        raise AccessDenied("The AWS SDK is not installed", str(failure), advice=advice) from failure
    try:
        session = boto3.Session(
            aws_access_key_id=config.get("access_key"),
            aws_secret_access_key=config.get("secret_key"),
            aws_session_token=config.get("token"),
            region_name=config.get("region") or environment.variables.get("AWS_REGION"),
            profile_name=config.get("profile"),
        )
        if session.get_credentials() is None:
            raise _no_credentials("Neither the environment, nor a profile, nor this machine has any.")
    except BotoCoreError as failure:
        raise _of_transport(failure, "session") from failure
    if session.region_name is None:
        advice = 'Set AWS_REGION, or provider "aws" { region = "..." }.'
        raise Invalid("No AWS region", "Neither the configuration nor the environment names one.", advice=advice)
    role = config.get("assume_role")
    if role and role.get("role_arn"):
        session = _assumed(session, role)
    return AwsClient(session, config, environment)


def _assumed(session: Any, role: Values) -> Any:
    """The session that acts as a role, its credentials renewed as they end."""
    import boto3
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
    from botocore.session import get_session

    source = session._session
    extra = {"RoleSessionName": role.get("session_name") or "freehold"}
    if role.get("external_id"):
        extra["ExternalId"] = role["external_id"]
    fetcher = AssumeRoleCredentialFetcher(
        source.create_client, source.get_credentials(), role["role_arn"], extra_args=extra
    )
    inner = get_session()
    inner._credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
    return boto3.Session(botocore_session=inner, region_name=session.region_name)
