"""What the backend s3 makes of its configuration and the environment: expected is what botocore is given by that.

The order of precedence is Terraform's: the backend's own arguments, then AWS's variables.
"""

from __future__ import annotations

import builtins

import pytest

from language.diagnostics import FreeholdError
from state.backends import s3
from state.backends.s3_client import CLIENT_ATTRIBUTES, new_client

pytest.importorskip("botocore.session")

KEYS = {"AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "secret"}


def settings(**given):
    return {**dict.fromkeys(CLIENT_ATTRIBUTES), "max_retries": 5, **given}


def client(environment=None, **given):
    return new_client(settings(**given), {**KEYS, **(environment or {})}, "states", "key")


REGIONS = {
    "its own": ({"region": "eu-west-1"}, {"AWS_REGION": "us-east-1"}, "eu-west-1"),
    "AWS_REGION": ({}, {"AWS_REGION": "us-west-2", "AWS_DEFAULT_REGION": "us-east-1"}, "us-west-2"),
    "AWS_DEFAULT_REGION": ({}, {"AWS_DEFAULT_REGION": "us-east-2"}, "us-east-2"),
}


@pytest.mark.parametrize("case", REGIONS)
def test_the_region(case):
    given, environment, expected = REGIONS[case]

    assert client(environment, **given).meta.region_name == expected


ENDPOINTS = {
    "of the service": ({"endpoints": {"s3": "http://127.0.0.1:1"}, "endpoint": "http://127.0.0.1:2"}, {}, 1),
    "of the backend": ({"endpoints": {"sts": "http://127.0.0.1:1"}, "endpoint": "http://127.0.0.1:2"}, {}, 2),
    "a service's variable": (
        {},
        {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:3", "AWS_ENDPOINT_URL": "http://127.0.0.1:4"},
        3,
    ),
    "AWS_ENDPOINT_URL": ({}, {"AWS_ENDPOINT_URL": "http://127.0.0.1:4"}, 4),
}


@pytest.mark.parametrize("case", ENDPOINTS)
def test_the_endpoint(case):
    given, environment, port = ENDPOINTS[case]

    found = client({"AWS_REGION": "us-east-1", **environment}, **given)

    assert found.meta.endpoint_url == f"http://127.0.0.1:{port}"


AUTHORITIES = {
    "its own": ({"custom_ca_bundle": "/own.pem"}, {"AWS_CA_BUNDLE": "/other.pem"}, "/own.pem"),
    "AWS_CA_BUNDLE": ({}, {"AWS_CA_BUNDLE": "/other.pem"}, "/other.pem"),
}


@pytest.mark.parametrize("case", AUTHORITIES)
def test_whose_certificates_are_trusted(case):
    given, environment, expected = AUTHORITIES[case]

    found = client({"AWS_REGION": "us-east-1", **environment}, **given)

    assert found._endpoint.http_session._verify == expected


@pytest.mark.parametrize(("retries", "attempts"), [(5, 6), (0, 1)])
def test_how_often_a_request_is_sent(retries, attempts):
    found = client({"AWS_REGION": "us-east-1"}, max_retries=retries)

    assert found.meta.config.retries["total_max_attempts"] == attempts


@pytest.mark.parametrize(
    ("given", "style"), [({}, "auto"), ({"use_path_style": True}, "path"), ({"force_path_style": True}, "path")]
)
def test_where_the_bucket_is_named(given, style):
    assert client({"AWS_REGION": "us-east-1"}, **given).meta.config.s3["addressing_style"] == style


CREDENTIALS = {
    "its own": (
        {"access_key": "AKIAOWN", "secret_key": "own", "token": "session"},
        {},
        ("AKIAOWN", "own", "session"),
    ),
    "the environment's": ({}, {"AWS_SESSION_TOKEN": "t"}, ("AKIATEST", "secret", "t")),
    "without a session": ({}, {}, ("AKIATEST", "secret", None)),
}


@pytest.mark.parametrize("case", CREDENTIALS)
def test_the_credentials(case):
    given, environment, expected = CREDENTIALS[case]

    found = client({"AWS_REGION": "us-east-1", **environment}, **given)._request_signer._credentials

    assert (found.access_key, found.secret_key, found.token) == expected


def test_without_the_sdk_it_says_what_to_install(monkeypatch):
    imports = builtins.__import__

    def refuse(name, *args, **more):
        if name.startswith("botocore"):
            raise ImportError("No module named botocore")
        return imports(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)

    with pytest.raises(FreeholdError) as raised:
        client()
    (found,) = raised.value.diagnostics
    assert (found.summary, found.detail) == ("The backend s3 is not installed", "No module named botocore")
    assert "freehold[aws]" in found.advice


@pytest.mark.parametrize(
    ("bucket", "key", "summary"),
    [
        ("", "key", "Incomplete backend"),
        ("states", "", "Incomplete backend"),
        ("states", "/key", "Invalid key of the state"),
        ("states", "key/", "Invalid key of the state"),
    ],
)
def test_a_place_that_is_none_is_refused(bucket, key, summary, tmp_path):
    with pytest.raises(FreeholdError) as raised:
        s3.open_backend(settings(bucket=bucket, key=key), tmp_path, KEYS)

    assert [each.summary for each in raised.value.diagnostics] == [summary]
