"""Evaluation beside Terraform's: every expression of a list, by `terraform console`, value and type.

The console shows one result a run, so many expressions are asked for as one tuple, with a marker before each; an
expression that fails shows as a text, through `try`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from planner.render.values import shown
from tests.language.support import value
from tests.language.terraform_expressions import DEPARTURES, EXPRESSIONS

FAILED = "(in error)"
_MARKER = "-- expression --"
_AT_ONCE = 500
"""The console takes lines of 64 KiB at most."""
_TYPED_NULL = re.compile(r"\bto\w+\(null\)|null /\* of dynamic \*/")
pytestmark = pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")


def attempt(expression: str) -> str:
    """The expression, or a text where it is in error."""
    return f'try({expression}, "{FAILED}")'


@pytest.fixture(scope="module")
def of_terraform(tmp_path_factory) -> dict[str, str]:
    """What Terraform shows for each expression."""
    folder = tmp_path_factory.mktemp("empty")
    shown: list[str] = []
    every = [*EXPRESSIONS, *DEPARTURES]
    for start in range(0, len(every), _AT_ONCE):
        shown += _console(every[start : start + _AT_ONCE], folder)
    return {expression: _TYPED_NULL.sub("null", text) for expression, text in zip(every, shown, strict=True)}


def _console(expressions: list[str], folder: Path) -> list[str]:
    elements = ", ".join(f'"{_MARKER}", {attempt(expression)}' for expression in expressions)
    environment = {"PATH": os.environ["PATH"], "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    done = subprocess.run(
        ["terraform", "console"],
        input=f"[{elements}]\n",
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown = done.stdout.rstrip().removesuffix("]").split(f'  "{_MARKER}",\n')[1:]
    assert len(shown) == len(expressions)
    return [text.strip().removesuffix(",") for text in shown]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_same_as_terraform(expression, of_terraform):
    assert shown(value(attempt(expression)), 2) == of_terraform[expression]


@pytest.mark.parametrize("expression", DEPARTURES)
def test_departs_from_terraform_where_it_means_to(expression, of_terraform):
    ours, _ = DEPARTURES[expression]

    assert shown(value(attempt(expression)), 2) == ours
    assert of_terraform[expression] != ours
