"""What S3 and its SDK refuse, as diagnostics that say what to do: a table of problems, and one of their names."""

from __future__ import annotations

from typing import Any

from language.diagnostics import FreeholdError, error

_LONGEST = 200
_PROBLEMS: dict[str, tuple[str, str]] = {
    "bucket": (
        "The bucket of the state does not exist",
        "Create it, with versioning (`aws s3api create-bucket --bucket {bucket}`), or correct `bucket` in the backend "
        "block.",
    ),
    "rights": (
        "Access to the state was denied",
        "The run needs s3:ListBucket on the bucket, and s3:GetObject, s3:PutObject and s3:DeleteObject on {key} and "
        "all names that begin with it; with kms_key_id also kms:GenerateDataKey and kms:Decrypt.",
    ),
    "credentials": (
        "There are no valid credentials for the state",
        "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; log in again with `aws sso login`; or name a "
        "profile in the backend block.",
    ),
    "profile": (
        "The profile for the state does not exist",
        "Correct `profile` in the backend block or AWS_PROFILE; `aws configure list-profiles` lists what there is.",
    ),
    "region": (
        "The region of the state is not right",
        "Set `region` in the backend block, or AWS_REGION, to the bucket's.",
    ),
    "conditions": (
        "The server of the state cannot write on conditions",
        "freehold keeps two runs apart with conditional writes (If-Match, If-None-Match). Use a server that has them, "
        "as Amazon S3 and the newer versions of what is compatible with it do.",
    ),
    "encryption": (
        "The key that encrypts the state cannot be used",
        "Enable the KMS key, or correct kms_key_id in the backend block.",
    ),
    "trust": (
        "The server of the state is not trusted",
        "If it has a certificate of your own authority, name that in custom_ca_bundle or in AWS_CA_BUNDLE.",
    ),
    "block": ("The backend of the state is not well configured", "Correct the backend block."),
    "nonsense": (
        "This is not an answer of S3",
        "Check the endpoint in the backend block or in AWS_ENDPOINT_URL, and what is in front of it: a proxy.",
    ),
    "silence": (
        "The backend of the state does not answer",
        "Check the network, a proxy (HTTPS_PROXY), and the endpoint in the backend block or in AWS_ENDPOINT_URL; then "
        "run again.",
    ),
}

# codes of S3 (a bare status is all that HEAD gives), and names of the SDK's exceptions
_NAMES: dict[str, str] = {
    "NoSuchBucket": "bucket",
    **dict.fromkeys(("AccessDenied", "403", "AllAccessDisabled"), "rights"),
    **dict.fromkeys(("InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"), "credentials"),
    **dict.fromkeys(("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError"), "credentials"),
    **dict.fromkeys(("UnauthorizedSSOTokenError", "SSOTokenLoadError", "TokenRetrievalError"), "credentials"),
    "ProfileNotFound": "profile",
    **dict.fromkeys(
        ("PermanentRedirect", "301", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"), "region"
    ),
    **dict.fromkeys(("NoRegionError", "InvalidRegionError"), "region"),
    **dict.fromkeys(("NotImplemented", "501"), "conditions"),
    **dict.fromkeys(("KMS.NotFoundException", "KMS.DisabledException", "KMS.KMSInvalidStateException"), "encryption"),
    "SSLError": "trust",
    **dict.fromkeys(("ParamValidationError", "ValueError"), "block"),
}


def code_of(refused: Exception) -> str:
    """S3's code for what it refused (a bare status for HEAD); empty for what did not come from S3."""
    response: Any = getattr(refused, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def translated(refused: Exception, bucket: str, key: str) -> FreeholdError:
    """The diagnostic for an exception of the SDK."""
    names = (code_of(refused), *(kind.__name__ for kind in type(refused).__mro__))
    problem = next((_NAMES[name] for name in names if name in _NAMES), "silence")
    return _diagnosed(problem, str(refused), bucket, key)


def no_answer(odd: Exception, bucket: str, key: str) -> FreeholdError:
    """What came back is nothing that S3 says, and says nothing of the state."""
    what = f"there is no {odd} in it" if isinstance(odd, KeyError) else str(odd)[:_LONGEST]
    return _diagnosed("nonsense", what, bucket, key)


def without_conditions(bucket: str, key: str) -> FreeholdError:
    """The server did a write whose condition was false."""
    return _diagnosed("conditions", "a write was done although its condition was false", bucket, key)


def _diagnosed(problem: str, detail: str, bucket: str, key: str) -> FreeholdError:
    summary, advice = _PROBLEMS[problem]
    return FreeholdError(
        [error(summary, f"s3://{bucket}/{key}: {detail}", advice=advice.format(bucket=bucket, key=key))]
    )
