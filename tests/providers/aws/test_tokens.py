"""Tokens for clusters, against the published form of aws-iam-authenticator, the sandbox's EKS and its STS.

https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
"""

from __future__ import annotations

import base64
import urllib.error
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest

from providers.aws import provider


@pytest.fixture
def access(client):
    outputs = {"name": "shop-main", "arn": "arn:of:it", "endpoint": "https://endpoint", "ca_certificate": "PEM"}
    return provider.clusters.access(client, outputs)


def url_of(token):
    text = token.token.removeprefix("k8s-aws-v1.")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()


def test_how_a_cluster_is_reached_comes_from_its_outputs(access):
    assert (access.identity, access.endpoint, access.ca_certificate) == ("arn:of:it", "https://endpoint", "PEM")


def test_a_token_is_a_presigned_question_who_the_caller_is(access, client, sandbox):
    token = access.credentials()

    assert token.token.startswith("k8s-aws-v1.")
    assert "=" not in token.token
    url = urlsplit(url_of(token))
    assert f"{url.scheme}://{url.netloc}" == sandbox.endpoint
    query = {name: value for name, (value,) in parse_qs(url.query).items()}
    assert query["Action"] == "GetCallerIdentity"
    assert query["Version"] == "2011-06-15"
    assert query["X-Amz-Expires"] == "60"
    assert query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert set(query["X-Amz-SignedHeaders"].split(";")) == {"host", "x-k8s-aws-id"}
    assert query["X-Amz-Credential"].endswith("/eu-west-1/sts/aws4_request")


def test_a_token_is_given_up_before_eks_does(access, client):
    assert 0 < access.credentials().expires - client.clock.now() <= 15 * 60


def test_sts_answers_the_url_with_the_clusters_header_only(access):
    url = url_of(access.credentials())

    request = urllib.request.Request(url, headers={"x-k8s-aws-id": "shop-main"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert b"<Account>123456789012</Account>" in answer.read()
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(urllib.request.Request(url, headers={"x-k8s-aws-id": "another"}), timeout=10)


def test_a_token_is_not_shown(access, client):
    token = access.credentials()

    assert token.token not in repr(token)


def test_a_session_token_is_part_of_the_question(configured):
    temporary = configured(access_key="ASIAEXAMPLE", secret_key="secret", token="session")

    outputs = {"name": "a", "arn": "a", "endpoint": "https://e", "ca_certificate": "PEM"}
    url = url_of(provider.clusters.access(temporary, outputs).credentials())

    assert parse_qs(urlsplit(url).query)["X-Amz-Security-Token"] == ["session"]
