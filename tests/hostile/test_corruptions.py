"""Whatever happens to files that freehold wrote: every command ends with what it is asked for or with a diagnostic.

Values are replaced by values of every type, taken out or doubled, under checksums that are right; bytes are flipped,
cut, taken out or doubled, under those that are not. A batch draws its cases by its own name, whichever batches run.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import cli
from language.diagnostics import FreeholdError
from planner.configuration.modules.lock import NAME, LockFile, Pin
from state.backends.frames import decode_frames, encode_frame
from tests.corruptions import with_wrong_bytes, with_wrong_values
from tests.planner.plan.test_saved import said, sealed
from tests.planner.prior.test_damaged_states import STACK, whole

BATCHES, SIZE = 100, 25
"""Of each file: as many batches, of so many cases."""
SECRET = "hunter2"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stack with a state, a journal of a run that was killed, and a plan."""
    folder = tmp_path_factory.mktemp("files")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        (folder / "main.hcl").write_text(STACK)
        assert cli.main(["plan", "-out=first", "-input=false"]) == 0
        assert cli.main(["apply", "-auto-approve", "-input=false"]) == 0
        journalled(folder)
        assert cli.main(["plan", "-out=plan", "-input=false"]) == 0
    return folder


def journalled(folder: Path) -> None:
    """Leave what a run leaves that is killed in the middle."""
    from state.backends.local import LocalBackend
    from state.manager import StateManager

    manager = StateManager(LocalBackend(folder / "freehold.state"), directory=folder)
    resource = manager.open().snapshot.resources["terraform_data.a"]
    for action in ("update", "create", "delete"):
        begun = manager.begin("terraform_data.a", action, "terraform_data", "terraform", planned=resource.attributes)
        if action == "update":
            manager.done(begun, resource)
    manager.put(resource)
    manager.drop("terraform_data.none")
    manager.close()


def states(files: Path, sample: random.Random) -> Iterator[tuple[str, bytes]]:
    data = (files / "freehold.state").read_bytes()
    for what, made in with_wrong_values(json.loads(data), sample, SIZE // 2):
        yield what, whole(made) if isinstance(made, dict) else json.dumps(made).encode()
    yield from with_wrong_bytes(data, sample, SIZE - SIZE // 2)


def journals(files: Path, sample: random.Random) -> Iterator[tuple[str, bytes]]:
    data = (files / "freehold.state.journal").read_bytes()
    frames = decode_frames(data)
    assert frames
    lines = [[json.loads(line) for line in frame.segment.split(b"\n")] for frame in frames]
    for what, made in with_wrong_values(lines, sample, SIZE // 2):
        segments = [b"\n".join(json.dumps(line).encode() for line in each) for each in made if isinstance(each, list)]
        names = [frame.name for frame in frames] + ["z"]
        yield what, b"".join(encode_frame(name, each) for name, each in zip(names, segments, strict=False))
    yield from with_wrong_bytes(data, sample, SIZE - SIZE // 2)


def plans(files: Path, sample: random.Random, name: str = "plan") -> Iterator[tuple[str, bytes]]:
    for what, made in with_wrong_values(json.loads(said(files / name)), sample, SIZE // 2):
        yield what, sealed(json.dumps(made).encode())
    yield from with_wrong_bytes((files / name).read_bytes(), sample, SIZE - SIZE // 2)


def first_plans(files: Path, sample: random.Random) -> Iterator[tuple[str, bytes]]:
    """Of a plan for a stack without a state, which has no key that seals it."""
    return plans(files, sample, "first")


CASES: dict[str, tuple[Callable[[Path, random.Random], Iterator[tuple[str, bytes]]], tuple[tuple[str, ...], ...]]] = {
    "freehold.state": (
        states,
        (
            ("plan", "-input=false"),
            ("destroy", "-auto-approve"),
            ("show", "-json"),
            ("state", "pull"),
            ("state", "push", "freehold.state"),
            ("state", "rm", "terraform_data.a"),
            ("output", "-json"),
        ),
    ),
    "freehold.state.journal": (
        journals,
        (
            ("plan", "-input=false"),
            ("apply", "-auto-approve"),
            ("state", "list"),
            ("state", "push", "-force", "freehold.state"),
        ),
    ),
    "first": (first_plans, (("show", "-json", "first"), ("apply", "first"), ("apply", "first"))),
    "plan": (plans, (("show", "plan"), ("show", "-json", "plan"), ("apply", "plan"))),
}


@pytest.mark.parametrize("batch", range(BATCHES))
@pytest.mark.parametrize("file", CASES)
def test_a_corrupted_file_is_read_or_refused(file, batch, files, tmp_path, monkeypatch, capsys):
    made_by, commands = CASES[file]
    sample = random.Random(f"{file} {batch}")
    monkeypatch.chdir(tmp_path)
    for what, data in made_by(files, sample):
        for path in tmp_path.iterdir():
            path.unlink()
        for path in files.iterdir():
            if file != "first" or not path.name.startswith("freehold.state"):
                shutil.copy(path, tmp_path)
        (tmp_path / file).write_bytes(data)
        command = sample.choice(commands)
        try:
            code = cli.main([*command, "-no-color"])
        except Exception as failure:
            failure.add_note(f"{' '.join(command)}, {file}: {what}")
            raise
        printed = "".join(capsys.readouterr())
        assert code in (0, 1), what
        assert "Traceback" not in printed, what
        assert code == 0 or "Error: " in printed, what
        assert SECRET not in printed, what


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_corrupted_lock_file_is_read_or_refused(batch, tmp_path):
    lock = LockFile(tmp_path)
    for number in range(3):
        pin = Pin(f"git::https://example.com/{number}.git", "~> 1.2", "1.2.3", "0123abcd", "sha256:" + "0a" * 32)
        lock.pins[pin.key] = pin
    lock.write()
    data, refused = (tmp_path / NAME).read_bytes(), []
    for _, made in with_wrong_bytes(data, random.Random(f"lock {batch}"), SIZE):
        (tmp_path / NAME).write_bytes(made)
        try:
            LockFile(tmp_path).write()
        except FreeholdError as failure:
            refused.append(failure)
    assert refused
    assert all(NAME in f"{failure} {[each.span for each in failure.diagnostics]}" for failure in refused)
