"""`freehold sandbox`: start, stop, status, env and reset, as plain functions that the command line calls."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3

from language.diagnostics import FreeholdError, error
from sandbox import run as runs
from sandbox.clock import DEFAULT_SPEED

DEFAULT_PORT = 4599
DEFAULT_REGION = "eu-west-1"

_READY_SECONDS = 30.0
_STOP_SECONDS = 15.0
_REQUEST_SECONDS = 30.0
_POLL_SECONDS = 0.02
_LOG_LINES = 15


@dataclass(frozen=True)
class SandboxInfo:
    """A running sandbox, for whoever started or asked for it."""

    pid: int
    port: int
    speed: float
    endpoint: str
    log: Path
    already_running: bool = False


def start(
    port: int = DEFAULT_PORT,
    speed: float = DEFAULT_SPEED,
    faults: Path | str | None = None,
    foreground: bool = False,
    directory: Path | None = None,
    exit_with_parent: int | None = None,
) -> SandboxInfo:
    """Start a sandbox and return when it is ready; one that runs already is returned as it is.

    `port` 0 takes a free one; `speed` is how many of the cloud's seconds pass in one of ours (0: no waiting at all);
    `faults` is a file of rules (`sandbox.faults`). With `foreground` it serves in this process and returns when it is
    stopped. `exit_with_parent` is a process with which it ends. Raises FreeholdError.
    """
    _check(speed, faults)
    directory = directory or runs.default_directory()
    runs.prepare(directory)
    with _lock(directory):
        present = _running(directory)
        if present is not None:
            return _info(present, directory, already_running=True)
        if not foreground:
            return _start_in_background(directory, port, speed, faults, exit_with_parent)
    return _serve_here(directory, port, speed, faults)


def stop(directory: Path | None = None) -> bool:
    """End the sandbox and wait until it has; False when none runs. Raises FreeholdError when it does not end."""
    directory = directory or runs.default_directory()
    run = _running(directory)
    if run is None:
        return False
    try:
        _ask(run, "POST", "stop")
    except FreeholdError:  # it hangs: its process is known to be its own, so it may be ended
        os.kill(run.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while run.is_alive():
        if time.monotonic() > deadline:
            raise FreeholdError([error("The sandbox does not end", f"Process {run.pid} is still running.")])
        time.sleep(_POLL_SECONDS)
    runs.remove(directory, run.pid)
    return True


def status(directory: Path | None = None) -> dict[str, Any] | None:
    """What the running sandbox tells of itself (`sandbox.control`), or None when none runs. Raises FreeholdError."""
    directory = directory or runs.default_directory()
    run = _running(directory)
    if run is None:
        return None
    return {"endpoint": run.endpoint, "log": str(directory / runs.LOG), **_ask(run, "GET", "status")}


def env(directory: Path | None = None) -> dict[str, str]:
    """The variables with which AWS's clients reach the sandbox. Raises FreeholdError when none runs."""
    from sandbox.aws.credentials import ADMIN_ACCESS_KEY, ADMIN_SECRET_KEY

    run = _required(directory)
    return {
        "AWS_ENDPOINT_URL": run.endpoint,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_ACCESS_KEY_ID": ADMIN_ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ADMIN_SECRET_KEY,
        "AWS_SESSION_TOKEN": "",
        "AWS_REGION": DEFAULT_REGION,
        "AWS_DEFAULT_REGION": DEFAULT_REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def reset(directory: Path | None = None) -> None:
    """Empty every cloud; faults and counters go too. Raises FreeholdError when none runs."""
    _ask(_required(directory), "POST", "reset")


def control(method: str, path: str, body: bytes | None = None, directory: Path | None = None) -> Any:
    """One request to the control endpoints (`sandbox.control`); returns the parsed answer. Raises FreeholdError."""
    return _ask(_required(directory), method, path, body)


def _check(speed: float, faults: Path | str | None) -> None:
    if not speed >= 0:
        raise FreeholdError([error("Invalid speed", f"The speed is a multiplier, 0 or more, and not {speed}.")])
    if faults is not None and not Path(faults).is_file():
        raise FreeholdError([error("No such file of faults", f"{faults} is no file that can be read.")])


def _info(run: runs.Run, directory: Path, already_running: bool = False) -> SandboxInfo:
    return SandboxInfo(run.pid, run.port, run.speed, run.endpoint, directory / runs.LOG, already_running)


def _running(directory: Path) -> runs.Run | None:
    run = runs.read(directory)
    return run if run is not None and run.is_alive() else None


def _required(directory: Path | None) -> runs.Run:
    run = _running(directory or runs.default_directory())
    if run is None:
        advice = "Start it with `freehold sandbox start`."
        raise FreeholdError([error("The sandbox is not running", advice=advice)])
    return run


@contextlib.contextmanager
def _lock(directory: Path) -> Iterator[None]:
    """Held while a sandbox is being started, so that two at once start one."""
    with open(os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600), "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _start_in_background(
    directory: Path, port: int, speed: float, faults: Path | str | None, parent: int | None
) -> SandboxInfo:
    command = [sys.executable, "-P", "-m", "sandbox.process"]  # -P: the folder it starts in is no place for modules
    command += ["--directory", str(directory), "--port", str(port), "--speed", str(speed)]
    if faults is not None:
        command += ["--faults", str(Path(faults).resolve())]
    if parent is not None:
        command += ["--exit-with-parent", str(parent)]
    root = str(Path(__file__).resolve().parent.parent)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))}
    log = directory / runs.LOG
    with open(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            start_new_session=True,
        )
    deadline = time.monotonic() + _READY_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        run = runs.read(directory)
        if run is not None and run.pid == child.pid:
            return _info(run, directory)
        time.sleep(_POLL_SECONDS)
    if child.poll() is None:
        child.kill()
        child.wait()
    lines = log.read_text("utf-8", "replace").splitlines()[-_LOG_LINES:]
    detail = "\n".join(["The last lines of its log:", *lines]) if lines else "It said nothing."
    raise FreeholdError([error("The sandbox did not start", detail, advice="Another port is chosen with -port=N.")])


def _serve_here(directory: Path, port: int, speed: float, faults: Path | str | None) -> SandboxInfo:
    from sandbox.faults import InvalidFaults
    from sandbox.process import serve

    try:
        run = serve(directory, port, speed, Path(faults) if faults is not None else None)
    except (InvalidFaults, OSError) as reason:
        raise FreeholdError([error("The sandbox did not start", str(reason))]) from reason
    return _info(run, directory)


def _ask(run: runs.Run, method: str, path: str, body: bytes | None = None) -> Any:
    headers = {"Authorization": f"Bearer {run.token}"}
    url = f"{run.endpoint}/_sandbox/{path}"
    try:
        with urllib3.PoolManager(retries=False, timeout=_REQUEST_SECONDS) as pool:
            response = pool.request(method, url, body=body, headers=headers)
        document = response.json()
    except (urllib3.exceptions.HTTPError, ValueError) as reason:
        raise FreeholdError([error("The sandbox does not answer", f"{run.endpoint}: {reason}")]) from reason
    if response.status != 200:
        raise FreeholdError([error("The sandbox refused", str(document.get("error", response.status)))])
    return document
