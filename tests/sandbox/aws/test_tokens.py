"""Tokens of clusters, made by botocore's own signer as `aws eks get-token` does it, and what is wrong with others.

The rules are those of aws-iam-authenticator's `pkg/token`.
"""

from __future__ import annotations

import base64
import time
from urllib.parse import urlsplit

import botocore.session
import pytest
from botocore.signers import RequestSigner

from sandbox.aws import tokens
from sandbox.aws.credentials import Credentials, Principal

HOST = "127.0.0.1:4599"
KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
ARN = "arn:aws:iam::123456789012:user/admin"


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    """The sandbox knows one key, and one with a session."""
    known = {
        KEY: Credentials(Principal(ARN, ARN, "AIDA"), SECRET, None),
        "ASIASESSION": Credentials(Principal("arn:role", "arn:role", "AROA:s", "s"), SECRET, "session/token+=="),
    }
    monkeypatch.setattr(tokens, "find_credentials", known.get)


def presign(cluster="demo", url=f"http://{HOST}/", key=KEY, secret=SECRET, session=None, headers=None, **options):
    from botocore.credentials import Credentials as BotoCredentials

    source = botocore.session.Session()
    service = source.get_service_model("sts").service_id
    signer = RequestSigner(
        service, "eu-west-1", "sts", "v4", BotoCredentials(key, secret, session), source.get_component("event_emitter")
    )
    request = {
        "method": options.get("method", "GET"),
        "url": url + "?Action=" + options.get("action", "GetCallerIdentity") + "&Version=2011-06-15",
        "body": {},
        "headers": {"x-k8s-aws-id": cluster} if headers is None else headers,
        "context": {},
    }
    return signer.generate_presigned_url(
        request, region_name="eu-west-1", expires_in=options.get("expires", 60), operation_name=""
    )


def encode(url):
    return tokens.PREFIX + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def verify(url, cluster="demo", later=0.0):
    return tokens.verify_token(encode(url), cluster, HOST, time.time() + later)


def test_a_token_speaks_for_who_signed_it():
    assert verify(presign()).arn == ARN
    assert verify(presign(url="https://sts.eu-west-1.amazonaws.com/")).arn == ARN
    assert verify(presign(key="ASIASESSION", session="session/token+==")).session_name == "s"


@pytest.mark.parametrize(
    "url",
    [
        "https://sts.eu-west-1.amazonaws.com.evil.example/",
        "https://evil.example/",
        "http://sts.eu-west-1.amazonaws.com/",
        "https://s3.eu-west-1.amazonaws.com/",
        "http://127.0.0.1:1/",
        f"http://{HOST}/path",
    ],
)
def test_only_sts_is_asked(url):
    with pytest.raises(tokens.InvalidToken):
        verify(presign(url=url))


def test_a_token_is_for_one_cluster():
    with pytest.raises(tokens.InvalidToken, match="signature"):
        verify(presign("demo"), cluster="other")
    with pytest.raises(tokens.InvalidToken, match="not signed"):
        verify(presign(headers={}))


def test_a_token_lives_for_fifteen_minutes():
    url = presign()
    assert verify(url, later=890).arn == ARN
    with pytest.raises(tokens.InvalidToken, match="expired"):
        verify(url, later=910)
    with pytest.raises(tokens.InvalidToken, match="future"):
        verify(url, later=-400)
    with pytest.raises(tokens.InvalidToken, match="longer"):
        verify(presign(expires=3600))


@pytest.mark.parametrize(
    "options",
    [
        {"secret": "another"},
        {"key": "AKIDNOBODY"},
        {"key": "ASIASESSION"},
        {"key": "ASIASESSION", "session": "wrong"},
        {"session": "unexpected"},
        {"method": "POST"},
        {"action": "AssumeRole"},
        {"headers": {"x-k8s-aws-id": "demo", "x-other": "1"}},
    ],
)
def test_what_does_not_verify_lets_nobody_in(options):
    with pytest.raises(tokens.InvalidToken):
        verify(presign(**options))


def test_nothing_of_the_url_can_be_changed():
    url = presign()
    for change in (
        url.replace("eu-west-1", "us-east-1"),
        url.replace("2011-06-15", "2011-06-16"),
        url + "&X-Other=1",
        url + "&Action=GetCallerIdentity",
        url.replace("X-Amz-Expires=60", "X-Amz-Expires=61"),
        url[:-1] + ("0" if url[-1] != "0" else "1"),
    ):
        with pytest.raises(tokens.InvalidToken):
            verify(change)


@pytest.mark.parametrize(
    "token", ["", "k8s-aws-v1.", "k8s-aws-v1.%%%", "k8s-aws-v2.aHR0cA", "k8s-aws-v1." + "A" * 20000]
)
def test_what_is_no_token_is_refused(token):
    with pytest.raises(tokens.InvalidToken):
        tokens.verify_token(token, "demo", HOST, time.time())


def test_the_reason_does_not_tell_the_token():
    url = presign(secret="another")
    with pytest.raises(tokens.InvalidToken) as caught:
        verify(url)
    assert urlsplit(url).query not in str(caught.value)
