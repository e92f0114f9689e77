"""What tests of the sandbox share beside fixtures: networks, waiting, refusals."""

from __future__ import annotations

import time

import pytest


class Network:
    """A VPC with a subnet in each of two zones."""

    def __init__(self, ec2, cidr="10.0.0.0/16"):
        self.vpc = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
        self.subnets = [
            ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"eu-west-1{zone}")[
                "Subnet"
            ]["SubnetId"]
            for i, zone in enumerate("ab")
        ]


def eventually(condition, seconds=20.0):
    """The first true value of `condition()`; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        if value := condition():
            return value
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def active(eks, name):
    """Wait until a cluster is ACTIVE."""
    eventually(lambda: eks.describe_cluster(name=name)["cluster"]["status"] == "ACTIVE")


def refused(call, code, **arguments):
    """The answer to a call that is refused with an error code."""
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert caught.value.response["Error"]["Code"] == code
    return caught.value.response
