"""The client of the S3 backend, from its block and the environment. Here alone the SDK is imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from language.diagnostics import FreeholdError, error
from state.backends.s3_errors import translated
from state.backends.schema import Attribute

_ASSUME_ROLE = {
    "role_arn": Attribute("string", "The role to assume.", required=True),
    "session_name": Attribute("string", "The name of the session, as it appears in CloudTrail."),
    "external_id": Attribute("string", "The external id that the role's trust policy asks for."),
    "duration": Attribute("number", "How long the role's credentials live, in seconds; they are renewed."),
    "policy": Attribute("string", "A policy in JSON that narrows the role's rights."),
}
_ENDPOINTS = {
    "s3": Attribute("string", "The address of S3."),
    "sts": Attribute("string", "The address of STS, which is asked for the role's credentials."),
}

CLIENT_SCHEMA = {
    "region": Attribute("string", "The bucket's region; AWS_REGION if left out."),
    "profile": Attribute("string", "The profile of the shared configuration to use; AWS_PROFILE if left out."),
    "access_key": Attribute("string", "An access key. Better left to the environment.", sensitive=True),
    "secret_key": Attribute("string", "Its secret. Better left to the environment.", sensitive=True),
    "token": Attribute("string", "The session token of temporary credentials.", sensitive=True),
    "assume_role": Attribute("object", "A role to assume with these credentials.", attributes=_ASSUME_ROLE),
    "endpoint": Attribute(
        "string", "The address of S3, for what is compatible with it; AWS_ENDPOINT_URL_S3 if left out."
    ),
    "endpoints": Attribute("object", "The same, by service.", attributes=_ENDPOINTS),
    "use_path_style": Attribute("bool", "Name the bucket in the path instead of the host."),
    "force_path_style": Attribute("bool", "The older name of use_path_style."),
    "max_retries": Attribute("number", "How often a request is repeated that did not succeed; 5 if left out."),
    "custom_ca_bundle": Attribute("string", "A file of certificates to trust; AWS_CA_BUNDLE if left out."),
}

_CONNECT_SECONDS, _READ_SECONDS = 5, 30
_RETRIES = 5


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
        region = config.get("region") or environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
        session = botocore.session.Session(profile=config.get("profile") or environment.get("AWS_PROFILE"))
        options: dict[str, Any] = {
            "region_name": region,
            "verify": config.get("custom_ca_bundle") or environment.get("AWS_CA_BUNDLE"),
            "config": botocore.config.Config(**_behaviour(config)),
        }
        if "assume_role" in config:
            role = {**options, "endpoint_url": _endpoint("sts", config, environment)}
            _assume(session, config["assume_role"], _credentials(config, environment), role)
        else:
            options |= _credentials(config, environment)
        return session.create_client("s3", endpoint_url=_endpoint("s3", config, environment), **options)
    except (botocore.exceptions.BotoCoreError, ValueError) as refused:
        raise translated(refused, bucket, key) from refused


def _behaviour(config: Mapping[str, Any]) -> dict[str, Any]:
    path_style = config.get("use_path_style") or config.get("force_path_style")
    return {
        "connect_timeout": _CONNECT_SECONDS,
        "read_timeout": _READ_SECONDS,
        "retries": {"mode": "standard", "total_max_attempts": int(config.get("max_retries", _RETRIES)) + 1},
        "s3": {"addressing_style": "path" if path_style else "auto"},
        # many servers that are compatible otherwise do not know the newer checksums
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
    }


def _endpoint(service: str, config: Mapping[str, Any], environment: Mapping[str, str]) -> str | None:
    candidates = (
        config.get("endpoints", {}).get(service),
        config.get("endpoint") if service == "s3" else None,
        environment.get(f"AWS_ENDPOINT_URL_{service.upper()}"),
        environment.get("AWS_ENDPOINT_URL"),
    )
    return next((candidate for candidate in candidates if candidate), None)


def _credentials(config: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """The credentials that are given; none when they are to be had from a profile or where the machine runs."""
    if "access_key" in config:
        given = [config.get(name) for name in ("access_key", "secret_key", "token")]
    elif config.get("profile") or "AWS_ACCESS_KEY_ID" not in environment:
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
        extra_args={names[name]: value for name, value in role.items() if name in names},
    )
    session._credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
