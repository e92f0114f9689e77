"""The life of the sandbox's process: started once, found again, ended alone, private, and gone with who started it."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import urllib3

from language.diagnostics import FreeholdError
from sandbox import command
from sandbox import run as runs
from sandbox.testing import running
from tests.sandbox.support import eventually

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def directory(tmp_path):
    """A directory of its own, whose sandbox is ended after the test."""
    where = tmp_path / "sandbox"
    yield where
    command.stop(where)


def start(directory, **options):
    return command.start(0, directory=directory, exit_with_parent=os.getpid(), **options)


def test_a_sandbox_starts_once_and_stops(directory):
    first = start(directory, speed=300)
    again = start(directory)
    assert (again.pid, again.port, again.speed) == (first.pid, first.port, 300)
    assert (first.already_running, again.already_running) == (False, True)

    told = command.status(directory)
    assert (told["pid"], told["endpoint"], told["speed"]) == (first.pid, first.endpoint, 300)
    assert told["aws"] == {"clusters": []}
    assert command.stop(directory) is True
    assert command.stop(directory) is False
    assert command.status(directory) is None
    assert not runs.start_of(first.pid)


def test_two_starts_at_once_start_one(directory):
    found = []
    threads = [threading.Thread(target=lambda: found.append(start(directory).pid)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert len(set(found)) == 1


def test_what_it_writes_is_its_users_alone(directory):
    start(directory)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    for file in directory.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    run = runs.read(directory)
    arguments = Path(f"/proc/{run.pid}/cmdline").read_bytes()
    assert run.token.encode() not in arguments
    assert run.token not in (directory / runs.LOG).read_text()


def test_control_asks_for_the_token(directory):
    info = start(directory)
    for path in ("status", "counters"):
        response = urllib3.request("GET", f"{info.endpoint}/_sandbox/{path}", retries=False)
        assert response.status == 401
    response = urllib3.request("POST", f"{info.endpoint}/_sandbox/stop", headers={"Authorization": "Bearer guess"})
    assert response.status == 401
    assert command.status(directory) is not None


def test_a_run_of_a_process_that_is_gone_is_not_believed(directory):
    runs.prepare(directory)
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    runs.write(directory, runs.Run(child.pid, "1", 1, "token", 60.0))
    assert command.status(directory) is None
    assert command.stop(directory) is False


def test_a_process_that_took_the_id_is_left_alone(directory):
    runs.prepare(directory)
    runs.write(directory, runs.Run(os.getpid(), "1", 1, "token", 60.0))
    assert command.stop(directory) is False
    assert start(directory).pid != os.getpid()


def test_a_port_in_use_is_told_with_the_log(directory):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(FreeholdError) as caught:
            command.start(taken.getsockname()[1], directory=directory, exit_with_parent=os.getpid())
    diagnostic = caught.value.diagnostics[0]
    assert "in use" in diagnostic.detail
    assert "-port" in diagnostic.advice


def test_faults_come_from_a_file(directory, tmp_path):
    rules = tmp_path / "faults.yaml"
    rules.write_text("- {service: eks, error: {code: ServerException, status: 500}}\n")
    start(directory, faults=rules)
    assert command.status(directory)["faults"] == [{"service": "eks", "operation": "*", "seen": 0, "applied": 0}]
    command.stop(directory)

    rules.write_text("- {nonsense: 1}\n")
    with pytest.raises(FreeholdError, match="unknown word 'nonsense'"):
        start(directory, faults=rules)
    with pytest.raises(FreeholdError, match="No such file"):
        start(directory, faults=tmp_path / "none.yaml")


def test_without_a_sandbox_its_commands_say_how_to_start_one(directory):
    for ask in (command.env, command.reset):
        with pytest.raises(FreeholdError) as caught:
            ask(directory)
        assert "freehold sandbox start" in caught.value.diagnostics[0].advice


def test_the_directory_is_chosen_by_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.delenv("FREEHOLD_SANDBOX_DIR", raising=False)
    assert runs.default_directory() == tmp_path / ".cache" / "freehold" / "sandbox"
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    assert runs.default_directory() == tmp_path / "run" / "freehold" / "sandbox"
    monkeypatch.setenv("FREEHOLD_SANDBOX_DIR", str(tmp_path / "own"))
    assert runs.default_directory() == tmp_path / "own"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(directory, number):
    info = start(directory)
    os.kill(info.pid, number)
    eventually(lambda: not runs.start_of(info.pid))
    assert runs.read(directory) is None
    assert info.log.read_text().rstrip().endswith("stopped")


def test_it_ends_with_who_started_it(directory):
    script = (
        "import os, sys; from pathlib import Path; from sandbox import command\n"
        "print(command.start(0, directory=Path(sys.argv[1]), exit_with_parent=os.getpid()).pid)"
    )
    made = subprocess.run(
        [sys.executable, "-c", script, str(directory)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    eventually(lambda: not runs.start_of(int(made.stdout)))


def test_the_foreground_serves_until_it_is_stopped(directory):
    script = (
        "import sys; from pathlib import Path; from sandbox import command\n"
        "command.start(0, foreground=True, directory=Path(sys.argv[1]))"
    )
    child = subprocess.Popen([sys.executable, "-c", script, str(directory)], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: command.status(directory) is not None)
        assert command.status(directory)["pid"] == child.pid
        command.stop(directory)
        assert child.wait(timeout=10) == 0
    finally:
        child.kill()
        child.wait()


def test_reset_empties_everything(client):
    with running(speed=0) as own:
        ec2 = client("ec2", endpoint=own.endpoint)
        before = {vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]}
        made = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        own.set_faults({"service": "s3", "drop": True})
        own.reset()
        after = {vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]}
        assert made not in after
        assert len(after) == len(before)
        assert own.status()["faults"] == []
        assert own.counters() == {"ec2": {"DescribeVpcs": 1}}
        assert client("sts", endpoint=own.endpoint).get_caller_identity()["Arn"].endswith(":user/admin")


def test_it_takes_less_than_250_megabytes(directory, client):
    info = start(directory)
    for service, operation in (("ec2", "describe_vpcs"), ("iam", "list_roles"), ("eks", "list_clusters")):
        getattr(client(service, endpoint=info.endpoint), operation)()
    resident = int(Path(f"/proc/{info.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    assert resident < 250 << 20


def test_the_aws_command_cannot_tell(sandbox, tmp_path):
    import shutil

    if shutil.which("aws") is None:
        pytest.skip("the aws command is not installed")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **sandbox.env}

    def aws(*arguments):
        done = subprocess.run(
            ["aws", "--output", "json", *arguments], env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    assert aws("sts", "get-caller-identity")["Arn"] == "arn:aws:iam::123456789012:user/admin"
    vpc = aws("ec2", "create-vpc", "--cidr-block", "10.3.0.0/16")["Vpc"]["VpcId"]
    aws("ec2", "delete-vpc", "--vpc-id", vpc)
    assert "clusters" in aws("eks", "list-clusters")
    token = aws("eks", "get-token", "--cluster-name", "any")["status"]["token"]
    assert token.startswith("k8s-aws-v1.")
