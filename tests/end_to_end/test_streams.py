"""Standard streams that are closed or full, signals, few files: told, and never a traceback or a lost state."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STACK = 'resource "terraform_data" "a" { input = 1 }\noutput "a" { value = "x" }\n'
COMMANDS = (
    "version",
    "help",
    "plan --help",
    "validate -json",
    "plan",
    "plan -json",
    "apply -auto-approve",
    "output -raw a",
    "state pull",
    "state list",
    "show",
    "show -json",
    "graph",
    "console",
    "fmt",
    "nonsense",
)
WAITING = """
import sys
sys.path.insert(0, {root!r})
import cli, providers
from language.schema import Schema, optional
from language.types import STRING
from tests.planner.made_provider import Made, Record
class Slow(Record):
    def create(self, client, planned, config, call):
        print("creating", flush=True)
        call.cancelled.wait(2)
        return super().create(client, planned, config, call)
made = Made()
made.add("made_thing", Schema({{"name": optional(STRING)}}), Slow)
class Installed:
    name = "made"
    def load(self):
        return made
known = providers.entry_points
providers.entry_points = lambda group: [*known(group=group), Installed()]
sys.exit(cli.main(["apply", "-auto-approve", "-parallelism=1"]))
"""


@pytest.fixture
def stack(tmp_path):
    (tmp_path / "main.hcl").write_text(STACK)
    return tmp_path


def shell(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "FREEHOLD": f"{sys.executable} {ROOT / 'freehold' / 'start.py'}"}
    return subprocess.run(
        ["/bin/sh", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_output_that_is_not_taken_is_told(stack, command):
    full = shell(stack, f"echo 1+1 | $FREEHOLD {command} > /dev/full; echo $?")
    closed = shell(stack, f"echo 1+1 | $FREEHOLD {command} >&-; echo $?")
    silent = shell(stack, f"$FREEHOLD {command} <&- >&- 2>&-; echo $?")

    for ended in (full, closed, silent):
        assert ended.stdout in ("0\n", "1\n")
        assert "Traceback" not in ended.stderr
        assert "Exception ignored" not in ended.stderr
    assert ("No space left on device" in full.stderr) == (
        command not in ("fmt", "nonsense", "state list", "output -raw a")
    )
    if command == "apply -auto-approve":
        assert full.stdout == "1\n"
        assert json.loads((stack / "freehold.state").read_bytes())["count"] == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_lets_what_is_in_flight_end(tmp_path, number):
    (tmp_path / "main.hcl").write_text(
        'resource "made_thing" "a" { count = 3 }\n'.replace("{ count = 3 }", "{\n  count = 3\n}")
    )
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING.format(root=str(ROOT))], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    while "creating" not in process.stdout.readline():
        pass
    process.send_signal(number)
    output, _ = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "apply again to go on" in output
    state = json.loads((tmp_path / "freehold.state").read_bytes())
    assert (state["count"], "in_flight" in state) == (1, False)
    assert not (tmp_path / "freehold.state.lock").exists()


def test_nohup_is_heeded(tmp_path):
    (tmp_path / "main.hcl").write_text('resource "made_thing" "a" {}\n')
    script = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + WAITING.format(root=str(ROOT))
    process = subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    while "creating" not in process.stdout.readline():
        pass
    process.send_signal(signal.SIGHUP)
    output, _ = process.communicate(timeout=60)

    assert process.returncode == 0, output


@pytest.mark.parametrize("module", ["cli", "planner.commands.run", "planner.prior.workspace", "rich.console"])
def test_an_interrupt_while_importing_is_an_interrupt(stack, module):
    script = f"""
import sys
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupting())
sys.argv = ["freehold", "plan"]
sys.path.insert(0, {str(ROOT)!r})
from freehold import start
sys.exit(start.main())
"""
    ended = subprocess.run([sys.executable, "-c", script], cwd=stack, capture_output=True, text=True, check=False)

    assert ended.returncode == 130
    assert "Traceback" not in ended.stderr


def test_few_files_are_told(stack):
    for limit in (5, 6, 8, 12):
        (stack / "errored.freehold.state").unlink(missing_ok=True)
        ended = shell(stack, f"ulimit -n {limit}; exec $FREEHOLD apply -auto-approve")
        assert "Traceback" not in ended.stderr
        assert ended.returncode == 0 or "oo many" in ended.stderr, ended.stderr


@pytest.mark.parametrize("option", ["-target", "-exclude", "-replace", "-explain"])
def test_an_empty_address_is_told(stack, option):
    ended = shell(stack, f"$FREEHOLD plan {option}=")

    assert ended.returncode == 1
    assert f"{option} takes an address, and it is empty." in ended.stderr
