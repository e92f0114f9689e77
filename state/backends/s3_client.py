"""The client of the S3 backend, from its block and the environment. Here alone the SDK is imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from language.diagnostics import FreeholdError, error
from language.schema import Attribute, Schema, nested, optional, required
from language.types import BOOL, NUMBER, STRING
from state.backends.s3_errors import translated

_ASSUME_ROLE = Schema(
    {
        "role_arn": required(STRING, description="The role to assume."),
        "session_name": optional(STRING, description="The name of the session, as it appears in CloudTrail."),
        "external_id": optional(STRING, description="The external id that the role's trust policy asks for."),
        "duration": optional(NUMBER, description="How long the role's credentials live, in seconds; they are renewed."),
        "policy": optional(STRING, description="A policy in JSON that narrows the role's rights."),
    }
)
_ENDPOINTS = Schema(
    {
        "s3": optional(STRING, description="The address of S3."),
        "sts": optional(STRING, description="The address of STS, which is asked for the role's credentials."),
    }
)

CLIENT_ATTRIBUTES: Mapping[str, Attribute] = {
    "region": optional(STRING, description="The bucket's region; AWS_REGION if left out."),
    "profile": optional(STRING, description="The profile of the shared configuration to use; AWS_PROFILE if left out."),
    "access_key": optional(STRING, sensitive=True, description="An access key. Better left to the environment."),
    "secret_key": optional(STRING, sensitive=True, description="Its secret. Better left to the environment."),
    "token": optional(STRING, sensitive=True, description="The session token of temporary credentials."),
    "assume_role": nested(_ASSUME_ROLE, optional=True, description="A role to assume with these credentials."),
    "endpoint": optional(
        STRING, description="The address of what is compatible with S3; AWS_ENDPOINT_URL_S3 if left out."
    ),
    "endpoints": nested(_ENDPOINTS, optional=True, description="The same, by service."),
    "use_path_style": optional(BOOL, description="Name the bucket in the path instead of the host."),
    "force_path_style": optional(BOOL, description="The older name of use_path_style."),
    "max_retries": optional(NUMBER, default=5, description="How often a failed request is repeated; 5 if left out."),
    "custom_ca_bundle": optional(STRING, description="A file of certificates to trust; AWS_CA_BUNDLE if left out."),
}

_CONNECT_SECONDS, _READ_SECONDS = 5, 30


def new_client(config: Mapping[str, Any], environment: Mapping[str, str], bucket: str, key: str) -> Any:
    """A botocore client for S3. Raises FreeholdError."""
    try:
        import botocore.config
        import botocore.exceptions
        import botocore.session
    except ImportError as cause:
        raise FreeholdError(
            [error("The backend s3 is not installed", str(cause), advice="pip install 'freehold[aws]'")]
        ) from cause
    try:
        region = config["region"] or environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
        session = botocore.session.Session(profile=config["profile"] or environment.get("AWS_PROFILE"))
        options: dict[str, Any] = {
            "region_name": region,
            "verify": config["custom_ca_bundle"] or environment.get("AWS_CA_BUNDLE"),
            "config": botocore.config.Config(**_behaviour(config)),
        }
        if config["assume_role"] is not None:
            role = {**options, "endpoint_url": _endpoint("sts", config, environment)}
            _assume(session, config["assume_role"], _credentials(config, environment), role)
        else:
            options |= _credentials(config, environment)
        return session.create_client("s3", endpoint_url=_endpoint("s3", config, environment), **options)
    except (botocore.exceptions.BotoCoreError, ValueError) as refused:
        raise translated(refused, bucket, key) from refused


def _behaviour(config: Mapping[str, Any]) -> dict[str, Any]:
    path_style = config["use_path_style"] or config["force_path_style"]
    return {
        "connect_timeout": _CONNECT_SECONDS,
        "read_timeout": _READ_SECONDS,
        "retries": {"mode": "standard", "total_max_attempts": int(config["max_retries"]) + 1},
        "s3": {"addressing_style": "path" if path_style else "auto"},
        # many servers that are compatible otherwise do not know the newer checksums
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
    }


def _endpoint(service: str, config: Mapping[str, Any], environment: Mapping[str, str]) -> str | None:
    candidates = (
        (config["endpoints"] or {}).get(service),
        config["endpoint"] if service == "s3" else None,
        environment.get(f"AWS_ENDPOINT_URL_{service.upper()}"),
        environment.get("AWS_ENDPOINT_URL"),
    )
    return next((candidate for candidate in candidates if candidate), None)


def _credentials(config: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """The credentials that are given; none when they are to be had from a profile or where the machine runs."""
    if config["access_key"] is not None:
        given = [config[name] for name in ("access_key", "secret_key", "token")]
    elif config["profile"] or "AWS_ACCESS_KEY_ID" not in environment:
        return {}
    else:
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        given = [environment.get(name) for name in names]
    return dict(zip(("aws_access_key_id", "aws_secret_access_key", "aws_session_token"), given, strict=True))


def _assume(session: Any, role: Mapping[str, Any], given: Mapping[str, Any], options: Mapping[str, Any]) -> None:
    """Have the session use the role's credentials, renewed before they expire."""
    from botocore.credentials import AssumeRoleCredentialFetcher, Credentials, DeferredRefreshableCredentials

    source = Credentials(*given.values()) if given else session.get_credentials()
    names = {
        "session_name": "RoleSessionName",
        "external_id": "ExternalId",
        "duration": "DurationSeconds",
        "policy": "Policy",
    }
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=lambda service, **credentials: session.create_client(service, **{**options, **credentials}),
        source_credentials=source,
        role_arn=role["role_arn"],
        extra_args={names[name]: value for name, value in role.items() if name in names and value is not None},
    )
    session._credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
