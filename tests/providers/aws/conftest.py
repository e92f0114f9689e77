"""One sandbox for all tests of AWS's kinds; boto3 beside ours is the judge of what there is."""

from __future__ import annotations

import itertools
import json

import pytest

from planner.evaluation.decode import conform
from providers.aws import provider
from providers.contract import Environment
from sandbox.testing import running
from tests.providers.aws.support import Managed

SPEED = 2400.0
_names = itertools.count(1)


@pytest.fixture(scope="session")
def sandbox():
    with running(speed=SPEED) as started:
        yield started


@pytest.fixture(scope="session")
def boto(sandbox):
    """`boto("ec2")`: boto3's own client, as the administrator."""
    boto3 = pytest.importorskip("boto3")

    def make(service):
        return boto3.client(
            service,
            endpoint_url=sandbox.endpoint,
            region_name="eu-west-1",
            aws_access_key_id=sandbox.env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=sandbox.env["AWS_SECRET_ACCESS_KEY"],
        )

    return make


@pytest.fixture(scope="session")
def ec2(boto):
    return boto("ec2")


@pytest.fixture(scope="session")
def eks(boto):
    return boto("eks")


@pytest.fixture(scope="session")
def iam(boto):
    return boto("iam")


@pytest.fixture(scope="session")
def configured(sandbox):
    """`configured(max_retries=3)`: a client of the provider for a block with these values."""

    def make(**config):
        block = {
            "region": "eu-west-1",
            "access_key": sandbox.env["AWS_ACCESS_KEY_ID"],
            "secret_key": sandbox.env["AWS_SECRET_ACCESS_KEY"],
            "endpoints": dict.fromkeys(("ec2", "eks", "iam", "sts"), sandbox.endpoint),
            **config,
        }
        return provider.configure(conform(block, provider.schema), Environment(variables={}))

    return make


@pytest.fixture(scope="session")
def client(configured):
    return configured()


@pytest.fixture(scope="session")
def managed(client):
    """`managed("aws_vpc", "aws_vpc.a")`: a resource that does not exist yet."""

    def make(type_, address=None, *, by=None, **more):
        return Managed(by or client, type_, address or f"{type_}.a{next(_names)}", **more)

    return make


@pytest.fixture
def name():
    """A name that no other test uses."""
    return f"t{next(_names)}"


@pytest.fixture
def faults(sandbox):
    """`faults({...})` puts rules in force for this test."""
    yield sandbox.set_faults
    sandbox.set_faults()


@pytest.fixture
def counted(sandbox):
    """The requests that a test makes, by service and operation."""
    sandbox.reset_counters()
    return sandbox.counters


@pytest.fixture(scope="session")
def vpc(managed):
    """A network that tests share; they leave it as they found it."""
    return managed("aws_vpc").create(cidr_block="10.0.0.0/16")


@pytest.fixture(scope="session")
def subnets(managed, vpc):
    """The ids of a subnet in each of two zones."""
    return [
        managed("aws_subnet").create(
            vpc_id=vpc["id"], cidr_block=f"10.0.{number}.0/24", availability_zone=f"eu-west-1{zone}"
        )["id"]
        for number, zone in enumerate("ab")
    ]


def trusting(service):
    """The policy by which a service may assume a role."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(scope="session")
def roles(iam):
    """The ARNs of roles for clusters, nodes and pods, by those words."""
    services = {"cluster": "eks.amazonaws.com", "node": "ec2.amazonaws.com", "pod": "pods.eks.amazonaws.com"}
    return {
        word: iam.create_role(RoleName=f"shared-{word}", AssumeRolePolicyDocument=trusting(service))["Role"]["Arn"]
        for word, service in services.items()
    }


@pytest.fixture(scope="session")
def make_cluster(managed, roles, subnets):
    """`make_cluster("a", version="1.33")`: a cluster of the provider's."""

    def make(name, **config):
        return managed("aws_eks_cluster").create(**cluster_config(name, roles, subnets, **config))

    return make


def cluster_config(name, roles, subnets, **config):
    """What makes a cluster; `vpc_config` members are given by `network`."""
    network = {"subnet_ids": tuple(subnets), **config.pop("network", {})}
    return {
        "name": name,
        "role_arn": roles["cluster"],
        "vpc_config": (network,),
        "access_config": ({"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": True},),
        "bootstrap_self_managed_addons": False,
        **config,
    }


@pytest.fixture(scope="session")
def cluster(make_cluster):
    """A cluster that tests share; they leave it as they found it."""
    return make_cluster("shared")
