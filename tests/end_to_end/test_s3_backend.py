"""A state in a bucket, and two who want to write it at once."""

from __future__ import annotations

import itertools
import json

import pytest

from tests.conformance.stack import TIMEOUT, Stack

_keys = itertools.count(1)

SLOW_VPC = {"service": "ec2", "operation": "CreateVpc", "latency": 2.0}


@pytest.fixture
def bucket(client):
    name = "states"
    client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    yield name


@pytest.fixture(scope="module")
def states(client):
    """A bucket for states."""
    location = {"LocationConstraint": "eu-west-1"}
    client("s3").create_bucket(Bucket="states", CreateBucketConfiguration=location)
    return "states"
