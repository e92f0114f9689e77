"""AWS's own codes of errors, whatever botocore hangs on the exception."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError

from providers.aws.client import code_of
from providers.contract.errors import ProviderError


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (ClientError({"Error": {"Code": "Throttling"}}, "DescribeVpcs"), "Throttling"),
        (ConnectionClosedError(endpoint_url="http://127.0.0.1"), ""),
        (EndpointConnectionError(endpoint_url="http://127.0.0.1"), ""),
        (None, ""),
    ],
)
def test_the_code_of_an_error(cause: Exception | None, code: str) -> None:
    failure = ProviderError("It failed", "somehow")
    failure.__cause__ = cause

    assert code_of(failure) == code
