"""AWS's errors as ours: codes from AWS's documentation, refusals of the transport, what may be tried again."""

from __future__ import annotations

import pytest

from planner.evaluation.decode import conform
from providers.aws import provider
from providers.contract import Environment
from providers.contract.errors import AccessDenied, AlreadyExists, Conflict, Invalid, NotFound, Unreachable
from tests.providers.aws.conftest import trusting


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("UnauthorizedOperation", 403, AccessDenied),
        ("AuthFailure", 401, AccessDenied),
        ("InvalidVpcID.NotFound", 400, NotFound),
        ("InvalidSubnetID.NotFound", 400, NotFound),
        ("DependencyViolation", 400, Conflict),
        ("Resource.AlreadyAssociated", 409, AlreadyExists),
        ("RouteAlreadyExists", 400, AlreadyExists),
        ("SignatureDoesNotMatch", 403, AccessDenied),
        ("InvalidVpcRange", 400, Invalid),
        ("InvalidParameterValue", 400, Invalid),
    ],
)
def test_a_code_is_the_kind_of_error_that_it_means(client, faults, code, status, kind):
    faults({"service": "ec2", "operation": "DescribeVpcs", "error": {"code": code, "message": "m", "status": status}})

    with pytest.raises(kind) as caught:
        list(client.pages("ec2", "describe_vpcs", "Vpcs"))

    assert type(caught.value) is kind
    assert code in f"{caught.value.summary} {caught.value.detail}"
    assert "describe_vpcs" in caught.value.operation or "DescribeVpcs" in caught.value.operation
    assert caught.value.__cause__.response["Error"]["Code"] == code


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ResourceNotFoundException", NotFound),
        ("ResourceInUseException", AlreadyExists),
        ("InvalidParameterException", Invalid),
        ("InvalidRequestException", Invalid),
        ("AccessDeniedException", AccessDenied),
        ("UnrecognizedClientException", AccessDenied),
    ],
)
def test_codes_of_eks(client, faults, code, kind):
    faults({"service": "eks", "operation": "DescribeCluster", "error": {"code": code}})

    with pytest.raises(kind):
        client.call("eks", "describe_cluster", name="a")


def test_throttling_is_waited_out(client, faults, counted):
    faults({"service": "eks", "operation": "ListClusters", "times": 2, "error": {"code": "ThrottlingException"}})

    assert "clusters" in client.call("eks", "list_clusters")
    assert counted()["eks"]["ListClusters"] == 3


def test_throttling_that_does_not_end_may_be_tried_again_later(configured, faults):
    faults({"service": "ec2", "operation": "DescribeVpcs", "error": {"code": "RequestLimitExceeded", "status": 503}})

    with pytest.raises(Exception, match="RequestLimitExceeded") as caught:
        configured(max_retries=2).call("ec2", "describe_vpcs")

    assert caught.value.retryable
    assert "-parallelism" in caught.value.advice


def test_a_closed_port_is_unreachable_and_not_gone(configured):
    nowhere = configured(max_retries=1, endpoints={"ec2": "http://127.0.0.1:9"})

    with pytest.raises(Unreachable) as caught:
        nowhere.call("ec2", "describe_vpcs")

    assert caught.value.retryable
    assert "AWS_ENDPOINT_URL" in caught.value.advice
    assert caught.value.__cause__ is not None


def test_a_wrong_secret_is_refused(configured):
    with pytest.raises(AccessDenied):
        configured(secret_key="not-the-secret").call("ec2", "describe_vpcs")


def test_an_error_does_not_tell_the_secret(configured):
    with pytest.raises(AccessDenied) as caught:
        configured(secret_key="not-the-secret").call("ec2", "describe_vpcs")

    told = f"{caught.value.summary} {caught.value.detail} {caught.value.advice} {caught.value.__cause__}"
    assert "not-the-secret" not in told


def configure(monkeypatch, tmp_path, variables=None, **config):
    """A client where nothing of this machine is found."""
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    return provider.configure(conform(config, provider.schema), Environment(variables=variables or {}))


def test_without_credentials_one_is_told_how_to_get_some(monkeypatch, tmp_path):
    with pytest.raises(AccessDenied) as caught:
        configure(monkeypatch, tmp_path, region="eu-west-1")

    assert "aws configure" in caught.value.advice


def test_an_unknown_profile_is_a_credential_that_is_missing(monkeypatch, tmp_path):
    with pytest.raises(AccessDenied) as caught:
        configure(monkeypatch, tmp_path, region="eu-west-1", profile="nobody")

    assert "nobody" in caught.value.detail


def test_without_a_region_one_is_told_where_to_write_it(monkeypatch, tmp_path):
    with pytest.raises(Invalid) as caught:
        configure(monkeypatch, tmp_path, access_key="a", secret_key="b")

    assert "AWS_REGION" in caught.value.advice


def test_the_region_comes_from_the_block_before_the_environment(monkeypatch, tmp_path):
    variables = {"AWS_REGION": "us-west-2"}
    keys = {"access_key": "a", "secret_key": "b"}

    assert configure(monkeypatch, tmp_path, variables, region="eu-west-3", **keys).region == "eu-west-3"
    assert configure(monkeypatch, tmp_path, variables, **keys).region == "us-west-2"


def test_a_role_is_assumed_for_every_call(configured, sandbox, monkeypatch, iam, name):
    monkeypatch.setenv("AWS_ENDPOINT_URL", sandbox.endpoint)
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusting("ec2.amazonaws.com"))["Role"]["Arn"]
    role = configured(endpoints=None, assume_role={"role_arn": arn, "session_name": "moving"})

    assert role.call("sts", "get_caller_identity")["Arn"].endswith(f"assumed-role/{name}/moving")
