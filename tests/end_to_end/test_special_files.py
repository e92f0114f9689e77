"""Whatever stands in a stack's folder under the name of a file of ours: nothing is written through it or read of it."""

from __future__ import annotations

import stat

import pytest

import cli
from tests.special_files import SPECIAL, made_special

STACK = 'resource "terraform_data" "a" { input = 1 }\noutput "a" { value = terraform_data.a.output }\n'
COMMANDS = (
    ("plan", "-input=false"),
    ("apply", "-auto-approve"),
    ("destroy", "-auto-approve"),
    ("show",),
    ("output",),
    ("state", "list"),
    ("init",),
)
VICTIM = b"# what somebody else needs\n"


@pytest.fixture
def stack(tmp_path, monkeypatch):
    folder = tmp_path / "stack"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "main.hcl").write_text(STACK)
    (tmp_path / "victim").write_bytes(VICTIM)
    return folder


def run(*arguments: str) -> int:
    code = cli.main(list(arguments))
    assert code in (0, 1)
    return code


@pytest.mark.parametrize("special", SPECIAL)
@pytest.mark.parametrize("suffix", ["", ".journal", ".lock", ".backup"])
@pytest.mark.parametrize("applied", [True, False], ids=["applied", "new"])
def test_files_of_the_state(stack, applied, suffix, special, capsys):
    place = stack / f"freehold.state{suffix}"
    if applied:
        assert run("apply", "-auto-approve") == 0
        place.unlink(missing_ok=True)
    made_special(place, special, stack.parent / "victim")

    codes = {run(*command) for command in COMMANDS if command[0] != "init"}

    told = capsys.readouterr()
    assert (stack.parent / "victim").read_bytes() == VICTIM
    assert not (stack.parent / "nowhere").exists()
    assert codes == {1}
    assert f"freehold.state{suffix}" in told.err
    assert VICTIM.decode() not in told.out + told.err


@pytest.mark.parametrize("special", SPECIAL)
def test_the_lock_file_of_modules(stack, special, capsys):
    made_special(stack / "freehold.lock.hcl", special, stack.parent / "victim")
    (stack / "main.hcl").write_text('module "m" { source = "git::https://localhost:1/m.git" }\n')

    codes = {run(*command) for command in COMMANDS if command[0] in ("plan", "init")}

    assert codes == {1}
    assert (stack.parent / "victim").read_bytes() == VICTIM
    assert "freehold.lock.hcl" in capsys.readouterr().err


@pytest.mark.parametrize("special", SPECIAL)
def test_a_file_of_a_plan(stack, special, capsys):
    made_special(stack / "plan", special, stack.parent / "victim")

    assert (run("plan", "-out=plan"), run("apply", "plan"), run("show", "plan")) == (1, 1, 1)

    assert (stack.parent / "victim").read_bytes() == VICTIM
    assert "plan: it is" in capsys.readouterr().err


def test_a_plan_is_for_its_owner_alone_whoever_could_read_what_it_replaces(stack):
    plan = stack / "plan"
    plan.touch()
    plan.chmod(0o644)

    assert run("plan", "-out=plan") == 0

    assert stat.S_IMODE(plan.stat().st_mode) == 0o600


def test_what_lies_behind_a_link_in_a_folder_is_not_formatted(stack):
    victim = stack.parent / "other.hcl"
    victim.write_text("a=1")
    (stack / "other.hcl").symlink_to(victim)

    assert run("fmt") == 0

    assert victim.read_text() == "a=1"
