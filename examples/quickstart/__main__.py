"""`make quickstart`: plans, applies, plans again, describes and destroys the stack beside this file.

On an embedded cloud of its own, in a copy of the stack, so that it leaves nothing behind: no process, no state.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
FREEHOLD = str(Path(sys.executable).with_name("freehold"))
_TIMEOUT = 110


def main() -> int:
    """Run it all; the exit code is that of the first step that fails."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="freehold-quickstart-") as name:
        folder = Path(name)
        stack = folder / "stack"
        shutil.copytree(HERE, stack, ignore=shutil.ignore_patterns("*.py", "__pycache__", "freehold.state*"))
        environment = {**os.environ, "FREEHOLD_SANDBOX_DIR": str(folder / "sandbox")}
        environment.pop("KUBECONFIG", None)
        _say("An embedded cloud that speaks AWS's protocols, on this machine alone")
        if _run(environment, "sandbox", "start", "-port=0", "-speed=300"):
            return 1
        try:
            environment |= _exports(environment)
            failed = _tour(environment, stack)
        finally:
            _run(environment, "sandbox", "stop")
    if not failed:
        _say(f"Done in {time.monotonic() - begun:.0f} seconds, and nothing is left. The stack is examples/quickstart.")
    return failed


def _tour(environment: dict[str, str], stack: Path) -> int:
    chdir = f"-chdir={stack}"
    _say("The plan: a network, a cluster and what runs on it, before any of it exists")
    if _run(environment, chdir, "plan", "-detailed-exitcode", "-out=first.plan") != 2:
        return 1
    _say("Apply: exactly what the plan showed")
    if _run(environment, chdir, "apply", "first.plan"):
        return 1
    _say("Plan again: nothing to do")
    if _run(environment, chdir, "plan", "-detailed-exitcode"):
        return 1
    _say("What is there")
    if _run(environment, chdir, "output") or _kubectl(environment, stack):
        return 1
    _say("Destroy: apps first, then the cluster, then the network. It holds data, so that has to be said")
    return _run(environment, chdir, "destroy", "-auto-approve", "-allow-data-loss")


def _kubectl(environment: dict[str, str], stack: Path) -> int:
    if shutil.which("kubectl") is None:
        print("(kubectl is not installed here, so its view of the cluster is left out)")
        return 0
    done = subprocess.run(
        [FREEHOLD, f"-chdir={stack}", "kubeconfig"], env=environment, capture_output=True, text=True, timeout=_TIMEOUT
    )
    config = stack / "kubeconfig"
    with os.fdopen(os.open(config, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(done.stdout)
    command = ["kubectl", f"--kubeconfig={config}", "get", "deployments,statefulsets", "--all-namespaces"]
    return done.returncode or subprocess.run(command, env=environment, timeout=_TIMEOUT).returncode


def _exports(environment: dict[str, str]) -> dict[str, str]:
    done = subprocess.run(
        [FREEHOLD, "sandbox", "env"], env=environment, capture_output=True, text=True, timeout=_TIMEOUT, check=True
    )
    lines = (line.removeprefix("export ").partition("=") for line in done.stdout.splitlines())
    return {name: value.strip("'") for name, _, value in lines}


def _run(environment: dict[str, str], *arguments: str) -> int:
    return subprocess.run([FREEHOLD, *arguments], env=environment, timeout=_TIMEOUT).returncode


def _say(text: str) -> None:
    print(f"\n\033[1m── {text}\033[0m\n" if sys.stdout.isatty() else f"\n── {text}\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
