"""Expressions by `terraform console`: value and type as it shows them.

The console shows one result a run, so many expressions are asked for as one tuple, with a marker before each; an
expression that fails shows as a text, through `try`.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

FAILED = "(in error)"
_MARKER = "-- expression --"
_AT_ONCE = 500
_LONGEST = 60_000
"""The console takes lines of 64 KiB at most."""
_TYPED_NULL = re.compile(r"(?:\bto\w+\(null\)|null)(?: /\* [\w ]+ \*/)?")


def attempt(expression: str) -> str:
    """The expression, or a text where it is in error."""
    return f'try({expression}, "{FAILED}")'


def by_terraform(expressions: Sequence[str], folder: Path) -> list[str]:
    """What Terraform shows for each, in an empty folder. A null is shown without its type."""
    shown: list[str] = []
    for some in _portions(expressions):
        shown += _console(some, folder)
    return [untyped(text) for text in shown]


def untyped(text: str) -> str:
    """What is shown, without the types of nulls."""
    return _TYPED_NULL.sub("null", text)


def _portions(expressions: Sequence[str]) -> list[list[str]]:
    portions: list[list[str]] = [[]]
    length = 0
    for expression in expressions:
        taken = len(expression.encode()) + 60
        if len(portions[-1]) == _AT_ONCE or length + taken > _LONGEST:
            portions.append([])
            length = 0
        portions[-1].append(expression)
        length += taken
    return portions


def _console(expressions: list[str], folder: Path) -> list[str]:
    elements = ", ".join(f'"{_MARKER}", {attempt(expression)}' for expression in expressions)
    shown = console(f"[{elements}]", folder).rstrip().removesuffix("]").split(f'  "{_MARKER}",\n')[1:]
    assert len(shown) == len(expressions)
    return [text.strip().removesuffix(",") for text in shown]


def console(expression: str, folder: Path) -> str:
    """What it prints for one expression."""
    environment = {"PATH": os.environ["PATH"], "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    done = subprocess.run(
        ["terraform", "console"],
        input=f"{expression}\n",
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
