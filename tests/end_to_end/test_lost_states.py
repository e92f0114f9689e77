"""A state that went missing, was emptied or damaged plans nothing anew, and can be put back by what the error says."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import cli

STACK = """
variable "n" { default = 1 }
resource "terraform_data" "a" { input = var.n }
output "a" { value = terraform_data.a.output }
"""
COMMANDS = (
    ("plan", "-input=false"),
    ("apply", "-auto-approve"),
    ("destroy", "-auto-approve"),
    ("output",),
    ("state", "list"),
    ("state", "show", "terraform_data.a"),
    ("state", "rm", "terraform_data.a"),
    ("state", "mv", "terraform_data.a", "terraform_data.b"),
)


@pytest.fixture
def stack(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.hcl").write_text(STACK)
    return tmp_path


@pytest.fixture
def run(capsys):
    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main(list(arguments))
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def applied(stack, run):
    """A stack with a state of serial 2 or more, and the one before."""
    for number in (1, 2):
        assert run("apply", "-auto-approve", f"-var=n={number}")[0] == 0
    return stack


def serial(path: Path) -> int:
    return int(json.loads(path.read_bytes())["serial"])


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def flipped(data: bytes) -> bytes:
    at = data.index(b"terraform_data.a") + 15
    return data[:at] + bytes([data[at] ^ 2]) + data[at + 1 :]


def emptied(data: bytes) -> bytes:
    return re.sub(rb'"resources":\[.*\n\]', b'"resources":[]', data, flags=re.DOTALL)


@pytest.mark.parametrize("left", [".backup", ".journal", ".lock"])
def test_a_state_that_is_missing_beside_what_was_with_it_ends_every_command(applied, run, left):
    for path in applied.glob("freehold.state*"):
        if path.name != f"freehold.state{left}":
            path.unlink()
    (applied / f"freehold.state{left}").touch()
    before = contents(applied)

    for command in COMMANDS:
        code, _, error = run(*command)
        assert code == 1
        assert "The state is missing" in error
        assert f"freehold.state{left}" in error
    assert contents(applied).keys() == before.keys()
    assert run("state", "pull")[:2] == (0, "")
    assert run("show")[0] == 0


@pytest.mark.parametrize(
    "change",
    [
        emptied,
        flipped,
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b'"outputs"', b'"0utputs"'),
        lambda data: data.replace(b'"count":1,', b""),
        lambda data: data.replace(b'"count":1', b'"count":2'),
    ],
)
def test_a_state_that_is_not_what_was_written_ends_every_command(applied, run, change):
    state = applied / "freehold.state"
    state.write_bytes(change(state.read_bytes()))
    before = contents(applied)

    for command in COMMANDS:
        code, _, error = run(*command)
        assert code == 1
        assert "The state is damaged" in error
        assert f"serial {serial(applied / 'freehold.state.backup')}, written 20" in error
    assert contents(applied) == before
    assert run("state", "pull")[:2] == (0, state.read_bytes().decode())
    data = state.read_bytes()
    can_be_read = not data or (data.endswith(b"}\n") and b"0utputs" not in data)
    code, _, error = run("show")
    assert (code, "Warning: The state is damaged" in error) == (0, True) if can_be_read else (1, False)


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(emptied(path.read_bytes()))])
def test_what_the_error_advises_puts_the_state_back_or_begins_anew(applied, run, damage):
    damage(applied / "freehold.state")
    _, _, error = run("plan")
    text = re.sub(r"\s*\n│ +", " ", error)
    back = re.search(r"`freehold (state push \S+)`", text)
    anew = re.search(r"`(rm [^`]+)`", text)

    assert run(*back[1].split())[0] == 0
    assert run("state", "list")[1] == "terraform_data.a\n"
    assert run("plan", "-var=n=2", "-detailed-exitcode")[0] == 2  # the one before has n = 1

    damage(applied / "freehold.state")
    subprocess.run(["/bin/sh", "-c", anew[1]], check=False, cwd=applied)
    code, output, _ = run("plan")
    assert code == 0
    assert "1 to add" in output


def test_an_older_state_put_under_a_journal_that_goes_on_is_refused(applied, run):
    manager = Path(__file__).parents[2]
    older = (applied / "freehold.state.backup").read_bytes()
    script = """
