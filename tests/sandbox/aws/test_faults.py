"""What befalls requests when rules are in force, as clients see it, in each of AWS's protocols."""

from __future__ import annotations

import time

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError

from tests.sandbox.support import refused

_DROPPED = (ConnectionClosedError, EndpointConnectionError)


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("ec2", "describe_vpcs", {}),
        ("iam", "list_roles", {}),
        ("sts", "get_caller_identity", {}),
        ("kms", "list_keys", {}),
        ("s3", "list_buckets", {}),
        ("eks", "list_clusters", {}),
    ],
)
def test_an_error_in_the_words_of_each_protocol(client, faults, service, operation, arguments):
    faults({"service": service, "error": {"code": "Throttling", "message": "Rate exceeded", "status": 400}})
    answer = refused(getattr(client(service), operation), "Throttling", **arguments)
    assert answer["Error"]["Message"] == "Rate exceeded"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_a_client_that_retries_gets_through(client, faults, sandbox):
    rule = {"service": "ec2", "operation": "Describe*", "times": 2}
    faults({**rule, "error": {"code": "RequestLimitExceeded", "message": "Request limit exceeded.", "status": 503}})
    sandbox.reset_counters()
    ec2 = client("ec2", retries={"total_max_attempts": 4, "mode": "standard"})
    assert ec2.describe_vpcs()["Vpcs"]
    assert sandbox.counters()["ec2"] == {"DescribeVpcs": 3}


def test_a_connection_drops_before_or_after_the_effect(ec2, faults):
    def count():
        return len(ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.77.0.0/16"]}])["Vpcs"])

    faults({"operation": "CreateVpc", "drop": "before", "times": 1}, {"operation": "CreateVpc", "drop": "after"})
    with pytest.raises(_DROPPED):
        ec2.create_vpc(CidrBlock="10.77.0.0/16")
    assert count() == 0
    with pytest.raises(_DROPPED):
        ec2.create_vpc(CidrBlock="10.77.0.0/16")
    assert count() == 1


def test_a_request_waits(ec2, faults):
    faults({"service": "ec2", "latency": 0.3, "times": 1})
    started = time.monotonic()
    ec2.describe_vpcs()
    assert time.monotonic() - started >= 0.3


def test_a_rule_looks_at_parameters(client, faults, eks, cluster):
    faults({"service": "eks", "match": {"name": "sh*"}, "error": {"code": "ServerException", "status": 500}})
    refused(eks.describe_cluster, "ServerException", name="shared")
    refused(eks.describe_cluster, "ResourceNotFoundException", name="other")


def test_an_update_fails_when_it_is_told_to(eks, cluster, faults):
    issue = {"code": "AccessDenied", "message": "no", "resourceIds": ["sg-1"]}
    faults({"operation": "UpdateClusterConfig", "status": "Failed", "issue": issue})
    logging = {"clusterLogging": [{"types": ["audit"], "enabled": True}]}
    update = eks.update_cluster_config(name="shared", logging=logging)["update"]["id"]
    eks.get_waiter("cluster_active").wait(name="shared", WaiterConfig={"Delay": 1, "MaxAttempts": 10})
    found = eks.describe_update(name="shared", updateId=update)["update"]
    assert found["status"] == "Failed"
    assert found["errors"] == [{"errorCode": "AccessDenied", "errorMessage": "no", "resourceIds": ["sg-1"]}]
    assert eks.describe_cluster(name="shared")["cluster"]["logging"]["clusterLogging"][0]["enabled"] is False


def test_an_unknown_key_is_nobody(client):
    codes = {
        "ec2": ("describe_vpcs", "AuthFailure"),
        "iam": ("list_roles", "InvalidClientTokenId"),
        "sts": ("get_caller_identity", "InvalidClientTokenId"),
        "s3": ("list_buckets", "InvalidAccessKeyId"),
        "kms": ("list_keys", "UnrecognizedClientException"),
        "eks": ("list_clusters", "UnrecognizedClientException"),
    }
    for service, (operation, code) in codes.items():
        stranger = client(service, access_key="AKIAQQQQQQQQQQQQQQQQ", secret_key="x")
        with pytest.raises(ClientError) as caught:
            getattr(stranger, operation)()
        assert caught.value.response["Error"]["Code"] == code


def test_requests_are_counted_by_operation(client, sandbox, name):
    sandbox.reset_counters()
    s3 = client("s3")
    s3.create_bucket(Bucket=name + "-counted", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket=name + "-counted", Key="k", Body=b"")
    s3.list_objects_v2(Bucket=name + "-counted")
    client("sts").get_caller_identity()
    assert sandbox.counters() == {
        "s3": {"CreateBucket": 1, "ListObjectsV2": 1, "PutObject": 1},
        "sts": {"GetCallerIdentity": 1},
    }


def test_a_service_that_is_not_served_says_so(client):
    with pytest.raises(ClientError) as caught:
        client("sqs").list_queues()
    assert "eks" in str(caught.value)
