"""`init` and what the other commands do of modules that come from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

import cli
from tests.planner.configuration.modules.support import Repository

STACK = """
module "net" {{
  source = "{source}//sub?ref=v1"
}}
output "x" {{
  value = module.net.x
}}
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    found = Repository(tmp_path / "repository")
    found.commit({"sub/main.tf": 'output "x" { value = file("${path.module}/text") }\n', "sub/text": "one"}, "v1")
    stack = tmp_path / "stack"
    stack.mkdir()
    (stack / "main.hcl").write_text(STACK.format(source=found.url))
    monkeypatch.chdir(stack)
    monkeypatch.setenv("FREEHOLD_CACHE_DIR", str(tmp_path / "cache"))
    return found


def test_init_pins_and_plan_uses_it(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["init"]) == 0
    shown = capsys.readouterr().out
    assert f"Fetching {repository.url}?ref=v1" in shown
    assert "Wrote freehold.lock.hcl" in shown
    repository.folder.rename(repository.folder.with_name("gone"))
    assert cli.main(["plan"]) == 0
    shown = capsys.readouterr()
    assert '"one"' in shown.out
    assert "Warning" not in shown.err
    assert cli.main(["init"]) == 0
    assert "Wrote" not in capsys.readouterr().out


def test_a_plan_fetches_what_is_missing_and_writes_no_lock_file(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["plan"]) == 0
    shown = capsys.readouterr()
    assert '"one"' in shown.out
    assert "Module not pinned" in shown.err
    assert not Path("freehold.lock.hcl").exists()


def test_an_error_in_a_package_is_told_by_its_place_in_it(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.commit({"sub/main.tf": "output x {\n"}, "v2")
    Path("main.hcl").write_text(Path("main.hcl").read_text().replace("v1", "v2"))
    assert cli.main(["init"]) == 1
    assert f"{repository.url}?ref=v2//sub/main.tf line 1" in capsys.readouterr().err.replace("\n│ ", "")
    assert not Path("freehold.lock.hcl").exists()


def test_a_saved_plan_refuses_another_version_of_a_module(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["plan", "-out=p"]) == 0
    repository.commit({"sub/other.tf": 'output "y" { value = 1 }\n'})
    repository.git("tag", "-f", "v1")
    assert cli.main(["apply", "p"]) == 1
    assert "configuration" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b'module "x" {\n', b'module "x" {\n}\n'], ids=["bytes", "open", "empty"]
)
def test_a_damaged_lock_file_is_told(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "main.hcl").write_text('module "x" {\n  source = "git::https://127.0.0.1:1/x.git"\n}\n')
    (tmp_path / "freehold.lock.hcl").write_bytes(content)

    assert cli.main([f"-chdir={tmp_path}", "validate", "-no-color"]) == 1
    assert "freehold.lock.hcl" in capsys.readouterr().err
