"""Killed at twenty points of an apply, freehold finishes with the next one: nothing twice, nothing orphaned."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import boto3
import pytest

from sandbox.testing import RunningSandbox, running

FREEHOLD = str(Path(sys.executable).with_name("freehold"))
KILLS = 20
READING = ("Describe", "Get", "List", "describe", "get", "list")

STACK = """
stack "chaos" {}

cluster "main" {
  provider = "aws"
  region   = "eu-west-1"
  version  = "1.34"
  node_pool "general" {
    cpu       = 2
    memory_gb = 8
    min       = 1
    max       = 2
  }
}

app "web" {
  cluster   = cluster.main
  namespace = "web"
  manifest "settings" {
    apiVersion = "v1"
    kind       = "ConfigMap"
    metadata   = { name = "settings" }
    data       = { endpoint = cluster.main.endpoint }
  }
  manifest "web" {
    apiVersion = "apps/v1"
    kind       = "Deployment"
    metadata   = { name = "web" }
    spec = {
      replicas = 2
      selector = { matchLabels = { app = "web" } }
      template = {
        metadata = { labels = { app = "web" } }
        spec     = { containers = [{ name = "web", image = "registry.example.com/web:1" }] }
      }
    }
  }
}
"""


@pytest.fixture(scope="module")
def sandbox():
    with running(speed=600) as found:
        yield found


@pytest.fixture
def stack(tmp_path):
    (tmp_path / "main.hcl").write_text(STACK)
    return tmp_path


def freehold(
    stack: Path, sandbox: RunningSandbox, *arguments: str, timeout: float = 120
) -> subprocess.CompletedProcess:
    environment = {**os.environ, **sandbox.env}
    command = [FREEHOLD, f"-chdir={stack}", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=timeout)


def writes(sandbox: RunningSandbox) -> int:
    """How many requests that change something were served."""
    served = sandbox.counters()
    return sum(n for operations in served.values() for name, n in operations.items() if not name.startswith(READING))


def kill_after(stack: Path, sandbox: RunningSandbox, requests: int) -> bool:
    """Kill an apply when it has made so many changing requests. Whether it was still running."""
    goal = writes(sandbox) + requests
    command = [FREEHOLD, f"-chdir={stack}", "apply", "-auto-approve", "-parallelism=3"]
    with subprocess.Popen(
        command, env={**os.environ, **sandbox.env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        deadline = time.monotonic() + 60
        while process.poll() is None and writes(sandbox) < goal and time.monotonic() < deadline:
            time.sleep(0.002)
        alive = process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    return alive


def tagged(sandbox: RunningSandbox) -> Counter[str]:
    """How many live things carry each address."""
    session = boto3.Session(
        aws_access_key_id=sandbox.env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=sandbox.env["AWS_SECRET_ACCESS_KEY"],
        region_name="eu-west-1",
    )
    client = {name: session.client(name, endpoint_url=sandbox.endpoint) for name in ("ec2", "iam", "eks")}
    ec2 = client["ec2"]
    found = [
        *ec2.describe_vpcs()["Vpcs"],
        *ec2.describe_subnets()["Subnets"],
        *ec2.describe_internet_gateways()["InternetGateways"],
        *ec2.describe_route_tables()["RouteTables"],
        *ec2.describe_addresses()["Addresses"],
        *(n for n in ec2.describe_nat_gateways()["NatGateways"] if n["State"] not in ("deleted", "deleting")),
    ]
    tags = [tag["Value"] for item in found for tag in item.get("Tags", ()) if tag["Key"] == "freehold:address"]
    for role in client["iam"].list_roles()["Roles"]:
        listed = client["iam"].list_role_tags(RoleName=role["RoleName"])["Tags"]
        tags += [tag["Value"] for tag in listed if tag["Key"] == "freehold:address"]
    for name in client["eks"].list_clusters()["clusters"]:
        tags.append(client["eks"].describe_cluster(name=name)["cluster"]["tags"]["freehold:address"])
        for group in client["eks"].list_nodegroups(clusterName=name)["nodegroups"]:
            described = client["eks"].describe_nodegroup(clusterName=name, nodegroupName=group)["nodegroup"]
            tags.append(described["tags"]["freehold:address"])
    return Counter(tags)


def test_killed_at_twenty_points_of_an_apply_the_next_one_finishes(sandbox, stack):
    chance = random.Random(20)
    kills = sum(kill_after(stack, sandbox, chance.randint(1, 4)) for _ in range(KILLS))
    assert kills >= KILLS - 2, "the apply was over before it could be killed often enough"

    finished = freehold(stack, sandbox, "apply", "-auto-approve")

    assert finished.returncode == 0, finished.stdout + finished.stderr
    again = freehold(stack, sandbox, "plan", "-detailed-exitcode")
    assert again.returncode == 0, again.stdout + again.stderr
    found = tagged(sandbox)
    assert {address: n for address, n in found.items() if n != 1} == {}
    listed = freehold(stack, sandbox, "state", "list").stdout.split()
    assert set(found) <= set(listed)

    gone = freehold(stack, sandbox, "destroy", "-auto-approve", "-allow-data-loss")
    assert gone.returncode == 0, gone.stdout + gone.stderr
    assert tagged(sandbox) == Counter()


def test_killed_during_a_destroy_the_next_one_finishes(sandbox, stack):
    assert freehold(stack, sandbox, "apply", "-auto-approve").returncode == 0
    command = [FREEHOLD, f"-chdir={stack}", "destroy", "-auto-approve", "-allow-data-loss", "-parallelism=2"]
    for _ in range(3):
        goal = writes(sandbox) + 6
        with subprocess.Popen(
            command, env={**os.environ, **sandbox.env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            deadline = time.monotonic() + 30
            while process.poll() is None and writes(sandbox) < goal and time.monotonic() < deadline:
                time.sleep(0.002)
            process.send_signal(signal.SIGKILL)

    gone = freehold(stack, sandbox, "destroy", "-auto-approve", "-allow-data-loss")

    assert gone.returncode == 0, gone.stdout + gone.stderr
    assert tagged(sandbox) == Counter()
    assert freehold(stack, sandbox, "state", "list").stdout == ""


def test_a_service_that_fails_half_way_is_told_and_the_next_apply_finishes(sandbox, stack):
    fault = {"code": "InternalError", "message": "broken", "status": 500}
    sandbox.set_faults({"service": "ec2", "operation": "CreateNatGateway", "times": 50, "error": fault})
    try:
        broken = freehold(stack, sandbox, "apply", "-auto-approve")
    finally:
        sandbox.set_faults()

    assert broken.returncode == 1
    assert "Traceback" not in broken.stdout + broken.stderr
    assert "cluster.main/aws_nat_gateway" in broken.stderr
    finished = freehold(stack, sandbox, "apply", "-auto-approve")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert set(tagged(sandbox).values()) == {1}
    assert freehold(stack, sandbox, "destroy", "-auto-approve", "-allow-data-loss").returncode == 0
