"""docs/language.md: blocks are valid, expressions come to what is written below them, and nothing is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from language import functions
from language.formatting import format_text
from planner.commands.console import Console
from planner.commands.validate import validate_stack
from planner.configuration import shapes

FOLDER = Path(__file__).parents[1] / "docs"
LANGUAGE = (FOLDER / "language.md").read_text()
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [text for kind, text in FENCED.findall(LANGUAGE) if kind == "hcl"]
CONSOLE = [text for kind, text in FENCED.findall(LANGUAGE) if kind == "console"]
ANSWERS = [
    tuple(part.partition("\n")[::2]) for text in CONSOLE for part in re.split(r"^> ", text, flags=re.MULTILINE)[1:]
]
GREETING = 'variable "name" {}\noutput "text" { value = "Hello, ${var.name}!" }\n'


@pytest.mark.parametrize("text", BLOCKS, ids=lambda text: text.partition("\n")[0])
def test_a_block_is_valid_and_in_standard_format(text, tmp_path):
    (tmp_path / "greeting").mkdir()
    (tmp_path / "greeting" / "main.hcl").write_text(GREETING)
    (tmp_path / "main.hcl").write_text(text)

    assert [each for each in validate_stack(tmp_path).diagnostics if each.severity == "error"] == []
    assert format_text(text, "main.hcl")[0] == text


@pytest.mark.parametrize(("expression", "shown"), ANSWERS)
def test_an_expression_comes_to_what_is_written(expression, shown, monkeypatch):
    monkeypatch.chdir(FOLDER / "examples")

    answer, problems = Console(None).answer(expression)

    assert not problems
    assert answer == shown.rstrip("\n")


def test_every_function_has_an_example():
    called = {name for expression, _ in ANSWERS for name in re.findall(r"(\w+)\(", expression)}

    assert set(functions.names()) - called == set()


def test_every_block_has_an_example():
    begun = set(re.findall(r"^ *(\w+)(?: \"[^\"]*\")* \{", "\n".join(BLOCKS), re.MULTILINE))

    assert set(shapes.TOP.blocks) - begun == set()


@pytest.mark.parametrize(
    "room",
    [
        "language",
        "planner",
        *(
            f"planner/{chapter.name}"
            for chapter in sorted((FOLDER.parent / "planner").iterdir())
            if chapter.is_dir() and chapter.name[0] != "_"
        ),
        "providers/contract",
        "state",
        "graph",
        "editor",
    ],
)
def test_a_package_names_its_files(room):
    folder = FOLDER.parent / room
    named = set(re.findall(r"`(\w+)`", (folder / "__init__.py").read_text()))
    there = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}

    assert there - {"__init__"} - named == set()
