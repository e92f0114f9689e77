"""One sandbox for all tests of AWS; each makes what it needs under names of its own."""

from __future__ import annotations

import itertools
import json

import pytest

from sandbox.testing import running
from tests.sandbox.support import Network, active

SPEED = 1200.0


@pytest.fixture(scope="session")
def sandbox():
    with running(speed=SPEED) as started:
        yield started


@pytest.fixture(scope="session")
def client(sandbox):
    """`client("ec2")`: a client of boto3 that reaches the sandbox as the administrator, without retries."""
    boto3 = pytest.importorskip("boto3")
    from botocore.config import Config

    def make(service, access_key=None, secret_key=None, token=None, endpoint=None, **config):
        return boto3.client(
            service,
            endpoint_url=endpoint or sandbox.endpoint,
            region_name=sandbox.env["AWS_REGION"],
            aws_access_key_id=access_key or sandbox.env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=secret_key or sandbox.env["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=token,
            config=Config(**{"retries": {"total_max_attempts": 1}, **config}),
        )

    return make


@pytest.fixture(scope="session")
def ec2(client):
    return client("ec2")


@pytest.fixture(scope="session")
def eks(client):
    return client("eks")


_names = itertools.count(1)


@pytest.fixture
def name():
    """A name that no other test uses."""
    return f"t{next(_names)}"


@pytest.fixture
def network(ec2):
    return Network(ec2)


@pytest.fixture(scope="session")
def roles(client):
    """The ARNs of roles that EKS, EC2 and pods may assume, by those words."""
    iam = client("iam")

    def create(word, service):
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        return iam.create_role(RoleName=f"role-{word}", AssumeRolePolicyDocument=document)["Role"]["Arn"]

    services = {"eks": "eks.amazonaws.com", "ec2": "ec2.amazonaws.com", "pods": "pods.eks.amazonaws.com"}
    return {word: create(word, service) for word, service in services.items()}


@pytest.fixture(scope="session")
def make_cluster(ec2, eks, roles):
    """Creates a cluster in a network of its own and returns its description once it is ACTIVE."""

    def make(name, **options):
        options = {"roleArn": roles["eks"], "accessConfig": {"authenticationMode": "API"}, **options}
        if "resourcesVpcConfig" not in options:
            options["resourcesVpcConfig"] = {"subnetIds": Network(ec2).subnets}
        eks.create_cluster(name=name, **options)
        active(eks, name)
        return eks.describe_cluster(name=name)["cluster"]

    return make


@pytest.fixture(scope="session")
def cluster(make_cluster):
    """A cluster that tests share; they leave it as they found it."""
    return make_cluster("shared")


@pytest.fixture
def faults(sandbox):
    """`faults({...})` puts rules in force for this test."""
    yield sandbox.set_faults
    sandbox.set_faults()
