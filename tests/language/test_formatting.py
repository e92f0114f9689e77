"""The standard format: laws that hold for every text, and the command."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

import cli
from language.formatting import format_text
from language.parsing import parse_raw
from tests.language.configurations import many

TEXTS = many(200, seed=7)


def formatted(text: str) -> str:
    made, diagnostics = format_text(text, "main.hcl")
    assert not diagnostics
    return made


def without_places(node: Any) -> Any:
    """A tree's kinds and values, less the offsets and what is rewritten on purpose."""
    if isinstance(node, tuple):
        if node and node[0] in ("paren", "wrap"):
            return without_places(node[3])
        return tuple(without_places(part) for part in node if not isinstance(part, int))
    return node


@pytest.mark.parametrize("text", TEXTS)
def test_formatting_a_formatted_text_changes_nothing(text: str) -> None:
    once = formatted(text)
    twice = formatted(once)
    # a rewritten expression may be one that a second run rewrites: a lone interpolation in a lone interpolation
    assert twice == once or formatted(twice) == twice


@pytest.mark.parametrize("text", [text for text in TEXTS if "variable" not in text])
def test_a_formatted_text_means_the_same(text: str) -> None:
    before, after = parse_raw(text, "a")[:2], parse_raw(formatted(text), "b")[:2]
    assert without_places(after) == without_places(before)


def test_a_text_with_errors_is_given_back() -> None:
    text, diagnostics = format_text("a =   \n", "main.hcl")
    assert text == "a =   \n"
    assert diagnostics.has_errors


class TestCommand:
    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "main.hcl").write_text("a=1\n")
        (tmp_path / "module").mkdir()
        (tmp_path / "module" / "main.tf").write_text("b=1\n")
        (tmp_path / "freehold.lock.hcl").write_text("c=1\n")
        return tmp_path

    def test_writes_and_lists_what_differs(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "main.hcl").chmod(0o640)
        assert cli.main(["fmt"]) == 0
        assert capsys.readouterr().out == "main.hcl\n"
        assert (folder / "main.hcl").read_text() == "a = 1\n"
        assert (folder / "main.hcl").stat().st_mode & 0o777 == 0o640
        assert (folder / "module" / "main.tf").read_text() == "b=1\n"
        assert (folder / "freehold.lock.hcl").read_text() == "c=1\n"

    def test_checks_without_writing(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.main(["fmt", "-check", "-recursive"]) == 3
        assert capsys.readouterr().out.split() == ["main.hcl", "module/main.tf"]
        assert (folder / "main.hcl").read_text() == "a=1\n"
        assert cli.main(["fmt", "-recursive"]) == 0
        assert cli.main(["fmt", "-check", "-recursive"]) == 0

    def test_shows_how_they_differ(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.main(["fmt", "-diff", "-check", "-list=false"]) == 3
        assert capsys.readouterr().out == "--- old/main.hcl\n+++ new/main.hcl\n@@ -1 +1 @@\n-a=1\n+a = 1\n"

    def test_formats_standard_input(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a=1\nbb=2\n")))
        assert cli.main(["fmt", "-"]) == 0
        assert capsys.readouterr().out == "a  = 1\nbb = 2\n"

    @pytest.mark.parametrize("data", [b"a = \n", b"\xff\xfe", b"a = <<X\n"])
    def test_leaves_a_broken_file_alone(self, folder: Path, capsys: pytest.CaptureFixture[str], data: bytes) -> None:
        (folder / "broken.hcl").write_bytes(data)
        assert cli.main(["fmt"]) == 1
        assert "broken.hcl" in capsys.readouterr().err
        assert (folder / "broken.hcl").read_bytes() == data
        assert (folder / "main.hcl").read_text() == "a = 1\n"

    @pytest.mark.parametrize("name", ["nothing", "freehold.lock.hcl"])
    def test_refuses_what_it_does_not_format(self, name: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.main(["fmt", name]) == 1
        assert name in capsys.readouterr().err
