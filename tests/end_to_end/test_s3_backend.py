"""A state in a bucket, and two who want to write it at once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest

from sandbox.testing import running

FREEHOLD = str(Path(sys.executable).with_name("freehold"))
STACK = """
stack "shared" {
  backend "s3" {
    bucket = "states"
    key    = "shared/production"
    region = "eu-west-1"
  }
}
resource "aws_vpc" "net" { cidr_block = "10.9.0.0/16" }
resource "terraform_data" "after" { input = aws_vpc.net.id }
"""


@pytest.fixture(scope="module")
def sandbox():
    with running(speed=600) as found:
        session = boto3.Session(found.env["AWS_ACCESS_KEY_ID"], found.env["AWS_SECRET_ACCESS_KEY"])
        s3 = session.client("s3", endpoint_url=found.endpoint, region_name="eu-west-1")
        s3.create_bucket(Bucket="states", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        yield found


@pytest.fixture
def command(sandbox, tmp_path):
    (tmp_path / "main.hcl").write_text(STACK)
    environment = {**os.environ, **sandbox.env}

    def run(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [FREEHOLD, f"-chdir={tmp_path}", *arguments], env=environment, capture_output=True, text=True, timeout=60
        )

    run.begin = lambda *arguments: subprocess.Popen(  # type: ignore[attr-defined]
        [FREEHOLD, f"-chdir={tmp_path}", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    run.folder = tmp_path  # type: ignore[attr-defined]
    return run


def test_of_two_applies_at_once_one_is_refused_and_told_who_holds_the_lock(sandbox, command):
    sandbox.set_faults({"service": "ec2", "operation": "CreateVpc", "times": 1, "latency": 4.0})
    first = command.begin("apply", "-auto-approve")
    deadline = time.monotonic() + 20
    while not sandbox.counters().get("ec2", {}).get("CreateVpc") and time.monotonic() < deadline:
        time.sleep(0.05)

    second = command("apply", "-auto-approve")
    told, _ = first.communicate(timeout=60)
    sandbox.set_faults()

    assert second.returncode == 1
    assert "lock" in second.stderr.lower()
    assert "@" in second.stderr  # who, and where
    assert first.returncode == 0, told
    assert command("plan", "-detailed-exitcode").returncode == 0


def test_the_state_is_in_the_bucket_alone_and_outlives_the_folder(sandbox, command):
    assert command("apply", "-auto-approve").returncode == 0
    assert not list(command.folder.glob("*.state*"))

    assert command("state", "list").stdout.split() == ["aws_vpc.net", "terraform_data.after"]
    assert command("destroy", "-auto-approve").returncode == 0
    assert command("state", "list").stdout == ""