import os, sys
from pathlib import Path
from state.backends.local import LocalBackend
from state.manager import StateManager
from state.resources import ResourceState
manager = StateManager(LocalBackend(Path(sys.argv[1]).absolute()), directory=Path())
manager.open()
begun = manager.begin("terraform_data.new", "create", "terraform_data", "terraform")
manager.done(begun, ResourceState("terraform_data.new", "terraform_data", "terraform", {"id": "1"}))
manager.begin("terraform_data.other", "create", "terraform_data", "terraform")
os._exit(9)
"""
    subprocess.run([sys.executable, "-c", script, str(applied / "freehold.state")], check=False, cwd=manager)
    newest = (applied / "freehold.state").read_bytes()
    (applied / "freehold.state").write_bytes(older)

    code, _, error = run("state", "list")
    assert (code, "The state is missing" in error) == (1, True)
    assert run("state", "push", "freehold.state.backup")[0] == 1
    (applied / "newest").write_bytes(newest)
    assert run("state", "push", "newest")[0] == 0
    assert run("state", "list")[1] == "terraform_data.a\nterraform_data.new\n"


def test_a_first_run_that_was_killed_leaves_nothing_to_put_back(stack, run):
    script = """
import os, sys
import cli
from planner.commands import run
def killed(*given):
    os._exit(9)
run.make_plan = killed
cli.main(["plan"])
"""
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": root}
    subprocess.run([sys.executable, "-c", script], check=False, cwd=stack, env=environment)
    assert (stack / "freehold.state.lock").exists()

    assert run("plan")[0] == 0
    assert run("apply", "-auto-approve")[0] == 0


def test_a_state_that_somebody_edited_goes_in_by_force(applied, run):
    edited = applied / "edited"
    edited.write_text(run("state", "pull")[1].replace('"terraform_data.a"', '"terraform_data.b"'))
    before = serial(applied / "freehold.state")

    code, _, error = run("state", "push", "edited")
    assert (code, "damaged" in error) == (1, True)
    assert run("state", "push", "-force", "edited")[0] == 0

    assert run("state", "list")[1] == "terraform_data.b\n"
    assert serial(applied / "freehold.state") == before + 1


def test_a_state_is_pushed_by_the_rules_of_lineage_and_serial(applied, run, tmp_path_factory, monkeypatch):
    pulled, older = applied / "pulled", applied / "freehold.state.backup"
    pulled.write_text(run("state", "pull")[1])
    assert run("state", "push", "pulled")[:2] == (0, "The state is this one already.\n")
    assert "older than the present one" in run("state", "push", str(older))[2]
    assert run("state", "push", "-force", str(older))[0] == 0

    other = tmp_path_factory.mktemp("other")
    (other / "main.hcl").write_text(STACK)
    monkeypatch.chdir(other)
    assert run("state", "push", str(pulled))[0] == 0  # into nothing
    assert run("apply", "-auto-approve", "-var=n=2")[0] == 0
    for path in other.glob("freehold.state*"):
        path.unlink()
    assert run("apply", "-auto-approve")[0] == 0
    assert "belongs to another stack" in run("state", "push", str(pulled))[2]
    assert run("destroy", "-auto-approve")[0] == 0
    assert run("state", "push", str(pulled))[0] == 0  # over one that holds nothing
    assert run("state", "list")[1] == "terraform_data.a\n"


def test_resources_are_moved_and_forgotten(applied, run):
    assert run("state", "mv", "terraform_data.a", "terraform_data.b")[0] == 0
    assert run("state", "list")[1] == "terraform_data.b\n"
    assert run("state", "rm", "terraform_data.b")[:2] == (0, "Removed terraform_data.b.\n")
    assert run("state", "list")[1] == ""
    assert "No such resource" in run("state", "rm", "terraform_data.b")[2]


def test_a_state_that_could_not_be_written_is_put_back_before_anything_else(stack, run):
    (stack / "main.hcl").write_text(STACK + 'stack "s" {\n  backend "local" { path = "below/state" }\n}\n')
    (stack / "below").mkdir()
    refused = patched(lambda *arguments, **names: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with refused:
        assert "No space left on device" in run("apply", "-auto-approve")[2]
    assert list((stack / "below").iterdir()) == []

    code, _, error = run("plan")
    assert (code, "errored.freehold.state: serial" in error) == (1, True)
    assert run("state", "push", "errored.freehold.state")[0] == 0
    assert run("apply", "-auto-approve")[0] == 0


@contextlib.contextmanager
def patched(replacement):
    from state.backends import local

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local, "replace_file", replacement)
        yield
